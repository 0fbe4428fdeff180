"""The cases that the questions tell apart, as tensors: what each state of an interview leaves possible, and its mass.

For whoever measures or learns the order of the questions: it needs NumPy, and nothing that serves imports it.

A case is one choice for each first question, possible together. A state is what was answered so far: for each
question 0 (not asked) or 1 + the choice. It is settled where the diagram leaves one answer, whatever the facts that
no question asks; that is where the interview stops. « Je ne sais pas » is no case: it says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from rules.compile import CompiledRuleset
from rules.conditions import Knowledge
from rules.diagram import IMPOSSIBLE
from rules.interview import Interviewer
from rules.model import Question
from rules.situation import parse
from rules.traits import knowledge

State = tuple[int, ...]
Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.uint64]
Says = Mapping[str, frozenset[str]]
Axis = tuple[Says, ...]
NOTHING: Says = {}
ANY_DAY = date(2026, 1, 15)


@dataclass(frozen=True)
class Table:
    """What every state leaves possible, and how likely each case is.

    ``choices[q]``: the choice ids of question q. ``says[q]``: what each leaves possible of the traits it speaks of,
    the first entry for « not asked ». ``possible``: by state, a bit for each of ``answers`` that is still possible.
    ``cases``: a weight for each case. ``mass``: the weight of each state.
    """

    questions: tuple[Question, ...]
    choices: tuple[tuple[str, ...], ...]
    says: tuple[Axis, ...]
    possible: Masks
    cases: Floats
    mass: Floats
    answers: tuple[Hashable, ...] = ()

    @property
    def start(self) -> State:
        return (0,) * len(self.questions)

    def settled(self, state: State) -> bool:
        return int(self.possible[state]).bit_count() <= 1

    def children(self, state: State, question: int) -> Iterator[State]:
        """The states after each choice of a question."""
        for choice in range(1, self.possible.shape[question]):
            yield (*state[:question], choice, *state[question + 1 :])

    def matters(self, state: State, question: int) -> bool:
        """Whether some choice leaves fewer answers possible."""
        after = {int(self.possible[child]) for child in self.children(state, question)} - {0}
        return after != {int(self.possible[state])}

    def weighted(self, cases: Floats) -> Table:
        """The same table under another prior; what cannot be keeps no weight."""
        kept = np.where(self.possible[(slice(1, None),) * cases.ndim] > 0, cases, 0.0)
        return replace(self, cases=kept, mass=_sums(kept))


def tabulate(compiled: CompiledRuleset, left_over: Sequence[str] = (), day: date = ANY_DAY) -> Table:
    """The table of the first questions under the uniform prior, over every possible case.

    ``left_over``: further questions to give to the optimum, though they say only a part of what others do, or what
    others imply. Whoever has nothing to say to such a question says nothing (its last choice); else each of its
    choices that can be is as likely. ``day``: any day; delays are reckoned from it.
    """
    reader = _Reader(compiled, day)
    first = _first_questions(reader)
    extra = tuple(q for q in compiled.ruleset.questions if q.id in left_over)
    questions = (*first, *extra)
    says = [reader.says(q) for q in first] + [(*reader.says(q), NOTHING) for q in extra]
    possible = reader.possible(says)
    choices = [tuple(c.id for c in reader.interviewer.all_choices(q, day)) for q in first]
    choices += [(*(c.id for c in reader.interviewer.all_choices(q, day)), "") for q in extra]
    cases = _uniform(possible, len(first))
    return Table(questions, tuple(choices), tuple(says), possible, cases, _sums(cases), tuple(reader.bits))


def said_by(compiled: CompiledRuleset, question: Question, day: date = ANY_DAY) -> dict[str, Says]:
    """By choice, what it leaves possible of the traits that it speaks of."""
    ids = [c.id for c in Interviewer(compiled).all_choices(question, day)]
    return dict(zip(ids, _Reader(compiled, day).says(question)[1:], strict=True))


def prior_of(table: Table, logged: Iterable[Knowledge]) -> tuple[Floats, int]:
    """The prior that logged questions give, and how many of them agree with some case.

    Each weighs the same, spread evenly over the possible cases that agree with all that it says.
    """
    counts = Counter(tuple(_agreeing(axis, known) for axis in table.says) for known in logged)
    possible = (table.possible[(slice(1, None),) * len(table.questions)] > 0).astype(np.float64)
    cases, used = np.zeros_like(possible), 0
    for agreeing, count in counts.items():
        weights = possible
        for axis, fits in enumerate(agreeing):
            weights = weights * np.array(fits, np.float64).reshape([-1 if i == axis else 1 for i in range(cases.ndim)])
        if total := weights.sum():
            cases, used = cases + weights * (count / total), used + count
    return cases, used


def _agreeing(axis: Axis, known: Knowledge) -> tuple[bool, ...]:
    """For each choice, whether it may be true given what is known."""
    return tuple(all(bool(known[t] & values) for t, values in said.items()) for said in axis[1:])


def _sums(cases: Floats) -> Floats:
    """The mass of every state: the sum over the choices of what was not asked."""
    mass = np.zeros([n + 1 for n in cases.shape])
    mass[(slice(1, None),) * cases.ndim] = cases
    for axis in range(cases.ndim):
        np.moveaxis(mass, axis, 0)[0] = np.moveaxis(mass, axis, 0)[1:].sum(axis=0)
    return mass


def _uniform(possible: Masks, first: int) -> Floats:
    """The same weight for each case of the first questions, split evenly over what the others may add to it."""
    cases = (possible[(slice(1, None),) * possible.ndim] > 0).astype(np.float64)
    others = possible.ndim - first
    for axis in range(first, possible.ndim):
        alone = (slice(1, None),) * first + (slice(1, -1),) + (0,) * (others - 1)
        silent = ~(np.moveaxis(possible, axis, first)[alone] > 0).any(axis=first)
        np.moveaxis(cases, axis, -1)[..., -1] *= silent.reshape(silent.shape + (1,) * (others - 1))
    total = cases.sum(axis=tuple(range(first, possible.ndim)), keepdims=True)
    split: Floats = cases / np.where(total > 0, total, 1.0)
    return split


def _first_questions(reader: _Reader) -> tuple[Question, ...]:
    """The questions that together settle every case, in file order; the others only say a part of what these do."""
    found: list[Question] = []
    for question in reader.ruleset.questions:
        if any(question.id in q.facts for q in found):
            continue
        found.append(question)
        possible = reader.possible([reader.says(q) for q in found])
        if not (np.bitwise_count(possible[(slice(1, None),) * possible.ndim]) > 1).any():
            break
    return tuple(found)


class _Reader:
    """Reads the diagram for whole tensors of states at once."""

    def __init__(self, compiled: CompiledRuleset, day: date) -> None:
        self.ruleset, self.diagram, self.day = compiled.ruleset, compiled.diagram, day
        self.interviewer = Interviewer(compiled)
        self.nothing = self._known({})
        names = dict.fromkeys(self.diagram.answers.values())
        self.bits = {answer: np.uint64(1 << i) for i, answer in enumerate(names)}

    def says(self, question: Question) -> Axis:
        """What each choice leaves possible of the traits that it speaks of, after one entry for « not asked »."""
        known = [self._known(c.facts) for c in self.interviewer.all_choices(question, self.day)]
        said = [{t: values for t, values in k.items() if values != self.nothing[t]} for k in known]
        return (NOTHING, *said)

    def possible(self, says: Sequence[Axis]) -> Masks:
        """The answers still possible in every state, a bit for each."""
        reached: dict[int, Masks] = {IMPOSSIBLE: np.zeros((), np.uint64)}
        reached |= {n: np.asarray(self.bits[answer]) for n, answer in self.diagram.answers.items()}
        found = self._reach(self.diagram.root, says, reached)
        return np.ascontiguousarray(np.broadcast_to(found, [len(axis) for axis in says]))

    def _reach(self, number: int, says: Sequence[Axis], reached: dict[int, Masks]) -> Masks:
        if number not in reached:
            trait, children = self.diagram.nodes[number]
            found: Masks = np.zeros((), np.uint64)
            for value, child in zip(self.diagram.domains[trait], children, strict=True):
                if value in self.nothing[trait]:
                    allowed = self._allowed(trait, value, says)
                    found = found | np.where(allowed, self._reach(child, says, reached), np.uint64(0))
            reached[number] = found
        return reached[number]

    def _allowed(self, trait: str, value: str, says: Sequence[Axis]) -> npt.NDArray[np.bool_]:
        allowed = np.ones((), np.bool_)
        for axis, entries in enumerate(says):
            if any(trait in said for said in entries):
                here = np.array([trait not in said or value in said[trait] for said in entries])
                allowed = allowed & here.reshape([-1 if a == axis else 1 for a in range(len(says))])
        return allowed

    def _known(self, facts: object) -> dict[str, frozenset[str]]:
        situation = parse(self.ruleset.vocabulary, facts, self.day, ranges=True)
        return knowledge(self.ruleset.traits, self.ruleset.delays, situation, {})
