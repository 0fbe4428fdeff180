"""The least expected number of questions is really the least, and our interview attains it."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.engine import look
from rules.interview import Interviewer
from rules.learning.case_tensors import ANY_DAY, Table, prior_of, said_by, tabulate
from rules.learning.learning import learn
from rules.learning.optimum import solve, walk
from rules.learning.orders_compared import INTERVIEW, OPTIMUM, compare
from rules.model import Question
from rules.situation import parse
from tests.rules.situations import COMPILED

LEFT_OVER = [q.id for q in COMPILED.ruleset.questions][6:]


@pytest.fixture(scope="module")
def table():
    return tabulate(COMPILED)


@st.composite
def small_tables(draw):
    """Two to four questions of two or three choices; each case has one of four answers, or cannot be."""
    shape = draw(st.lists(st.integers(2, 3), min_size=2, max_size=4))
    size = int(np.prod(shape))
    answers = draw(st.lists(st.sampled_from([0, 1, 1, 2, 2, 4, 8]), min_size=size, max_size=size))
    weights = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
    possible = np.zeros([n + 1 for n in shape], np.uint64)
    possible[(slice(1, None),) * len(shape)] = np.reshape(answers, shape)
    for axis in range(len(shape)):
        front = np.moveaxis(possible, axis, 0)
        front[0] = np.bitwise_or.reduce(front[1:], axis=0)
    questions = tuple(Question(f"q{i}", (f"q{i}",), ()) for i in range(len(shape)))
    empty = Table(questions, tuple(tuple(map(str, range(n))) for n in shape), (), possible, np.zeros(shape), possible)
    return empty.weighted(np.reshape(np.array(weights, float), shape))


def _brute_force(table):
    """The least over every decision tree, on plain sets of cases."""
    cases = {c: w for c, w in np.ndenumerate(table.cases) if w > 0}
    possible = [c for c, answer in np.ndenumerate(table.possible[(slice(1, None),) * table.cases.ndim]) if answer]

    @cache
    def least(agreeing, asked):
        answers = {int(table.possible[tuple(i + 1 for i in case)]) for case in agreeing}
        mass = sum(cases.get(case, 0) for case in agreeing)
        if len(answers) <= 1 or not mass:
            return 0
        costs = []
        for q in range(table.cases.ndim):
            if q not in asked:
                parts = {
                    choice: frozenset(c for c in agreeing if c[q] == choice) for choice in {c[q] for c in agreeing}
                }
                costs.append(sum(least(part, asked | {q}) for part in parts.values()))
        return mass + min(costs)

    return least(frozenset(possible), frozenset())


@settings(max_examples=150, deadline=None)
@given(small_tables())
def test_the_programme_finds_what_brute_force_over_decision_trees_finds(small):
    assume(small.mass[small.start] > 0)
    programme = solve(small)
    assert programme.cost[small.start] == pytest.approx(_brute_force(small))
    followed = walk(small, lambda state: int(programme.best[state]))
    assert followed.expected * small.mass[small.start] == pytest.approx(_brute_force(small))


def test_a_state_leaves_possible_what_the_engine_leaves_possible(table):
    random = np.random.default_rng(7)
    says = [[{}, *({c.id: c.facts for c in _choices(q)}.values())] for q in table.questions]
    checked = 0
    while checked < 60:
        state = tuple(int(random.integers(0, n)) for n in table.possible.shape)
        facts = {k: v for axis, choice in enumerate(state) for k, v in says[axis][choice].items()}
        situation = parse(COMPILED.ruleset.vocabulary, facts, ANY_DAY, ranges=True)
        answers = COMPILED.explorer.possible_answers(look(COMPILED, situation).known)
        assert int(table.possible[state]).bit_count() == len(answers), facts
        checked += 1


def _choices(question):
    return Interviewer(COMPILED).all_choices(question, ANY_DAY)


def test_the_interview_is_within_one_percent_of_the_optimum(table):
    measured = {}
    for found in compare(COMPILED, table):
        measured[found.order] = found
        if found.order == INTERVIEW:
            break
    assert measured[INTERVIEW].distance <= 0.01
    assert measured[INTERVIEW].lengths.longest <= 6
    assert measured[OPTIMUM].lengths.expected == pytest.approx(measured[INTERVIEW].lengths.expected, rel=0.01)


def test_every_case_has_one_answer_once_the_first_questions_are_answered(table):
    cases = table.possible[(slice(1, None),) * len(table.questions)]
    assert int(np.bitwise_count(cases).max()) == 1
    assert [q.id for q in table.questions] == [q.id for q in COMPILED.ruleset.questions][:6]


@pytest.mark.parametrize("question", LEFT_OVER)
def test_a_question_that_is_left_over_would_not_make_the_optimum_shorter(table, question):
    wider = tabulate(COMPILED, [question])
    least, without = solve(wider), solve(table)
    assert wider.mass[wider.start] == pytest.approx(table.mass[table.start])
    assert least.cost[wider.start] == pytest.approx(without.cost[table.start])


def test_the_pinned_order_is_the_learned_one(table):
    assert learn(table) == COMPILED.ruleset.order


def test_a_logged_question_weighs_one_spread_over_the_cases_that_agree_with_it(table):
    raw = {"action": "bilan", "dst": "pas_fait"}
    known = look(COMPILED, parse(COMPILED.ruleset.vocabulary, raw, ANY_DAY)).known
    cases, used = prior_of(table, [known, known])
    assert used == 2
    assert cases.sum() == pytest.approx(2)
    where = [i for i, axis in enumerate(table.questions) if axis.id in ("action", "dst")]
    told = {tuple(table.choices[i][case[i]] for i in where) for case in zip(*np.nonzero(cases), strict=True)}
    assert told == {("bilan", "pas_fait")}


def test_a_logged_question_that_no_case_agrees_with_does_not_count(table):
    raw = {"action": "premiere_visite", "dst": "fait"}
    known = look(COMPILED, parse(COMPILED.ruleset.vocabulary, raw, ANY_DAY)).known
    cases, used = prior_of(table, [known])
    assert (used, cases.sum()) == (0, 0)


def test_each_choice_says_something_of_a_trait():
    for question, choice in product(COMPILED.ruleset.questions[:6], range(2)):
        assert list(said_by(COMPILED, question).values())[choice]
