"""The verdict and the open points of a report, as sentences that cite their statements."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messages import Text
from bot.rendering import spoken
from rules.model import Finding, Reason, Ruleset


def verdict(finding: Finding, ruleset: Ruleset) -> tuple[Text, ...]:
    """What the text says of the case; where it does not settle it, that the coordinator confirms, and who decides."""
    said = [_headline(finding)]
    if finding.open is not None:
        why, who = Text(f"open_reason.{finding.open.reason}"), Text(f"decider.{finding.open.decider}")
        said.append(Text("report.verdict.who", {"who": who, "why": why}))
    said += [Text("report.verdict.text_says", {"reason": _cited(r, ruleset)}) for r in finding.reasons]
    if finding.candidates:
        said.append(Text("report.verdict.candidates", {"missions": _missions(finding.candidates)}))
    if finding.missing:
        said.append(Text("report.verdict.missing", {"facts": tuple(Text(f"fact.{f}") for f in finding.missing)}))
    for ruled_out in finding.excluded:
        reason = _cited(ruled_out.reasons[0], ruleset)
        mission = Text(f"mission.{ruled_out.mission}")
        said.append(Text("report.verdict.excluded", {"mission": mission, "reason": reason}))
    said += [Text(a.message, spoken(a.params)) for a in finding.advice]
    return tuple(said)


def logged_verdict(answer: Mapping[str, object]) -> tuple[Text, ...]:
    """A logged answer in its own words, as it was given under rules that are no longer in force."""
    missions, reasons = answer.get("missions"), answer.get("reasons")
    names = tuple(str(m) for m in missions) if isinstance(missions, list) else ()
    said = [Text("chat.old_rules")]
    said.append(
        Text("report.verdict.settled", {"missions": _missions(names)}) if names else Text("report.verdict.referred")
    )
    for reason in reasons if isinstance(reasons, list) else []:
        cited = Text("chat.verbatim", {"text": f"{reason['text']} [{reason['statement']} — {reason['source']}]"})
        said.append(Text("report.verdict.text_says", {"reason": cited}))
    asked = answer.get("open")
    if isinstance(asked, Mapping):
        said.append(Text("chat.verbatim", {"text": str(asked["question"])}))
    return tuple(said)


def logged_points(answer: Mapping[str, object], deciders: Mapping[int, str]) -> tuple[Text, ...]:
    """The questions that a logged answer left open, each with who decides."""
    numbers = answer.get("open_points")
    return tuple(point(n, deciders) for n in numbers if n in deciders) if isinstance(numbers, list) else ()


def points(finding: Finding, deciders: Mapping[int, str]) -> tuple[Text, ...]:
    """The questions that the case leaves open, each with who decides: the Finding's own, then those of the text."""
    said = []
    if finding.open is not None:
        question = Text(finding.open.question, spoken(finding.open.params))
        why = Text(f"open_reason.{finding.open.reason}")
        who = Text(f"decider.{finding.open.decider}")
        said.append(Text("report.points.own", {"why": why, "who": who, "question": question}))
    said += [point(number, deciders) for number in finding.open_points]
    return tuple(said)


def point(number: int, deciders: Mapping[int, str]) -> Text:
    """An open question of the text, and who decides it."""
    who = Text(f"decider.{deciders[number]}")
    return Text("report.points.text", {"question": Text(f"statement.{number}"), "statement": number, "who": who})


def _headline(finding: Finding) -> Text:
    if finding.status == "settled":
        certainty = Text(f"certainty.{finding.certainty}")
        return Text("report.verdict.settled_how", {"missions": _missions(finding.missions), "certainty": certainty})
    return Text("report.verdict.referred")


def _missions(ids: tuple[str, ...]) -> tuple[Text, ...]:
    return tuple(Text(f"mission.{m}") for m in ids)


def _cited(reason: Reason, ruleset: Ruleset) -> Text:
    where = ruleset.statements[reason.statement].provenance
    params = {"statement": reason.statement, "document": where.document, "passage": where.passage}
    return Text("chat.cited", {"reason": Text(reason.message, spoken(reason.params)), **params})
