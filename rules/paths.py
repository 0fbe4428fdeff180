"""Every path that an interview can take, as one graph: what a page needs to ask and answer without a server.

The graph is the same whatever the day: dates are asked for as ranges of time before the contact, and a day that is
typed counts by the cell that it lies in, which is all that the rules tell apart.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rules.errors import SituationError
from rules.flips import Found, flips_in_zones
from rules.interview import TYPED, UNKNOWN, Answer, Interview, Interviewer
from rules.model import Conclusion, Finding
from rules.reading import reading
from rules.situation import Situation
from rules.vocabulary import End


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the choices that may be offered there, and where each leads; ``unknown``: not knowing.

    ``days``: where a typed day leads, by its cell, the nearest first; None where no such day can be. Empty where the
    question is not about a date.
    """

    question: str
    choices: tuple[tuple[str, int], ...]
    unknown: int
    days: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of a path: the conclusion, and the flips with zones of delay in the place of days."""

    conclusion: Conclusion
    flips: Found


@dataclass(frozen=True, slots=True)
class Paths:
    """Nodes by number; equal ones are one. An interview starts at ``start``.

    ``cells``: the first day of each cell of days but the longest ago, the nearest first.
    """

    nodes: tuple[Asked | Answered, ...]
    start: int
    cells: tuple[End, ...]

    @property
    def ways(self) -> int:
        """How many ways lead from the start to an answer by choices, « je ne sais pas » among them."""
        counted: list[int] = []
        for node in self.nodes:  # a node stands after those that it leads to
            if isinstance(node, Asked):
                counted.append(counted[node.unknown] + sum(counted[child] for _, child in node.choices))
            else:
                counted.append(1)
        return counted[self.start]


def all_paths(interviewer: Interviewer, day: date) -> Paths:
    """Walk the interview through every combination of answers, « je ne sais pas » among them.

    ``day``: any day; the graph does not depend on it.
    """
    walk = _Walk(interviewer, day)
    start = walk.node(interviewer.start(day))
    return Paths(tuple(walk.nodes), start, walk.cells)


class _Walk:
    def __init__(self, interviewer: Interviewer, day: date) -> None:
        self.interviewer = interviewer
        self.reading = reading(interviewer.compiled, interviewer.territory)
        self.cells = tuple(End(months, 0 if closed else 1) for months, closed in self.reading.coding.cuts)
        self.typed = (day, *(cell.day(day) - timedelta(days=1) for cell in self.cells))
        self.nodes: list[Asked | Answered] = []
        self.by_state: dict[Hashable, int] = {}
        self.by_shape: dict[Hashable, int] = {}

    def node(self, interview: Interview) -> int:
        """The node where the interview stands. What is known, and what was asked in vain, tell it."""
        state = (
            self.reading.coding.key(self.interviewer.situation(interview))[: self.reading.size],
            frozenset(a.question for a in interview.answers if a.choice == UNKNOWN),
        )
        if state not in self.by_state:
            self.by_state[state] = self._node(interview)
        return self.by_state[state]

    def _node(self, interview: Interview) -> int:
        step = self.interviewer.step(interview)
        if step.question is None:
            assert step.finding is not None  # noqa: S101  (a step asks or answers)
            return self._answered(step.situation, step.finding)
        name = step.question.id
        choices = tuple((c.id, self.node(_with(interview, name, c.id))) for c in step.choices)
        days = tuple(self._typed(interview, name, day) for day in self.typed) if step.question.delay else ()
        node = Asked(name, choices, self.node(_with(interview, name, UNKNOWN)), days)
        return self._kept(node, node)

    def _typed(self, interview: Interview, question: str, day: date) -> int | None:
        """Where a day of that cell leads; None where the other dates make it impossible."""
        try:
            return self.node(_with(interview, question, f"{TYPED}{day}"))
        except SituationError:
            return None

    def _answered(self, situation: Situation, finding: Finding) -> int:
        flips = flips_in_zones(self.interviewer.compiled, situation, self.interviewer.territory)
        answered = Answered(finding.conclusion, flips)
        return self._kept(repr(answered), answered)

    def _kept(self, shape: Hashable, node: Asked | Answered) -> int:
        number = self.by_shape.setdefault(shape, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(node)
        return number


def _with(interview: Interview, question: str, choice: str) -> Interview:
    return replace(interview, answers=(*interview.answers, Answer(question, choice)))
