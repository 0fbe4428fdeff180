"""What to ask next: the first question, in the pinned order, that can still change how the interview ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.conditions import Knowledge
from rules.diagram import IMPOSSIBLE, Diagram
from rules.exploration import Explorer

if TYPE_CHECKING:
    from rules.engine import Examined

UNSETTLED = ("unsettled",)


def next_question(seen: Examined, asked: frozenset[str]) -> str | None:
    """The question to ask, or None where nothing that can still be asked changes how the interview ends.

    ``asked``: the facts asked for already. Where one of them stays unknown and matters, only what can settle the
    answer all the same is asked: more facts would narrow the candidates and change nothing.
    """
    ruleset = seen.compiled.ruleset
    facts = {t.id: t.facts[0] for t in ruleset.traits.values() if t.asked}
    wanted = {facts[t] for t in seen.still.deciding if t in facts}
    if wanted & asked:
        open_still = {q.id for q in ruleset.questions} - asked
        for_good = frozenset(t for t in seen.known if facts.get(t) not in open_still)
        wanted = {facts[t] for t in settling(seen.compiled.diagram, seen.known, for_good) if t in facts}
    ordered = ruleset.order.sorted(ruleset.questions, seen.situation)
    return next((q.id for q in ordered if q.id in wanted - asked), None)


def settling(diagram: Diagram, known: Knowledge, for_good: frozenset[str]) -> frozenset[str]:
    """The traits that decide whether the answer settles, and on what, when those of ``for_good`` stay as they are."""
    return Explorer(_Forgetting(diagram, known, for_good).forget()).explore(known).deciding


class _Forgetting:
    """The diagram without some traits: a leaf is the one answer that is left whatever these are, or UNSETTLED.

    A node of the new diagram stands for the set of nodes of the old one that the forgotten traits leave possible.
    """

    def __init__(self, diagram: Diagram, known: Knowledge, forgotten: frozenset[str]) -> None:
        self.diagram, self.known, self.forgotten = diagram, known, forgotten
        self.level = {t: i for i, t in enumerate(diagram.order)}
        self.nodes: dict[int, tuple[str, tuple[int, ...]]] = {}
        self.answers: dict[int, object] = {}
        self.by_state: dict[frozenset[int], int] = {}
        self.by_shape: dict[object, int] = {}

    def forget(self) -> Diagram:
        root = self._node(frozenset({self.diagram.root}))
        return Diagram(self.diagram.order, self.diagram.domains, self.nodes, self.answers, root)

    def _node(self, state: frozenset[int]) -> int:
        state -= {IMPOSSIBLE}
        if state not in self.by_state:
            self.by_state[state] = self._made(state)
        return self.by_state[state]

    def _made(self, state: frozenset[int]) -> int:
        answers = {self.diagram.answers[n] for n in state if n in self.diagram.answers}
        inner = [self.diagram.nodes[n][0] for n in state if n in self.diagram.nodes]
        if len(answers) > 1:
            return self._leaf(UNSETTLED)
        if not inner:
            return self._leaf(answers.pop()) if answers else IMPOSSIBLE
        trait = min(inner, key=self.level.__getitem__)
        steps = [self._step(state, trait, i) for i in range(len(self.diagram.domains[trait]))]
        if trait in self.forgotten:
            return self._node(frozenset().union(*steps))
        children = tuple(self._node(step) for step in steps)
        if len(set(children)) == 1:
            return children[0]
        number = self.by_shape.setdefault((trait, children), len(self.by_shape) + 1)
        self.nodes[number] = (trait, children)
        return number

    def _step(self, state: frozenset[int], trait: str, index: int) -> frozenset[int]:
        """Where the state leads when the trait has that value; nowhere when it is known not to."""
        if self.diagram.domains[trait][index] not in self.known[trait]:
            return frozenset()
        nodes = self.diagram.nodes
        return frozenset(nodes[n][1][index] if n in nodes and nodes[n][0] == trait else n for n in state)

    def _leaf(self, answer: object) -> int:
        number = self.by_shape.setdefault(("leaf", answer), len(self.by_shape) + 1)
        self.answers[number] = answer
        return number
