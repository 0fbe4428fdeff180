"""Whether a page was opened by a person, as far as a request tells: previews of links read nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A Cubot is a phone.
_PROGRAM = re.compile(r"(?<!cu)bot\b|crawl|spider|preview|facebookexternalhit|facebot|slurp", re.I)
_BROWSER = ("Mozilla/", "Opera/")
_AHEAD = ("purpose", "sec-purpose", "x-purpose", "x-moz")


def by_a_person(method: str, headers: Mapping[str, str]) -> bool:
    """A GET of a browser that is neither a preview nor a fetch ahead of time."""
    agent = headers.get("user-agent", "")
    ahead = any("pre" in headers.get(name, "").lower() for name in _AHEAD)
    return method == "GET" and not ahead and agent.startswith(_BROWSER) and not _PROGRAM.search(agent)
