"""Every path that an interview can take, as one graph: what a page needs to ask and answer without a server.

The graph is the same whatever the day: dates are asked for as ranges of time before the contact.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date

from rules.flips import Found, flips_in_zones
from rules.interview import UNKNOWN, Answer, Interview, Interviewer
from rules.model import Conclusion, Finding
from rules.situation import Situation


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the choices that may be offered there, and where each leads; ``unknown``: not knowing."""

    question: str
    choices: tuple[tuple[str, int], ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of a path: the conclusion, and the flips with zones of delay in the place of days."""

    conclusion: Conclusion
    flips: Found


@dataclass(frozen=True, slots=True)
class Paths:
    """Nodes by number; equal ones are one. An interview starts at ``start``. ``length``: how many ways there are."""

    nodes: tuple[Asked | Answered, ...]
    start: int
    length: int


def all_paths(interviewer: Interviewer, day: date) -> Paths:
    """Walk the interview through every combination of answers, « je ne sais pas » among them.

    ``day``: any day; the graph does not depend on it.
    """
    walk = _Walk(interviewer)
    start = walk.node(interviewer.start(day))
    return Paths(tuple(walk.nodes), start, walk.length)


class _Walk:
    def __init__(self, interviewer: Interviewer) -> None:
        self.interviewer = interviewer
        self.nodes: list[Asked | Answered] = []
        self.length = 0
        self.by_state: dict[Hashable, int] = {}
        self.by_shape: dict[Hashable, int] = {}

    def node(self, interview: Interview) -> int:
        self.length += 1
        state = (
            frozenset(interview_facts(self.interviewer.situation(interview))),
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
        return self._kept(("asked", name, choices), Asked(name, choices, self.node(_with(interview, name, UNKNOWN))))

    def _answered(self, situation: Situation, finding: Finding) -> int:
        flips = flips_in_zones(self.interviewer.compiled, situation, self.interviewer.territory)
        answered = Answered(finding.conclusion, flips)
        return self._kept(repr(answered), answered)

    def _kept(self, shape: Hashable, node: Asked | Answered) -> int:
        if isinstance(node, Asked):
            shape = (shape, node.unknown)
        number = self.by_shape.setdefault(shape, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(node)
        return number


def interview_facts(situation: Situation) -> list[tuple[str, str]]:
    """The facts as hashable pairs."""
    return [(fact, repr(value)) for fact, value in situation.facts.items()]


def _with(interview: Interview, question: str, choice: str) -> Interview:
    return replace(interview, answers=(*interview.answers, Answer(question, choice)))
