"""Every sentence that can be shown is in every language, with the same parameters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.rule_messages import unsaid
from bot.wording import LOCALES, SOURCE_LANGUAGE, languages
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


def test_everything_that_the_rules_say_has_words_in_every_language():
    assert list(unsaid(RULES)) == []


def test_each_of_the_seventy_statements_can_be_found_in_the_report():
    assert sorted(RULES.statements) == list(range(1, 71))
    assert all(s.provenance.passage and s.provenance.document for s in RULES.statements.values())
