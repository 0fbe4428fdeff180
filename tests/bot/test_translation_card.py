"""The card of a language says what there is in it, and when to call an interpreter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
import yaml

from bot.followup.catalog import catalog
from bot.followup.templates import templates
from bot.followup.translating import approved
from bot.speech.voices import VOICES, voices_here
from bot.translation import card
from bot.translation.card import language_card
from bot.translation.languages import languages
from bot.translation.measures import Measure
from bot.wording import wording
from tests.bot.translating import installed_folder

GOOD = Measure(0.6, 100, 3, ("fr-en 1.0",), date(2026, 11, 25))


@pytest.fixture
def all_read(monkeypatch):
    """English, with every entry read by somebody."""
    words, french = catalog("en"), catalog("fr")
    read = approved(words, french, list(french.entries), "lectrice", date(2026, 11, 25))
    monkeypatch.setattr(card, "catalog", lambda code: read if code == "en" else catalog(code))


def said(found):
    return [wording("fr").say(line) for line in found.lines]


def test_there_are_twenty_eight_languages_and_each_has_a_card(tmp_path):
    assert len(languages()) == 28
    for code in languages():
        found = language_card(code, tmp_path)
        assert said(found) and wording("en").say(found.name)


def test_drafts_alone_advise_an_interpreter(tmp_path):
    found = language_card("ar", installed_folder())
    assert (found.route, found.states["reviewed"], found.states["draft"]) == (
        "through_english",
        0,
        len(list(templates())),
    )
    assert found.interpreter_advised
    assert "personne n’a encore relu les messages d’accord et de rendez-vous" in said(found)
    assert "la machine n’a pas été mesurée" in said(found)


def test_read_messages_and_a_good_measure_advise_none(all_read, monkeypatch):
    monkeypatch.setattr(card, "measure_of", lambda folder, language: GOOD)
    found = language_card("en", installed_folder(), audio=["accord_contact", next(iter(templates().by_id))])
    assert (found.interpreter_advised, found.audio) == (False, 1)
    assert any("60" in line for line in said(found))


@pytest.mark.parametrize(("score", "advised"), [(0.49, True), (0.5, False)])
def test_a_low_score_advises_one(all_read, monkeypatch, score, advised):
    monkeypatch.setattr(card, "measure_of", lambda folder, language: replace(GOOD, score=score))
    assert language_card("en", installed_folder()).interpreter_advised is advised


def test_a_language_that_few_read_advises_one_whatever_else(tmp_path):
    found = language_card("snk", tmp_path)
    assert not found.written and found.interpreter_advised
    assert said(found)[0] == "Aucun message n’est écrit dans cette langue."
    assert "peu de personnes lisent cette langue" in said(found)


def test_a_card_says_whether_a_voice_speaks_the_language_here(tmp_path):
    silent = {code for code in languages() if language_card(code, tmp_path).voice.message == "card.no_voice"}
    assert silent == languages().keys() - voices_here(tmp_path)
    assert {"ps", "so", "snk"} <= silent and "ar" not in silent
    voice = tmp_path / "piper-ps_AF-somebody-medium" / "ps_AF-somebody-medium.onnx"
    voice.parent.mkdir()
    voice.write_bytes(b"")
    about = {"language": {"code": "ps_AF"}, "audio": {"sample_rate": 22050}, "phoneme_type": "espeak"}
    voice.with_name(f"{voice.name}.json").write_text(json.dumps(about))
    assert language_card("ps", tmp_path).voice.message == "card.voice"


def test_dari_is_read_by_a_voice_of_iran_and_its_card_says_so(tmp_path):
    assert [code for code in VOICES if code.partition("-")[0] != code and code in languages()] == ["fa-AF"]
    assert any("persan d’Iran" in line for line in said(language_card("fa-AF", tmp_path)))


def test_french_needs_none(tmp_path):
    assert not language_card("fr", tmp_path).interpreter_advised


def test_the_glossary_and_the_words_are_read_as_text():
    """YAML takes on, no and yes for truth values where they are not quoted."""
    for name in ("words.yaml", "glossary.yaml"):
        text = card.__file__.rpartition("/")[0] + "/" + name
        with open(text, encoding="utf-8") as file:  # noqa: PTH123
            assert all(isinstance(one, str) for one in _leaves(yaml.safe_load(file)))


def _leaves(raw):
    if isinstance(raw, dict):
        raw = list(raw.values())
    return [leaf for one in raw for leaf in _leaves(one)] if isinstance(raw, list) else [raw]
