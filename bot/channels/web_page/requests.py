"""What a browser sends -> values we can trust, or a refusal in words."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from bot.offline_questions import OfflineQuestion
from bot.plain_json import plain_json
from bot.wording import SOURCE_LANGUAGE, languages, nearest_language
from rules.interview import Answer

SESSION_COOKIE = "aiguillage_session"
LANGUAGE_COOKIE = "aiguillage_language"
FRAGMENT_HEADER = "aiguillage-fragment"
MOST_BYTES = 16 * 1024
MOST_BYTES_OF_A_STORY = 24 * 1024  # the longest text, each sign of it four bytes and escaped
MOST_FIELDS = 200
LONGEST_TEXT = 2000
LONGEST_BUTTON = 64
EVENT = re.compile(r"[A-Za-z0-9_-]{1,64}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")
TERRITORY = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_ANSWERS = 50
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ID = re.compile(r"[a-z0-9_]{1,64}")
_CHOICE = re.compile(r"[a-z0-9_]{1,64}|=\d{4}-\d{2}-\d{2}", re.ASCII)
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_WRITTEN_COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:\s+(\S{1,64}))?")
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Form = Mapping[str, tuple[str, ...]]


class RefusedError(Exception):
    """A request that is not taken in. ``message`` is a catalog message that says why and what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


MALFORMED = (422, "web.refused.malformed")


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser: its session (the asker), whether it already had one, and its language."""

    session: str
    known: bool
    language: str

    def event(self, press: str) -> str:
        """The event of a press, of this browser alone: nobody else's press can be read back or blocked."""
        return hashlib.sha256(f"{self.session} {press}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed or written, once. The same content under the same event is the same press."""

    event: str
    button: str | None = None
    text: str | None = None
    command: str | None = None
    argument: str | None = None

    @property
    def id(self) -> str:
        parts = json.dumps([self.event, self.button, self.text, self.command, self.argument])
        return hashlib.sha256(parts.encode()).hexdigest()[:32]


def visit_of(request: Request) -> Visit:
    """The browser behind a request; a new session of 32 random bytes when it brings none."""
    session = request.cookies.get(SESSION_COOKIE, "")
    known = bool(_SESSION.fullmatch(session))
    return Visit(session if known else secrets.token_urlsafe(32), known, language_of(request))


def language_of(request: Request) -> str:
    """``?lang=``, else the cookie, else the first of Accept-Language that has a catalog, else French."""
    wanted = [request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")]
    for tag in wanted + accepted(request.headers.get("accept-language", "")):
        for code in (tag, tag.split("-")[0].lower()):
            if code in languages():
                return code
    return SOURCE_LANGUAGE


def accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first; those refused (q=0) are left out."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            quality = 0.0
        if quality > 0:
            weighed.append((quality, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


def require_same_origin(request: Request, public_url: str) -> None:
    """Refuse a form that another site sent (403): the browser says where it comes from."""
    site = request.headers.get("sec-fetch-site")
    host = urlsplit(request.headers.get("origin", "")).netloc
    ours = {urlsplit(public_url).netloc, request.headers.get("host", "")}
    if site != "same-origin" if site is not None else not host or host not in ours:
        raise RefusedError(403, "web.refused.other_site")


async def read_form(request: Request, most: int = MOST_BYTES) -> Form:
    """The fields of a body of at most ``most`` bytes, form-encoded or a flat JSON object."""
    body = await read_body(request, most)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return _legible(_json_fields(plain_json(body)))
        if kind == "application/x-www-form-urlencoded":
            found = parse_qs(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
            return _legible({name: tuple(values) for name, values in found.items()})
    except ValueError as error:
        raise RefusedError(*MALFORMED) from error
    raise RefusedError(415, "web.refused.malformed")


async def read_body(request: Request, most: int = MOST_BYTES, refusal: str = "web.refused.too_long") -> bytes:
    """The body, its length looked at before and while it is read. Raises RefusedError (413) past ``most`` bytes."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > most:
        raise RefusedError(413, refusal)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise RefusedError(413, refusal)
    return bytes(body)


def _legible(form: Form) -> Form:
    """The form itself. Refused where a value has a NUL, which no field of ours sends and no database keeps."""
    if any("\x00" in text for name, values in form.items() for text in (name, *values)):
        raise RefusedError(*MALFORMED)
    return form


def _json_fields(value: object) -> Form:
    if not isinstance(value, dict) or len(value) > MOST_FIELDS:
        raise RefusedError(*MALFORMED)
    given = {name: content for name, content in value.items() if content is not None}
    if not all(isinstance(content, str) for content in given.values()):
        raise RefusedError(*MALFORMED)
    return {name: (content,) for name, content in given.items()}


async def offline_question_of(request: Request, visit: Visit) -> OfflineQuestion:
    """A question that was answered without network: JSON of at most 16 kB, every value of its own form, else 422."""
    try:
        found = plain_json(await read_body(request))
        return OfflineQuestion(
            event=_formed(found["id"], EVENT),
            asker=visit.session,
            started=date.fromisoformat(_formed(found["started"], _DAY)),
            ruleset_version=_formed(found["ruleset"], TERRITORY),
            territory=None if found["territory"] is None else _formed(found["territory"], TERRITORY),
            settings=_formed(found["settings"], TERRITORY),
            language=nearest_language(_formed(found["language"], TERRITORY)),
            answers=_answers(found["answers"]),
            replaces=None if found.get("replaces") is None else _formed(found["replaces"], EVENT),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(422, "offline.refused.malformed") from error


def _formed(value: object, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(value)
    return value


def _answers(value: object) -> tuple[Answer, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_ANSWERS:
        raise ValueError(value)
    pairs = (pair if isinstance(pair, list) and len(pair) == 2 else (None, None) for pair in value)
    return tuple(Answer(_formed(question, _ID), _formed(choice, _CHOICE)) for question, choice in pairs)


def press_of(form: Form) -> Press:
    """The press in a form: an event, at most one of button, text and command, all well formed, else 422."""
    fields = {name: _single(form, name) for name in ("event", "button", "text", "command", "argument")}
    event, button, text, command = (fields[name] for name in ("event", "button", "text", "command"))
    well_formed = (
        event is not None
        and EVENT.fullmatch(event)
        and sum(value is not None for value in (button, text, command)) <= 1
        and len((button or "").encode()) <= LONGEST_BUTTON
        and len(text or "") <= LONGEST_TEXT
        and (command is None or _COMMAND.fullmatch(command))
        and len(fields["argument"] or "") <= LONGEST_BUTTON
    )
    if not well_formed or event is None:
        raise RefusedError(*MALFORMED)
    if written := _WRITTEN_COMMAND.fullmatch(text or ""):
        return Press(event, command=written[1], argument=written[2])
    command = command.removeprefix("/") if command else None
    return Press(event, button, text, command, fields["argument"])


def _single(form: Form, name: str) -> str | None:
    """The value of a field with plain line ends, None when empty; refused when given twice or not plain text."""
    values = form.get(name, ())
    try:
        plain = len(values) <= 1 and all(not _CONTROL.search(v) and v.encode() is not None for v in values)
    except UnicodeEncodeError:
        plain = False
    if not plain:
        raise RefusedError(*MALFORMED)
    return next((value.replace("\r\n", "\n").strip() or None for value in values), None)
