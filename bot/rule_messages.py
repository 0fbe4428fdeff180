"""The sentences that a ruleset needs, and which of them a language lacks. Without them it cannot answer anyone."""

from __future__ import annotations

from collections.abc import Iterator

from bot.wording import languages, wording
from rules.model import Ruleset


def rule_messages(ruleset: Ruleset) -> Iterator[str]:
    """Every catalog message that an answer, a question or a fact of this ruleset may use."""
    yield from (c.reason.message for r in ruleset.rules for c in r.reasons)
    yield from (r.open.question for r in ruleset.rules if r.open)
    yield from (c.reason.message for m in ruleset.missions.values() for c in m.excluded)
    yield from (r.message for c in ruleset.contradictions for r in c.reasons)
    yield from (c.open.question for c in ruleset.contradictions)
    yield from (n.advice for n in ruleset.notes if n.advice)
    yield from (f"mission.{m}{part}" for m in ruleset.missions for part in ("", ".definition"))
    yield from (f"statement.{n}" for n in ruleset.statements)
    for question in ruleset.questions:
        yield from (f"question.{question.id}{part}" for part in ("", ".hint", ".short"))
        yield from (f"choice.{question.id}.{choice.id}" for choice in question.choices)
    for fact in ruleset.vocabulary.facts.values():
        yield f"fact.{fact.id}"
        values = ("true", "false") if fact.kind == "bool" else fact.values
        yield from (f"value.{fact.id}.{value}" for value in values)


def unsaid(ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    """Each language with a message of the ruleset that its catalogs do not have."""
    for language in languages():
        words = wording(language)
        yield from ((language, message) for message in rule_messages(ruleset) if not words.has(message))
