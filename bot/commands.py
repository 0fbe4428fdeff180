"""The commands that more than one part of a conversation knows, how they are written, and what may follow /start."""

from __future__ import annotations

import re

START, ASK, LANGUAGE = "start", "sr_ou_n1", "langue"
TERRITORY_PAYLOAD, HOUSEHOLD_PAYLOAD = "t_", "c-"
MENU = ("sr_ou_n1", "recommencer", "retour", "ecouter", "langue", "aide")
HELP, LISTEN = "aide", "ecouter"

_COMMAND = re.compile(r".(?P<name>\w{1,32})(?:@\w+)?(?:\s+(?P<argument>.*\S))?\s*", re.ASCII | re.DOTALL)


def said(text: str, marks: str = "/") -> dict[str, str | None]:
    """The fields of Incoming that a text fills: a command and what follows it, or the text itself.

    ``marks``: what a command may begin with.
    """
    match = _COMMAND.fullmatch(text) if text[:1] and text[0] in marks else None
    if match is None:
        return {"text": text}
    name, argument = match["name"].lower(), match["argument"]
    if name not in (START, *MENU):
        return {"command": HELP}
    return {"command": name, "argument": argument}
