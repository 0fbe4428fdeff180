"""What fills a report: known facts and nothing else; a range is said and never chosen from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.messages import Text
from bot.reports.docx import docx
from bot.reports.html import page
from bot.reports.load import load_trame
from bot.reports.model import Known
from bot.reports.prefill import Case, blank, prefilled
from bot.wording import languages
from rules.engine import examine
from rules.situation import parse
from rules.vocabulary import months_before
from tests.bot.reporting import ENERGY, REFERRED, SETTLED, a_report, a_territory, fields_of, worded
from tests.rules.situations import COMPILED, TODAY, VOCABULARY, facts, situation

N1, SR = load_trame("n1"), load_trame("sr")
TRAMES = (N1, *(SR.of_category(c) for c in SR.categories))
EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
WORKED_OUT = {"pause", "orientations", "nouveau_dst", "verdict", "points", "categorie_sr"}


def shown(name, raw, **how):
    """A field's value and the notes beside it, in French with plain spaces."""
    field = fields_of(worded(a_report(raw, **how)))[name]
    plain = [text.replace("\u00a0", " ") for text in (field.cell.value, *field.notes)]
    return plain[0], plain[1:]


@EXAMPLES
@given(facts, st.sampled_from(TRAMES))
def test_a_field_is_filled_only_from_its_own_fact(said, trame):
    known_facts = situation(said)
    assume(known_facts is not None)
    finding = examine(COMPILED, known_facts, final=True)
    report = prefilled(trame, Case(known_facts, finding), COMPILED.ruleset)
    for field in trame.fields:
        known = report.known.get(field.id, Known())
        if field.id in WORKED_OUT:
            continue
        value = known_facts.get(field.fact) if field.fact else None
        if value is None:
            assert known == Known(), field.id
        elif field.kind == "date":
            assert known.value == value
        else:
            wanted = {True: "oui", False: "non"}.get(value, value) if isinstance(value, bool) else value
            assert known.value == (wanted if wanted in field.choices else None), field.id


@EXAMPLES
@given(facts, st.sampled_from(sorted(VOCABULARY.facts)))
def test_a_fact_taken_back_empties_its_field(said, fact):
    before, after = situation(said), situation({k: v for k, v in said.items() if k != fact})
    assume(before is not None and after is not None and fact not in ("aujourdhui", "date_contact"))
    for field in (f for f in N1.fields if f.fact == fact):
        assert field.id not in prefilled(N1, Case(after), COMPILED.ruleset).known


@EXAMPLES
@given(facts, st.text("abcdefghijklm", min_size=12, max_size=20))
def test_the_visitors_own_words_fill_nothing(said, label):
    listed = [{"libelle": label, "etat": "en_cours"}]
    assume(situation({**said, "orientations": listed}) is not None)
    report = a_report({**said, "orientations": listed})
    assert label not in str(report)
    assert report == a_report({**said, "orientations": [{"etat": "en_cours"}]})


@EXAMPLES
@given(st.integers(0, 1200), st.integers(0, 1200))
def test_a_range_fills_no_field_and_both_its_bounds_are_said(near, far):
    near, far = sorted((near, far))
    first, last = TODAY - timedelta(days=far), TODAY - timedelta(days=near)
    raw = {"date_dernier_accompagnement": {"from": first.isoformat(), "to": last.isoformat()}}
    known = a_report(raw).known
    assert known["dernier_accompagnement"].value is None
    assert known["dernier_accompagnement"].notes == (Text("report.range.between", {"first": first, "last": last}),)
    assert known["pause"].value is None
    said = a_report({**raw, "accompagnement_continu": False}).known["pause"].value
    assert said.message == ("report.delay.exact" if near == far else "report.delay.between")


@EXAMPLES
@given(st.dates(date(2020, 1, 1), TODAY), st.dates(date(2020, 1, 1), TODAY))
def test_a_delay_is_counted_in_calendar_months_as_the_rules_count(day, contact):
    assume(day <= contact)
    raw = {"date_contact": contact.isoformat(), "date_dernier_accompagnement": day.isoformat()}
    said = a_report({**raw, "accompagnement_continu": False}).known["pause"].value
    delay = said.params["delay"]
    parts = [delay] if delay.message != "report.delay.both" else [delay.params["months"], delay.params["days"]]
    counted = {part.message.rsplit(".", 1)[1]: part.params["n"] for part in parts}
    months, days = counted.get("months", 0), counted.get("days", 0)
    assert months_before(contact, months) - timedelta(days=days) == day
    assert months_before(contact, months + 1) < day


@pytest.mark.parametrize("language", languages())
@EXAMPLES
@given(said=facts, trame=st.sampled_from(TRAMES))
def test_whatever_is_known_has_words(said, trame, language):
    assume(situation(said) is not None)
    report = worded(a_report(said, trame=trame, energy=ENERGY), language)
    assert [s.number for s in report.sections] == list(range(1, len(trame.sections) + 1))


def test_bounds_of_a_range_that_is_open_on_one_side():
    raw = {"date_dernier_accompagnement": {"to": "2026-07-23"}, "accompagnement_continu": False}
    assert shown("dernier_accompagnement", raw) == ("", ["D’après les réponses : le 23 juillet 2026 ou avant."])
    assert shown("pause", raw) == ("au moins 4 mois avant le contact", [])


def test_a_range_without_any_bound_says_nothing():
    report = a_report({"date_dst": {}, "date_dernier_accompagnement": {}, "dst": "fait"})
    assert "date_dst" not in report.known and "pause" not in report.known


def test_a_break_that_nobody_said_is_not_filled():
    raw = {"date_dernier_accompagnement": "2026-06-23"}
    value, notes = shown("pause", raw)
    assert value == ""
    assert notes[0] == "5 mois avant le contact"
    assert "reste à constater" in notes[1]
    value, _ = shown("pause", {**raw, "accompagnement_continu": True})
    assert value.startswith("Aucune")


