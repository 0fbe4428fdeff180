"""The form of a verdict -> an Opinion, or what is wrong with it, at its field and in words."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.pages.review.filters import MISSIONS
from api.review.personal import personal
from api.storage.reviews import CONFIRMED, CORRECTED, RETURNED, TO_CLER
from api.storage.verdicts import KINDS, Opinion
from bot.channels.web_page.requests import MALFORMED, Form, RefusedError
from bot.messages import Text

LONGEST_REASON = 1000
TOGETHER = {"suivi_n1", "evaluation"}  # an N+1 may carry an evaluation; no other two missions go together
_NUMBERS = re.compile(r"[\s,;]+")
_NUMBER = re.compile(r"\d{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """A form as it was filled. ``counted``: the number of the verdict that counted when it was opened.

    ``written``: the numbers as they are to stand in their field. ``second``: a second opinion.
    ``errors``: what is wrong, under the name of its field.
    """

    kind: str
    missions: tuple[str, ...] = ()
    reason: str = ""
    statements: tuple[int, ...] = ()
    written: str = ""
    counted: int | None = None
    second: bool = False
    errors: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)

    @property
    def opinion(self) -> Opinion:
        return Opinion(self.kind, self.missions, self.reason or None, self.statements)


def read_given(form: Form, answered: Sequence[str], known: Container[int]) -> Given:
    """``answered``: the missions of the answer; ``known``: the numbers of the text's statements.

    Raises RefusedError for a form that no page of ours made.
    """
    kind, counted = _single(form, "avis"), _single(form, "compte")
    if kind not in KINDS or (counted and not _NUMBER.fullmatch(counted)):
        raise RefusedError(*MALFORMED)
    errors: dict[str, tuple[Text, ...]] = {}
    missions = tuple(one for one in MISSIONS if one in form.get("mission", ())) if kind == CORRECTED else ()
    if kind == CORRECTED and (wrong := _wrong_missions(missions, answered)):
        errors["mission"] = (Text(f"review.error.{wrong}"),)
    reason = _single(form, "motif").replace("\r\n", "\n")
    if wrong_reason := _wrong_reason(kind, reason):
        errors["motif"] = wrong_reason
    numbers, unread = _numbers([*form.get("enonce", ()), *_NUMBERS.split(_single(form, "enonces"))], known)
    if unread:
        errors["enonces"] = (Text("review.error.statements", {"found": ", ".join(unread)}),)
    second = _single(form, "second") == "1"
    written = ", ".join([*map(str, numbers), *unread])
    return Given(kind, missions, reason, numbers, written, int(counted) if counted else None, second, errors)


def _wrong_missions(missions: tuple[str, ...], answered: Sequence[str]) -> str | None:
    if not missions:
        return "no_mission"
    if len(missions) > 1 and set(missions) != TOGETHER:
        return "missions_apart"
    return "same_missions" if set(missions) == set(answered) else None


def _wrong_reason(kind: str, reason: str) -> tuple[Text, ...]:
    if not reason:
        return () if kind == CONFIRMED else (Text(f"review.error.no_reason.{kind}"),)
    if len(reason) > LONGEST_REASON:
        return (Text("review.error.long", {"count": len(reason), "most": LONGEST_REASON}),)
    return tuple(Text(f"review.error.personal.{one.kind}", {"found": one.found}) for one in personal(reason))


def _numbers(given: Sequence[Any], known: Container[int]) -> tuple[tuple[int, ...], list[str]]:
    """The statements cited, in order, and what is no statement's number."""
    found, unread = set(), []
    for one in filter(None, given):
        if _NUMBER.fullmatch(one) and int(one) in known:
            found.add(int(one))
        else:
            unread.append(one[:20])
    return tuple(sorted(found)), unread


def _single(form: Form, name: str) -> str:
    return (form.get(name) or ("",))[-1].strip()


EMPTY = {kind: Given(kind) for kind in (CONFIRMED, CORRECTED, TO_CLER, RETURNED)}
