"""The structure of the reports: all that the workshop asked for is there, under the statements that ask for it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from bot.reports.load import FOLDER, load_trame, read_deciders, read_trame
from bot.reports.prefill import blank
from bot.wording import languages
from rules.errors import RulesetError
from rules.load import SLIME_PLUS, load_ruleset
from tests.bot.reporting import fields_of, worded

N1, SR = load_trame("n1"), load_trame("sr")
RULES = load_ruleset()
WISHED = json.loads((Path(__file__).parent / "trame_n1.json").read_text(encoding="utf-8"))
SECTIONS = (
    "entete", "mission", "orientations", "sr_anterieur", "menage", "nouveau_regard", "equipements", "energie",
    "actions", "evaluation", "donneur_alerte", "suites", "ouvertes",
)  # fmt: skip
# What the workshop's wish names, and the field (or table.column, or field=choice) that takes it.
PLACES = {
    "1": "reference date_contact modalite=visite modalite=telephone duree visiteur meme_visiteur langue interprete",
    "2": "date_dst derniere_visite fin_sr dernier_accompagnement pause option_n1 verdict",
    "3": "orientations.categorie orientations.relais orientations.etat orientations.preuve orientations.frein",
    "4": "sr sr_debut sr_fin sr_categorie sr_resultat",
    "5": "composition ressources sante logement bailleur demenagement ressenti=froid ressenti=chaud ressenti=humidite",
    "6": "releves nouveau_dst=oui nouveau_dst=non",
    "7": "equipements.present equipements.utilise equipements.en_panne equipements.retire equipements.aide",
    "8": "energie.depenses energie.depenses_du energie.depenses_au energie.revenus energie.revenus_du "
    "energie.revenus_au taux economies methode manquantes",
    "9": "actions.categorie actions.relais actions.echeance actions.qui_fait_quoi besoin_sr=oui besoin_sr=non",
    "10": "option_evaluation questionnaire",
    "11": "accord date_information denouement_sr nouvelles_orientations",
    "12": "prochain_contact fin non_realise=non_joint non_realise=refuse tentatives",
    "13": "points soumis",
}


@pytest.mark.parametrize("wished", WISHED, ids=lambda wished: wished["n"])
def test_every_section_that_was_asked_for_is_there_with_its_statements(wished):
    section = N1.sections[int(wished["n"]) - 1]
    assert section.id == SECTIONS[int(wished["n"]) - 1]
    assert list(section.statements) == wished["statements"]
    said = next(s for s in worded(blank(N1)).sections if s.number == int(wished["n"]))
    assert said.title.replace("\u00a0", " ") == wished["section"].replace("'", "’")
    assert [int(n) for n in re.findall(r"\d+", said.statements)] == wished["statements"]


@pytest.mark.parametrize("wished", WISHED, ids=lambda wished: wished["n"])
def test_every_field_that_was_asked_for_is_there(wished):
    section = N1.sections[int(wished["n"]) - 1]
    there = {f.id for f in section.fields}
    there |= {f"{f.id}.{c.id}" for f in section.fields for c in f.columns}
    there |= {f"{f.id}={c}" for f in section.fields for c in f.choices}
    assert [place for place in PLACES[wished["n"]].split() if place not in there] == []


def test_the_orientations_have_every_state_that_was_asked_for_and_what_a_household_declines():
    (table,) = (f for f in N1.fields if f.id == "orientations")
    (state,) = (c for c in table.columns if c.id == "etat")
    assert state.choices == ("non_commencee", "en_cours", "prise_en_charge", "faite", "abandonnee", "refusee")


def test_a_fact_that_fills_a_field_is_a_fact_and_its_kind_fits():
    kinds = {"date": "date", "bool": "choice", "choice": "choice"}
    for trame in (N1, SR):
        for field in (f for f in trame.fields if f.fact):
            assert kinds[RULES.vocabulary.facts[field.fact].kind] == field.kind, field.id


def test_who_decides_is_the_same_as_in_the_rules():
    said = yaml.safe_load((SLIME_PLUS / "statements.yaml").read_text(encoding="utf-8"))["statements"]
    asked = {s["number"]: s["decider"] for s in said if s["decider"]}
    assert {n: who for n, who in N1.deciders.items() if n in asked} == asked
    assert set(N1.deciders) >= {n for note in RULES.notes for n in note.open_points}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("category", SR.categories)
def test_every_category_has_its_report_and_says_that_the_list_is_not_in_the_text(category, language):
    report = worded(blank(SR.of_category(category)), language)
    assert sum(s.id.removeprefix("sr_") in SR.categories for s in report.sections) == 1
    assert report.sections[-1].id == "rex"
    assert report.sections[-1].apart
    assert [number for number in ("7", "64") if number not in report.lead[-1]] == []
    assert "territo" in report.lead[-1]


def test_a_category_that_is_not_there_is_refused():
    with pytest.raises(KeyError):
        SR.of_category("jardin")


def test_a_territorys_own_category_is_written_by_hand():
    assert fields_of(worded(blank(SR.of_category("autre"))))["categorie_sr"].cell.value == ""
    assert fields_of(worded(blank(SR.of_category("sante"))))["categorie_sr"].cell.value == "Santé"


BROKEN = {
    "unknown key": ("rows: 4", "row: 4", "n1.yaml › sections[2] › fields[0] › row: unknown key 'row'"),
    "unknown kind": ("kind: number}", "kind: numbr}", "n1.yaml › sections[0] › fields[3] › kind: unknown kind 'numbr'"),
    "no such statement": ("[14, 44, 49, 58]", "[14, 71]", "n1.yaml › sections[0] › statements: [14, 71] are not"),
    "twice": ("id: duree", "id: reference", "n1.yaml › sections: the field 'reference' is there twice"),
    "choices": ("choices: [froid, chaud, humidite]", "hint: true", "a choice, and nothing else, has choices"),
    "table": ("        rows: 3\n", "", "a table, and nothing else, has columns and rows"),
    "no statement": ("statements: [14, 44, 49, 58]", "statements: []", "a section needs the statements it serves"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_trame_is_refused_with_its_file_and_place(fault):
    before, after, told = BROKEN[fault]
    text = (FOLDER / "n1.yaml").read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(RulesetError) as refused:
        read_trame("n1.yaml", yaml.safe_load(text.replace(before, after, 1)))
    assert told in str(refused.value)


def test_a_decider_who_is_nobody_is_refused():
    with pytest.raises(RulesetError, match="'maire' decides nothing; known: cler"):
        read_deciders("deciders.yaml", {34: "maire"})
