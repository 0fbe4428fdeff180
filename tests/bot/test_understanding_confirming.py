"""What was understood is said back in words, beside the words that it came from."""

from __future__ import annotations

from datetime import date

import pytest

from bot.understanding.confirming import lines, remarks
from bot.understanding.understand import understand
from bot.wording import wording
from tests.bot.understanding_corpus import SETS, situations

TODAY = date(2026, 4, 10)
FRENCH = wording("fr")


def _said(text):
    understood = understand(text, TODAY)
    return [FRENCH.say(line.said).replace("\u00a0", " ") for line in lines(text, understood)]


def _remarked(text):
    return [FRENCH.say(remark).replace("\u00a0", " ") for remark in remarks(text, understand(text, TODAY))]


def test_each_fact_is_said_after_the_words_that_it_came_from():
    assert _said("visite en octobre, plus rien depuis, j'y retourne le 21 avril") == [
        "D’après « visite en octobre » : Diagnostic sociotechnique initial (DST) : Fait",
        "D’après « visite en octobre » : Date du DST : entre le 1 octobre 2025 et le 31 octobre 2025",
        "D’après « visite en octobre … plus rien depuis » : Date du dernier contact d’accompagnement : "
        "entre le 1 octobre 2025 et le 31 octobre 2025",
        "D’après « plus rien depuis » : Continuité de l’accompagnement : Non, il y a eu une coupure",
        "D’après « j'y retourne le 21 avril » : Forme du contact : Visite",
        "D’après « j'y retourne le 21 avril » : Résultat du contact : Le contact est encore à venir",
        "D’après « j'y retourne le 21 avril » : Date du contact à classer : le 21 avril 2026",
    ]


def test_a_count_and_a_day_without_a_first_one_are_said():
    assert _said("Le DST a été fait avant Noël, orientée vers le FSL")[1:] == [
        "D’après « DST a été fait avant Noël » : Date du DST : au plus tard le 24 décembre 2025",
        "D’après « orientée vers le FSL » : Nombre d’orientations préconisées : au moins 1",
    ]
    assert _said("trois orientations") == ["D’après « trois orientations » : Nombre d’orientations préconisées : 3"]


def test_nothing_understood_is_said_with_what_to_do():
    assert _said("bonjour") == []
    first, example = _remarked("bonjour")
    assert "je vous pose les questions" in first
    assert "par exemple" in example


def test_another_language_and_several_households_are_said():
    assert _remarked("nothing since the visit, they have not been in") == [FRENCH("understanding.other_language")]
    assert _remarked("Mme A : DST en octobre. M. D. : DST en mai.") == [FRENCH("understanding.several")]


def test_a_clash_is_said_with_both_its_words():
    (remark,) = _remarked("Trois orientations. Deux orientations.")
    assert "« Trois orientations … Deux orientations »" in remark


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", SETS)
def test_all_that_the_situations_fill_has_words(name, language):
    words = wording(language)
    for situation in situations(name):
        understood = understand(situation.text, situation.today)
        for said in (*(line.said for line in lines(situation.text, understood)), *remarks(situation.text, understood)):
            assert "{" not in words.say(said)
