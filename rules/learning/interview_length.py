"""How many questions our own interview asks, case by case: every step is the one that visitors get."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules.asking import next_question
from rules.compile import CompiledRuleset
from rules.engine import look
from rules.interview import Interviewer
from rules.learning.case_tensors import ANY_DAY, Floats, Says, Table, said_by
from rules.learning.optimum import Lengths
from rules.model import Question
from rules.situation import Situation, parse


@dataclass(frozen=True)
class _Asked:
    situation: Situation
    facts: frozenset[str]
    cases: Floats
    number: int


def interview_lengths(compiled: CompiledRuleset, table: Table) -> Lengths:
    """The interview led through every case of the table, each answered with certainty."""
    shares: dict[int, float] = {}
    start = parse(compiled.ruleset.vocabulary, {}, ANY_DAY)
    left = [_Asked(start, frozenset(), table.cases, 0)]
    while left:
        asked = left.pop()
        name = next_question(look(compiled, asked.situation), asked.facts)
        if name is None:
            shares[asked.number] = shares.get(asked.number, 0.0) + float(asked.cases.sum())
        else:
            left += _answered(compiled, table, asked, name)
    whole = sum(shares.values())
    return Lengths(tuple(shares.get(n, 0.0) / whole for n in range(max(shares) + 1)))


def _answered(compiled: CompiledRuleset, table: Table, asked: _Asked, name: str) -> list[_Asked]:
    """One continuation for each choice that some case has."""
    interviewer = Interviewer(compiled)
    question = interviewer.question(name)
    after = []
    for choice in interviewer.all_choices(question, ANY_DAY):
        raw = {**asked.situation.record(), **choice.facts}
        situation = parse(compiled.ruleset.vocabulary, raw, ANY_DAY, ranges=True)
        cases = asked.cases * _share(compiled, table, question, choice.id)
        if cases.sum() > 0:
            after.append(_Asked(situation, asked.facts | {name, *choice.facts}, cases, asked.number + 1))
    return after


def _share(compiled: CompiledRuleset, table: Table, question: Question, choice: str) -> Floats:
    """For each case, the share in which the question is answered so: one that says only a part of what a first
    question does is answered as that one is, and evenly where that leaves it open."""
    axis = next(i for i, q in enumerate(table.questions) if question.id in q.facts)
    if table.questions[axis].id == question.id:
        share = np.array([c == choice for c in table.choices[axis]], np.float64)
    else:
        said = said_by(compiled, question)
        fits = {c: np.array([_agree(s, wide) for wide in table.says[axis][1:]], np.float64) for c, s in said.items()}
        share = fits[choice] / np.maximum(sum(fits.values()), 1)
    return share.reshape([-1 if i == axis else 1 for i in range(table.cases.ndim)])


def _agree(one: Says, other: Says) -> bool:
    return all(bool(values & other.get(trait, values)) for trait, values in one.items())
