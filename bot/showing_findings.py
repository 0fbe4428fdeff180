"""An answer as a visitor reads it: what, why, who decides, what it is not, what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.messages import Section, Text
from bot.rendering import spoken
from rules.doctrine import is_doctrine
from rules.interview import Interviewer
from rules.model import Advice, Finding, Flip, Reason, Ruleset

FLIPS_SHOWN = 4


def finding_sections(finding: Finding, interviewer: Interviewer) -> tuple[Section, ...]:
    """An answer as a visitor reads it: what, why, who decides, what it is not, what would change it."""
    ruleset = interviewer.compiled.ruleset
    found = [_headline(finding)]
    if finding.missing:
        lines = tuple(Text(f"fact.{fact}") for fact in finding.missing)
        found.append(Section("advice", lines, Text("chat.missing")))
    if finding.open:
        who = Text("chat.who_decides", {"who": Text(f"decider.{finding.open.decider}")})
        why = Text(f"open_reason.{finding.open.reason}")
        words = Text(finding.open.question, spoken(finding.open.params))
        found.append(Section("open", (why, who, words), Text("chat.open")))
    if doctrine := tuple(a for a in finding.advice if is_doctrine(a)):
        found.append(Section("doctrine", _advised(doctrine), Text("chat.doctrine")))
    if finding.reasons:
        found.append(Section("reasons", tuple(_cited(r, ruleset) for r in finding.reasons), Text("chat.why")))
    if finding.excluded:
        lines = tuple(_ruled_out(e.mission, e.reasons[0], ruleset) for e in finding.excluded)
        found.append(Section("excluded", lines, Text("chat.not_this")))
    if finding.flips:
        lines = tuple(_flip(flip, interviewer) for flip in finding.flips[:FLIPS_SHOWN])
        found.append(Section("flips", lines, Text("chat.would_change")))
    if finding.open_points:
        lines = tuple(statement_cited(number, ruleset) for number in finding.open_points)
        found.append(Section("advice", lines, Text("chat.open_points")))
    if advice := tuple(a for a in finding.advice if not is_doctrine(a)):
        found.append(Section("advice", _advised(advice), Text("chat.advice")))
    return tuple(found)


def _headline(finding: Finding) -> Section:
    if finding.status == "settled":
        missions = tuple(Text(f"mission.{m}") for m in finding.missions)
        return Section("answer", (*missions, Text(f"certainty.{finding.certainty}")), Text("chat.answer"))
    lines = [Text("chat.referred")]
    if finding.candidates:
        names = tuple(Text(f"mission.{m}") for m in finding.candidates)
        lines.append(Text("chat.candidates", {"missions": names}))
    return Section("answer", tuple(lines), Text("chat.answer"))


def _advised(advice: Sequence[Advice]) -> tuple[Text, ...]:
    return tuple(Text(a.message, spoken(a.params)) for a in advice)


def _cited(reason: Reason, ruleset: Ruleset) -> Text:
    where = ruleset.statements[reason.statement].provenance
    params = {"statement": reason.statement, "document": where.document, "passage": where.passage}
    return Text("chat.cited", {"reason": Text(reason.message, reason.params), **params})


def _ruled_out(mission: str, reason: Reason, ruleset: Ruleset) -> Text:
    return Text("chat.ruled_out", {"mission": Text(f"mission.{mission}"), "reason": _cited(reason, ruleset)})


def statement_cited(number: int, ruleset: Ruleset) -> Text:
    """A statement of the text in its own words, with where it stands."""
    where = ruleset.statements[number].provenance
    said = Text(f"statement.{number}")
    return Text(
        "chat.cited",
        {"reason": said, "statement": number, "document": where.document, "passage": where.passage},
    )


def _flip(flip: Flip, interviewer: Interviewer) -> Text:
    changes = tuple(_change(fact, value) for fact, value in flip.change.items() if value is not None)
    if not flip.missions:
        return Text("chat.flip_open", {"change": changes})
    missions = tuple(Text(f"mission.{m}") for m in flip.missions)
    return Text("chat.flip", {"change": changes, "missions": missions})


def _change(fact: str, value: object) -> Text:
    if isinstance(value, bool):
        value = Text(f"value.{fact}.{str(value).lower()}")
    elif not isinstance(value, date | int | Text):
        value = Text(f"value.{fact}.{value}")
    return Text("chat.change", {"fact": Text(f"fact.{fact}"), "value": value})
