"""Finding -> the contract's JSON object, worded in a language. The one place where ids of an answer become words."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from datetime import date

from bot.messages import Text
from bot.wording import Wording
from rules.errors import FactError
from rules.model import Conclusion, Exclusion, Finding, Flip, Reason, Ruleset
from rules.situation import Situation

MOST_KEPT = 4000
NO_FLIPS = '"flips": []'  # as it can stand in no JSON string
Kept = dict[Hashable, tuple[object, tuple[str, ...]]]
_conclusions: Kept = {}
_flips: Kept = {}


def source(ruleset: Ruleset, statement: int) -> str:
    """Where a statement stands: document and passage."""
    where = ruleset.statements[statement].provenance
    return f"{where.document}, {where.passage}"


def finding_json(finding: Finding, ruleset: Ruleset, words: Wording) -> dict[str, object]:
    """The answer as the contract has it."""

    def reasons(found: tuple[Reason, ...]) -> list[dict[str, object]]:
        return [
            {
                "statement": r.statement,
                "text": words.say(Text(r.message, r.params)),
                "source": source(ruleset, r.statement),
            }
            for r in found
        ]

    def exclusion(found: Exclusion) -> dict[str, object]:
        return {"mission": found.mission, "reasons": reasons(found.reasons)}

    return {
        "status": finding.status,
        "missions": list(finding.missions),
        "certainty": finding.certainty,
        "reasons": reasons(finding.reasons),
        "excluded": [exclusion(e) for e in finding.excluded],
        "candidates": list(finding.candidates),
        "open": _open(finding, words),
        "open_points": list(finding.open_points),
        "flips": [flip_json(f) for f in finding.flips],
        "advice": [words.say(Text(a.message, spoken(a.params))) for a in finding.advice],
        "missing": list(finding.missing),
        "next_question": finding.next_question,
        "ruleset": {"name": finding.ruleset.name, "version": finding.ruleset.version},
    }


def finding_text(finding: Finding, ruleset: Ruleset, words: Wording) -> str:
    """`finding_json` as JSON text, letter for letter what json.dumps makes of it with ensure_ascii=False.

    What a conclusion says in a language is worded once and kept, and so is what given flips say.
    """
    conclusion, flips = finding.conclusion, finding.flips
    key = (id(conclusion), words.language)
    before, after = _kept(_conclusions, key, conclusion, lambda: _around_flips(conclusion, ruleset, words))
    (said,) = _kept(_flips, id(flips), flips, lambda: (_json([flip_json(f) for f in flips]),))
    return before + said + after


def _around_flips(conclusion: Conclusion, ruleset: Ruleset, words: Wording) -> tuple[str, str]:
    before, _, after = _json(finding_json(Finding(conclusion), ruleset, words)).partition(NO_FLIPS)
    return before + NO_FLIPS[:-2], after


def _kept(memory: Kept, key: Hashable, of: object, work: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """What is kept of an object by its id: the object is kept too, so that no other has that id."""
    found = memory.get(key)
    if found is None:
        if len(memory) >= MOST_KEPT:
            memory.clear()
        found = memory[key] = of, work()
    return found[1]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _open(finding: Finding, words: Wording) -> dict[str, object] | None:
    if finding.open is None:
        return None
    question = words.say(Text(finding.open.question, spoken(finding.open.params)))
    return {"reason": finding.open.reason, "decider": finding.open.decider, "question": question}


def spoken(params: Mapping[str, str]) -> dict[str, object]:
    """Parameters of rules as what they mean: days as dates, lists of facts and of missions as their labels."""
    said: dict[str, object] = dict(params)
    if "on" in params:
        said["on"] = date.fromisoformat(params["on"])
    if "missions" in params:
        said["missions"] = tuple(Text(f"mission.{mission}") for mission in params["missions"].split())
    if "facts" in params:
        said["facts"] = tuple(Text(f"fact.{fact}") for fact in params["facts"].split(",") if fact)
    return said


def flip_json(flip: Flip) -> dict[str, object]:
    """A change and where it leads, as the contract has it."""
    changed = Situation({k: v for k, v in flip.change.items() if v is not None}).record()  # type: ignore[misc]
    return {"change": {fact: changed.get(fact) for fact in flip.change}, "missions": list(flip.missions)}


def error_json(error: FactError, words: Wording) -> dict[str, object]:
    """One thing wrong with one fact: the fact, its value, what is wrong and the remedy."""
    return {
        "fact": error.fact,
        "value": error.value if isinstance(error.value, str | int | float | bool | None) else str(error.value)[:200],
        "detail": words.say(error_text(error)),
        "hint": words.say(hint_text(error)),
    }


def error_text(error: FactError) -> Text:
    """What is wrong, in words."""
    return Text(f"error.{error.code}", {"fact": error.fact, "value": str(error.value)[:200]})


def hint_text(error: FactError) -> Text:
    """The remedy, in words."""
    params = {"nearest": "", "allowed": "", **error.hint}
    near = "nearest" in error.hint and not error.hint["nearest"]
    return Text(f"error.{error.code}.hint" + ("_none" if near else ""), params)
