"""Is a ruleset fit to answer? What is not is refused with its file, the path in it and a hint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.rule_messages import unsaid
from rules.compile import CompiledRuleset, compile_ruleset
from rules.errors import RulesetError, SituationError
from rules.judging import judge
from rules.load import ruleset_of
from rules.model import Example


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
    """Where the answer is not what the example expects."""
    try:
        verdict = judge(compiled, example)
    except SituationError as error:
        yield f"its facts cannot be: {error}"
        return
    for one in verdict.mismatches:
        yield f"{one.key} is expected to be {one.expected!r}, the rules give {one.found!r}"
