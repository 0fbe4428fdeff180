"""An interview is found again from the facts that it came to."""

from __future__ import annotations

import random
from datetime import date

import pytest

from rules.interview import UNKNOWN, Answer, Interviewer
from rules.recalling import recalled
from tests.rules.situations import COMPILED

DAY = date(2026, 11, 20)


@pytest.mark.parametrize("seed", range(60))
def test_asked_again_it_takes_the_same_way(seed: int) -> None:
    drawn, interviewer = random.Random(seed), Interviewer(COMPILED)  # noqa: S311
    interview = interviewer.start(DAY)
    while (step := interviewer.step(interview)).question is not None:
        choices = [*(choice.id for choice in step.choices), UNKNOWN]
        interview = interviewer.answer(interview, drawn.choice(choices))
    found = recalled(interviewer, step.situation.record(), DAY)
    assert (found.interview, dict(found.beside)) == (interview, {})


def test_a_typed_day_and_a_fact_that_no_question_asked_for() -> None:
    interviewer = Interviewer(COMPILED)
    facts = {
        "action": "bilan",
        "but": "accompagner",
        "cadre_contact": "suivi",
        "accompagnement_continu": False,
        "date_dernier_accompagnement": "2026-03-02",
        "dst": "fait",
        "orientations_donnees": {"from": 1},
        "sr": "aucun",
        "demenage": True,
        "aujourdhui": "2026-11-20",
        "date_contact": "2026-11-20",
    }
    found = recalled(interviewer, facts, DAY)
    assert Answer("accompagnement_continu", "=2026-03-02") in found.interview.answers
    assert dict(found.beside) == {"demenage": True}