def test_a_settled_verdict_has_its_statements_and_a_referred_one_is_to_be_confirmed():
    settled = fields_of(worded(a_report(SETTLED)))["verdict"].said
    assert settled[0].startswith("Mission\u00a0: Suivi à N+1")
    assert any(
        "n°\u00a021" in line.replace("n° ", "n°\u00a0") and line.startswith("Ce que dit le texte") for line in settled
    )
    referred = fields_of(worded(a_report(REFERRED)))
    assert referred["verdict"].said[0].startswith("À confirmer par le coordinateur")
    assert "Qui décide\u00a0: le CLER." in referred["verdict"].said[1]
    assert any(line.startswith("Ce que dit le texte") for line in referred["verdict"].said)
    assert "Qui décide\u00a0: le CLER." in referred["points"].said[0]


def test_the_open_points_of_the_case_are_listed_with_who_decides():
    said = fields_of(worded(a_report(SETTLED | {"action": "nouvelle_visite_apres_chauffe"})))["points"].said
    numbers = [n for n in (34, 35, 36, 37) if any(f"(n°\u00a0{n})" in line for line in said)]
    assert numbers == [34, 35]
    assert all("Qui décide" in line for line in said)


def test_where_no_point_of_the_case_is_open_the_texts_own_questions_stand():
    said = fields_of(worded(blank(N1)))["points"].said
    assert [n for n in (34, 36, 37, 39, 53) if not any(f"(n°\u00a0{n})" in line for line in said)] == []


def test_a_contact_of_another_mission_is_told():
    support = {"dst": "fait", "orientations_donnees": 2, "accompagnement_continu": True, "but": "accompagner",
               "cadre_contact": "suivi", "action": "mediation_bailleur"}  # fmt: skip
    assert any("Soutien renforcé (SR)" in line and "pas de" in line for line in worded(a_report(support)).about)
    assert not any("pas de" in line for line in worded(a_report(support, trame=SR.of_category("mediation"))).about)


def test_the_option_of_the_territory_is_filled_with_who_decided_it():
    raw = {k: v for k, v in SETTLED.items() if k != "option_n1"}
    field = fields_of(worded(a_report(raw, territory=a_territory(option_n1=True))))["option_n1"]
    assert [c.id for c in field.cell.choices if c.chosen] == ["oui"]
    assert "Comité de pilotage" in field.notes[0] and "15 janvier 2026" in field.notes[0]


def test_an_option_said_otherwise_than_the_territory_decided_is_not_filled():
    field = fields_of(worded(a_report(SETTLED, territory=a_territory(option_n1=False))))["option_n1"]
    assert not any(c.chosen for c in field.cell.choices)
    assert "à vérifier" in field.notes[1]


@pytest.mark.parametrize(
    "report", [blank(N1, a_territory(option_evaluation=False)), a_report({"option_evaluation": False})]
)
def test_the_evaluation_is_not_proposed_where_the_option_is_not_taken(report):
    section = worded(report).sections[9]
    assert section.id == "evaluation" and "rien à remplir" in section.left_out
    assert [f.cell.name for f in section.fields] == ["option_evaluation"]
    assert not section.apart


@pytest.mark.parametrize("report", [blank(N1), blank(N1, a_territory(option_evaluation=True))])
def test_the_evaluation_is_a_sheet_apart_where_the_option_is_taken_or_not_known(report):
    section = worded(report).sections[9]
    assert section.apart and not section.left_out
    assert {f.cell.name for f in section.fields} >= {"option_evaluation", "questionnaire"}


def test_an_orientation_in_an_unknown_state_has_an_empty_row():
    raw = {"orientations": [{"etat": "inconnue"}, {"etat": "refusee"}], "orientations_donnees": 6}
    rows = fields_of(worded(a_report(raw)))["orientations"].rows
    assert len(rows) == 6
    assert [row.cells[2].value for row in rows] == ["", "Refusée par le ménage", "", "", "", ""]


def test_a_planned_new_diagnosis_does_not_tick_that_it_was_done():
    known = a_report({"dst": "fait", "action": "nouveau_dst"}).known["nouveau_dst"]
    assert known.value is None and known.notes


def test_a_message_is_neither_a_visit_nor_a_call():
    value, notes = shown("modalite", {"mode_contact": "message"})
    assert value == "" and notes and notes[0].startswith("D’après les réponses : ")


def test_missing_energy_data_are_named_beside_their_field():
    notes = fields_of(worded(a_report(SETTLED, energy={"avant": ENERGY["avant"]})))["manquantes"].notes
    assert len(notes) == 1 and notes[0].startswith("Après, il manque\u00a0: dépenses d’énergie")


def test_no_name_is_in_a_report_as_a_document_or_a_page():
    report = worded(a_report(SETTLED))
    assert "Mme B" not in page(report)
    assert b"Mme B" not in docx(report)


def test_an_answer_given_under_other_rules_stands_in_its_own_words():
    answer = {
        "status": "settled", "missions": ["suivi_n1"], "open_points": [37],
        "reasons": [{"statement": 21, "text": "La pause décide.", "source": "Atelier n°2"}],
    }  # fmt: skip
    case = Case(parse(VOCABULARY, {"dst": "fait"}, TODAY), logged=answer)
    fields = fields_of(worded(prefilled(N1, case, COMPILED.ruleset)))
    said = fields["verdict"].said
    assert len(fields["points"].said) == 1 and "(n°\u00a037) Qui décide" in fields["points"].said[0]
    assert "version antérieure" in said[0]
    assert any("La pause décide. [21 — Atelier n°2]" in line for line in said)
