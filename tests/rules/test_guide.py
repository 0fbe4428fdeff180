"""The guide says what the engine says, and nothing else."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from rules.compile import compile_ruleset
from rules.engine import examine
from rules.errors import RulesetError
from rules.guide.guide import make_guide
from rules.load import SLIME_PLUS, load_ruleset
from rules.model import Convention, Territory
from rules.situation import parse
from tests.rules.situations import COMPILED

DAY = date(2026, 11, 25)
GUIDE = make_guide(COMPILED, DAY)


def _territory(**decided):
    said = {k: Convention(v, "Comité de pilotage", date(2026, 1, 15)) for k, v in decided.items()}
    return Territory("essai", "Essai", {k: v for k, v in said.items() if k != "pause_months"}, said.get("pause_months"))


@pytest.fixture
def changed(tmp_path):
    """The guide of a copy of the rules in which one passage of one file is replaced."""
    folder = tmp_path / "rules"
    shutil.copytree(SLIME_PLUS, folder)

    def change(file, old, new):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        compiled = compile_ruleset(load_ruleset(folder))
        return make_guide(compiled, DAY)

    return change


def _rows(guide, table=0):
    return [(row.over, row.under, row.finding.missions or row.finding.open.decider) for row in guide.delays[table].rows]


def test_every_mission_has_its_scope_and_every_question_of_the_text_its_entry():
    assert {s.mission for s in GUIDE.scopes} == set(COMPILED.ruleset.missions)
    assert [q.question.id for q in GUIDE.questions] == [f"Q-{letter}" for letter in "ABCDEFGHI"]
    assert [a.id for a in GUIDE.ambiguities] == [f"A{n}" for n in range(1, 17)]


def test_every_statement_cited_exists():
    assert GUIDE.cited()
    assert set(GUIDE.cited()) <= set(COMPILED.ruleset.statements)


def test_scope_action_and_timing_of_reinforced_support_are_told_apart():
    scope = GUIDE.scopes[0]
    assert scope.mission == "soutien_renforce"
    assert {2, 3, 7, 19, 21} <= set(scope.says)
    assert {8, 9, 10, 11} <= set(scope.consists_in)
    assert 20 in scope.timing
    assert not set(scope.says) & set(scope.timing)


def test_the_worked_examples_are_all_there_with_the_answer_that_they_expect():
    assert len(GUIDE.examples) == len(COMPILED.ruleset.examples)
    for shown, example in zip(GUIDE.examples, COMPILED.ruleset.examples, strict=True):
        expected = example.expect
        assert shown.finding.status == expected["status"], example.title
        assert list(shown.finding.missions) == expected.get("missions", []), example.title
        if "open" in expected:
            assert shown.finding.open.decider == expected["open"]["decider"], example.title


def test_the_delays_are_those_of_the_ruleset_and_their_answers_the_engine_s():
    assert _rows(GUIDE) == [
        (None, 1, ("soutien_renforce",)),
        (1, 4, "cler"),
        (4, 12, ("suivi_n1",)),
        (12, None, ("suivi_n1",)),
    ]
    assert _rows(GUIDE, 1)[-1] == (4, None, ("suivi_n1",))


def test_a_changed_threshold_changes_the_guide(changed):
    assert _rows(changed("facts.yaml", "a_trancher: {less_than: 4}", "a_trancher: {less_than: 6}"))[1:3] == [
        (1, 6, "cler"),
        (6, 12, ("suivi_n1",)),
    ]


def test_a_changed_rule_changes_the_guide(changed):
    guide = changed(
        "missions/evaluation.yaml",
        "missions: [evaluation]\n    certainty: stated\n    reasons:",
        "open: {reason: text_silent, decider: collectivite}\n    reasons:",
    )
    assert GUIDE.stage("evaluation").finding.missions == ("evaluation",)
    assert guide.stage("evaluation").finding.open.decider == "collectivite"
    survey = next(e for e in guide.examples if e.title == "Une enquête de satisfaction")
    assert survey.finding.status == "referred"


def test_a_new_example_is_in_the_guide(changed):
    expect = "{status: referred, open: {reason: text_silent, decider: cler}}"
    case = f"  - title: Un cas nouveau\n    said_by: texte\n    facts: {{dst: pas_fait}}\n    expect: {expect}\n"
    new = f"examples:\n{case}"
    guide = changed("missions/amont.yaml", "examples:\n", new)
    assert "Un cas nouveau" in {e.title for e in guide.examples}


def test_the_course_runs_from_the_diagnosis_to_n1_and_evaluation_stays_apart():
    answers = {stage.id: stage.finding.missions for stage in GUIDE.course}
    assert answers == {
        "dst": ("diagnostic_orientation",),
        "sr": ("soutien_renforce",),
        "sr_again": ("soutien_renforce",),
        "n1_after_sr": ("suivi_n1",),
        "n1_without_sr": ("suivi_n1",),
        "n1_and_evaluation": ("suivi_n1", "evaluation"),
        "evaluation": ("evaluation",),
    }
    assert 48 in {r.statement for r in GUIDE.stage("sr_again").finding.reasons}
    assert "suivi_n1" in {e.mission for e in GUIDE.stage("evaluation").finding.excluded}


def test_a_territory_s_convention_answers_where_the_text_does_not_and_is_marked():
    guide = make_guide(COMPILED, DAY, _territory(pause_months=3, option_n1=True))
    assert _rows(guide)[1:3] == [(1, 3, ("soutien_renforce",)), (3, 4, ("suivi_n1",))]
    assert [row.local for row in guide.delays[0].rows] == [False, True, True, False, False]
    assert any(e.rests_on for e in guide.examples)


def test_an_example_at_odds_with_the_territory_is_left_out_and_counted():
    guide = make_guide(COMPILED, DAY, _territory(option_n1=False))
    assert guide.left_out == len(COMPILED.ruleset.examples) - len(guide.examples) > 0
    assert "Le territoire n'a pas pris l'option N+1" in {e.title for e in guide.examples}
    assert "Un an après le DST, sans soutien renforcé" not in {e.title for e in guide.examples}
    assert guide.stage("n1_after_sr").finding.open.reason == "territory_option"


@pytest.mark.parametrize("decided", [{}, {"pause_months": 2}, {"option_n1": False}, {"option_evaluation": True}])
def test_an_example_is_answered_as_the_bot_of_that_territory_answers(decided):
    territory = _territory(**decided)
    for shown in make_guide(COMPILED, DAY, territory).examples:
        day = shown.facts.get("aujourdhui", shown.facts.get("date_contact", DAY))
        asked = parse(COMPILED.ruleset.vocabulary, shown.facts, day)
        assert shown.finding == examine(COMPILED, asked, territory, final=True)


def test_a_reason_that_cannot_hold_on_the_territory_is_not_given_there():
    ruled_out = {
        taken: {r.statement for r in make_guide(COMPILED, DAY, _territory(option_n1=taken)).scopes[1].ruled_out}
        for taken in (True, False)
    }
    assert ruled_out[False] - ruled_out[True] == {13, 33}
    assert {r.statement for r in GUIDE.scopes[1].ruled_out} == ruled_out[False]


def test_the_words_to_put_to_the_decider_stay_where_a_territory_has_its_own_convention():
    guide = make_guide(COMPILED, DAY, _territory(pause_months=2, option_n1=True))
    assert [q.asks for q in guide.questions] == [q.asks for q in GUIDE.questions]
    assert GUIDE.questions[0].asks == ("ask.pause_a_trancher",)


FAULTS = [
    ("guide.yaml", "  sr_again:", "  sr_agan:", "did you mean 'sr_again'?"),
    ("guide.yaml", "missions: [soutien_renforce, ", "missions: [", "'soutien_renforce' has no place in the guide"),
    ("guide.yaml", "suivi_n1, evaluation,", "suivi_n2, evaluation,", "did you mean 'suivi_n1'?"),
    ("guide.yaml", "zone: quelques_mois", "zone: quelque_mois", "did you mean 'quelques_mois'?"),
    ("guide.yaml", "since: date_fin_sr\n    zone", "since: sr\n    zone", "'sr' is not known here"),
    ("guide.yaml", "facts: {dst: fait, but: mesurer", "facts: {dts: fait, but: mesurer", "did you mean 'dst'?"),
    (
        "guide.yaml",
        "    since: date_dst\n    zone: un_an\n  evaluation",
        "    zone: un_an\n  evaluation",
        "needs 'since'",
    ),
    ("statements.yaml", "{id: A6, statement: 22", "{id: A6, statement: 92", "there is no statement 92"),
    (
        "statements.yaml",
        "id: Q-A, statements: [34], decider: coord",
        "id: Q-A, statements: [34], decider: cord",
        "mean",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), FAULTS, ids=[f[3] for f in FAULTS])
def test_a_broken_plan_is_refused_with_its_place_and_a_hint(changed, file, old, new, words):
    with pytest.raises(RulesetError) as refused:
        changed(file, old, new)
    assert words in str(refused.value)
    assert file in str(refused.value)
