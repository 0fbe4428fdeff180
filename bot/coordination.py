"""What coordination said of an answer, and what a visitor asks of it: the same words in every place that shows one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from bot.journal import Dialogue, Enquiry
from bot.messages import Button, Reply, Section, Text
from bot.presses import press_data
from bot.showing_findings import statement_cited
from rules.model import Ruleset

CONFIRMED, CORRECTED, TO_CLER, RETURNED = "confirmed", "corrected", "to_cler", "returned"
VERDICT, ASKED = "verdict", "asked"  # the kinds of section that stand above an answer, and below it


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict that counts on an answer. ``kind``: confirmed, corrected (in ``missions``), to_cler or returned.

    ``reason``: a coordinator's own words; where it was returned, their question. ``statements``: their numbers.
    """

    kind: str
    day: date
    missions: tuple[str, ...] = ()
    reason: str = ""
    statements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a logged answer stands with coordination. ``asked``: the visitor asked for it to be looked at.

    ``returned``: it waits for the visitor. ``replaced``: a later answer of the visitor took its place.
    """

    ruling: Ruling | None = None
    asked: bool = False
    returned: bool = False
    replaced: bool = False


class Coordination(Protocol):
    """What a conversation needs of the review, in its own transaction."""

    def standing(self, token: str) -> Standing | None:
        """Where an answer stands; None where nobody looks at it (it has no territory)."""

    def ask(self, token: str) -> None:
        """The visitor wants this answer looked at. Once: a second time changes nothing."""


class NoCoordination:
    """Where nobody looks at answers."""

    def standing(self, token: str) -> Standing | None:
        return None

    def ask(self, token: str) -> None:
        return None


NO_COORDINATION = NoCoordination()


def ruling_section(ruling: Ruling, ruleset: Ruleset, about: tuple[Text, ...] = ()) -> Section:
    """The verdict in words: what it is ``about``, what it says, the coordinator's words as theirs, the statements."""
    missions = tuple(Text(f"mission.{m}") for m in ruling.missions) or Text("versions.referred")
    lines = [*about, Text(f"ruling.{ruling.kind}", {"missions": missions} if ruling.kind == CORRECTED else {})]
    if ruling.reason:
        lines.append(Text(f"ruling.words.{ruling.kind}", {"reason": ruling.reason}))
    known = (n for n in ruling.statements if n in ruleset.statements)
    lines += [statement_cited(number, ruleset) for number in known]
    return Section(VERDICT, tuple(lines), Text("ruling.title", {"day": ruling.day}))


def about_answer(enquiry: Enquiry) -> Text:
    """Which question it was: its day, and the answer in a few words."""
    missions = enquiry.answer.get("missions")
    said = tuple(Text(f"mission.{m}") for m in missions) if isinstance(missions, list | tuple) else ()
    return Text("ruling.about", {"day": enquiry.asked_at.date(), "answer": said or Text("versions.referred")})


def ruled(reply: Reply, ruling: Ruling, ruleset: Ruleset) -> Reply:
    """An answer under its verdict; one that was corrected is told as such at its very head."""
    answer = reply.sections
    if ruling.kind == CORRECTED:
        answer = tuple(replace(s, title=Text("ruling.before")) if s.kind == "answer" else s for s in answer)
    return replace(reply, sections=(ruling_section(ruling, ruleset), *answer))


def reviewed(reply: Reply, dialogue: Dialogue, standing: Standing | None, ruleset: Ruleset, *, referred: bool) -> Reply:
    """An answer's reply with the verdict on it above; without one, how coordination gets to look at it.

    ``referred``: somebody else decides it, so that it is on its way to coordination by itself.
    """
    if standing is None:
        return reply
    if standing.ruling is not None:
        reply = ruled(reply, standing.ruling, ruleset)
        if standing.ruling.kind != RETURNED:
            return reply
    if not standing.returned and (standing.asked or referred):
        kind, said = (ASKED, "coordination.asked") if standing.asked else ("notice", "coordination.on_its_way")
        return replace(reply, sections=(*reply.sections, Section(kind, (Text(said),))))
    label = "coordination.stands" if standing.returned else "coordination.ask"
    button = Button(press_data("contest", dialogue.turn), Text(label), "skip")
    tools = [n for n, row in enumerate(reply.buttons) if row[0].kind not in ("choice", "skip")]
    above = min(tools, default=len(reply.buttons))
    return replace(reply, buttons=(*reply.buttons[:above], (button,), *reply.buttons[above:]))
