"""Is a ruleset fit to answer? What is not is refused with its file, the path in it and a hint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from bot.rule_messages import unsaid
from rules.compile import CompiledRuleset, compile_ruleset
from rules.engine import examine
from rules.errors import RulesetError, SituationError
from rules.load import ruleset_of
from rules.model import Convention, Example, Finding, Territory
from rules.situation import parse

NO_DAY = date(2026, 12, 31)  # of an example in which no day counts


def fit(files: Mapping[str, str], version: str | None = None) -> CompiledRuleset:
    """A ruleset that can answer everyone: it loads, compiles, and has its words in every language.

    Raises RulesetError, also when the content is not that of ``version``.
    """
    compiled = compile_ruleset(ruleset_of(files, version))
    for language, message in unsaid(compiled.ruleset):
        hint = "add it to rules.po in every language, and compile the catalogs"
        raise RulesetError(f"locales/{language}", message, "no catalog has this sentence", hint)
    return compiled


def checked(files: Mapping[str, str]) -> CompiledRuleset:
    """A ruleset that may be published: fit, and right on its own examples. Raises RulesetError.

    What else a ruleset must pass before it is published belongs here.
    """
    compiled = fit(files)
    for example in compiled.ruleset.examples:
        for problem in _departures(compiled, example):
            path = f"examples › {example.title}"
            raise RulesetError(example.origin, path, problem, "correct the rule, or the example if it was wrong")
    return compiled


def _departures(compiled: CompiledRuleset, example: Example) -> Iterator[str]:
    """Where the answer is not what the example expects. Where it does not say the day, the contact is today."""
    today = example.facts.get("aujourdhui") or example.facts.get("date_contact")
    try:
        situation = parse(compiled.ruleset.vocabulary, {**example.facts, "aujourdhui": today}, NO_DAY)
    except SituationError as error:
        yield f"its facts cannot be: {error}"
        return
    found = examine(compiled, situation, _territory(example))
    for key, wanted in example.expect.items():
        given = _given(found, key, wanted)
        if given != wanted:
            yield f"{key} is expected to be {wanted!r}, the rules give {given!r}"


def _given(found: Finding, key: str, wanted: object) -> object:
    """What the answer has under a key of ``expect``; of what is cited, the part that was wanted."""
    match key:
        case "reasons" if isinstance(wanted, list):
            cited = {r.statement for r in found.reasons}
            return [number for number in wanted if number in cited]
        case "excluded" if isinstance(wanted, Mapping):
            cited_for = {e.mission: {r.statement for r in e.reasons} for e in found.excluded}
            return {m: [n for n in numbers if n in cited_for.get(m, ())] for m, numbers in wanted.items()}
        case "open":
            return found.open and {"reason": found.open.reason, "decider": found.open.decider}
        case _:
            value = getattr(found, key, None)
            return list(value) if isinstance(value, tuple) else value


def _territory(example: Example) -> Territory | None:
    if not example.territory:
        return None
    said = {name: Convention(value, "", date.min) for name, value in example.territory.items()}
    pause = said.pop("pause_months", None)
    return Territory("", "", MappingProxyType(said), pause)
