"""An explanation as a visitor reads it: what carries the answer first, the rest after; in message ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce

from bot.messages import Section, Text
from bot.showing_findings import finding_sections
from rules.explaining.explain import Explanation, OtherMission
from rules.interview import Interviewer
from rules.model import Flip, Reason, Ruleset


def short_sections(explanation: Explanation, interviewer: Interviewer) -> tuple[Section, ...]:
    """What is read in ten seconds: the answer, the one or two reasons that carry it, and who decides if it is open."""
    shown = {s.kind: s for s in finding_sections(explanation.finding, interviewer) if s.kind in ("answer", "open")}
    carrying = tuple(Text(r.message, r.params) for r in explanation.carrying)
    reasons = (Section("reasons", carrying, Text("chat.why")),) if carrying else ()
    missing = tuple(Text(f"fact.{fact}") for fact in explanation.finding.missing)
    lacking = (Section("advice", missing, Text("chat.missing")),) if missing else ()
    return (shown["answer"], *lacking, *reasons, *((shown["open"],) if "open" in shown else ()))


def detail_sections(explanation: Explanation, interviewer: Interviewer) -> tuple[Section, ...]:
    """The rest: each reason with its passage and what the text says there, the other missions, what would change."""
    ruleset = interviewer.compiled.ruleset
    finding = explanation.finding
    found = []
    if finding.reasons:
        lines = tuple(_rests_on(reason, ruleset) for reason in finding.reasons)
        found.append(Section("reasons", lines, Text("explain.reasons")))
    found += other_missions_sections(explanation.others, ruleset)
    for flips, title in ((finding.flips, "explain.flips"), (explanation.flips_of_two, "explain.flips_of_two")):
        if flips:
            found.append(Section("flips", tuple(_flip(flip) for flip in flips), Text(title)))
    if not finding.flips and not explanation.flips_of_two and finding.status == "settled":
        found.append(Section("flips", (Text("explain.no_flip"),), Text("explain.flips")))
    shown = finding_sections(finding, interviewer)
    missing = Text("chat.missing")
    return (*found, *(s for s in shown if s.kind == "advice" and s.title != missing))


def other_missions_sections(others: Sequence[OtherMission], ruleset: Ruleset) -> tuple[Section, ...]:
    """« Pourquoi pas une autre mission ? »: a section for each, why the text rules it out or that it does not, and
    the nearest change that leads to it."""
    return tuple(
        Section("excluded", _why_not(other, ruleset), Text("explain.why_not", {"mission": _mission(other.mission)}))
        for other in others
    )


def change_text(fact: str, value: object) -> Text:
    """One fact as changed; None: taken back."""
    said: object
    match value:
        case None:
            said = Text("explain.taken_back")
        case bool():
            said = Text(f"value.{fact}.{str(value).lower()}")
        case date() | int():
            said = value
        case tuple():
            said = tuple(Text(f"value.{fact}.{one}") for one in value)
        case _:
            said = Text(f"value.{fact}.{value}")
    return Text("chat.change", {"fact": Text(f"fact.{fact}"), "value": said})


def _why_not(other: OtherMission, ruleset: Ruleset) -> tuple[Text, ...]:
    """Why it is not this mission here, and what would lead to it."""
    if other.reasons:
        lines = tuple(_cited(reason, ruleset) for reason in other.reasons)
    else:
        lines = (Text("explain.still_possible" if other.still_possible else "explain.not_excluded"),)
    if other.nearest is None:
        return (*lines, Text("explain.no_way"))
    return (*lines, Text("explain.nearest", {"change": _changes(other.nearest)}))


def _rests_on(reason: Reason, ruleset: Ruleset) -> Text:
    """A reason, the passage it rests on, and what the text says there, in our words."""
    said = Text(f"statement.{reason.statement}")
    return Text(
        "explain.rests_on", {"reason": Text(reason.message, reason.params), "said": said, **_where(reason, ruleset)}
    )


def _cited(reason: Reason, ruleset: Ruleset) -> Text:
    return Text("chat.cited", {"reason": Text(reason.message, reason.params), **_where(reason, ruleset)})


def _where(reason: Reason, ruleset: Ruleset) -> dict[str, object]:
    where = ruleset.statements[reason.statement].provenance
    return {"statement": reason.statement, "document": where.document, "passage": where.passage}


def _flip(flip: Flip) -> Text:
    if not flip.missions:
        return Text("chat.flip_open", {"change": _changes(flip)})
    return Text("chat.flip", {"change": _changes(flip), "missions": tuple(_mission(m) for m in flip.missions)})


def _changes(flip: Flip) -> Text:
    """The facts of a change, one after the other."""
    texts = [change_text(fact, value) for fact, value in flip.change.items()]
    return reduce(lambda one, other: Text("explain.together", {"one": one, "other": other}), texts)


def _mission(mission: str) -> Text:
    return Text(f"mission.{mission}")
