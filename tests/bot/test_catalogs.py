"""Every sentence that can be shown is in every language, with the same parameters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.wording import LOCALES, SOURCE_LANGUAGE, languages, wording
from rules.load import load_ruleset

OTHERS = [code for code in languages() if code != SOURCE_LANGUAGE]
DOMAINS = sorted(p.stem for p in (LOCALES / SOURCE_LANGUAGE / "LC_MESSAGES").glob("*.po"))
RULES = load_ruleset()


def _messages(language, domain):
    file = LOCALES / language / "LC_MESSAGES" / f"{domain}.po"
    with Path(file).open("rb") as opened:
        return {_key(m): m.string for m in read_po(opened) if m.id}


def _key(message):
    return message.id[0] if isinstance(message.id, tuple) else message.id


def _parameters(said):
    sentences = said if isinstance(said, tuple) else (said,)
    return {name for sentence in sentences for name in re.findall(r"(?<!\{)\{(\w+)\}", sentence)}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_message_with_the_same_parameters(language, domain):
    french, other = _messages(SOURCE_LANGUAGE, domain), _messages(language, domain)
    assert french.keys() == other.keys()
    for key, said in french.items():
        assert all(said if isinstance(said, tuple) else (said,)), key
        assert all(other[key] if isinstance(other[key], tuple) else (other[key],)), key
        assert _parameters(said) == _parameters(other[key]), key


def _ids_of_the_rules():
    yield from (c.reason.message for r in RULES.rules for c in r.reasons)
    yield from (r.open.question for r in RULES.rules if r.open)
    yield from (c.reason.message for m in RULES.missions.values() for c in m.excluded)
    yield from (r.message for c in RULES.contradictions for r in c.reasons)
    yield from (c.open.question for c in RULES.contradictions)
    yield from (n.advice for n in RULES.notes if n.advice)
    yield from (f"mission.{m}" for m in RULES.missions)
    yield from (f"statement.{n}" for n in RULES.statements)
    for question in RULES.questions:
        yield from (f"question.{question.id}{part}" for part in ("", ".hint", ".short"))
        yield from (f"choice.{question.id}.{choice.id}" for choice in question.choices)
    for fact in RULES.vocabulary.facts.values():
        yield f"fact.{fact.id}"
        values = ("true", "false") if fact.kind == "bool" else fact.values
        yield from (f"value.{fact.id}.{value}" for value in values)


@pytest.mark.parametrize("language", languages())
def test_everything_that_the_rules_say_has_words(language):
    words = wording(language)
    assert [message for message in _ids_of_the_rules() if not words.has(message)] == []


def test_each_of_the_seventy_statements_can_be_found_in_the_report():
    assert sorted(RULES.statements) == list(range(1, 71))
    assert all(s.provenance.passage and s.provenance.document for s in RULES.statements.values())
