"""In which order the questions are asked, where several can still change the answer. It never changes an answer.

The order is pinned in a file beside the questions (`order.yaml`); without one it is that of `questions.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.model import Question
    from rules.situation import Situation

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class After:
    """Another order, once ``fact`` is known to have one of the values."""

    fact: str
    values: Ids
    order: Ids


@dataclass(frozen=True, slots=True)
class QuestionOrder:
    """Question ids, first to last, and the other orders that hold after an answer. Empty: the order of the file."""

    default: Ids = ()
    after: tuple[After, ...] = ()

    def sorted(self, questions: Sequence[Question], situation: Situation) -> list[Question]:
        """The questions in the order to ask them in. One that is not named goes with the first that says its fact."""
        order = next((a.order for a in self.after if situation.get(a.fact) in a.values), self.default)
        named = {q.id: order.index(q.id) for q in questions if q.id in order}
        return sorted(questions, key=lambda q: _rank(q, questions, named, len(order)))


def _rank(question: Question, questions: Sequence[Question], named: Mapping[str, int], last: int) -> tuple[int, bool]:
    wider = next(q for q in questions if question.id in q.facts)
    return named.get(question.id, named.get(wider.id, last)), wider is not question
