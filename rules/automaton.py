"""The decision diagram under partial knowledge, one state a step: the subset construction, made as it is walked.

A state is the set of diagram nodes that the knowledge so far leaves possible. A state once met costs one look-up a
trait; those never met cost nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from rules.diagram import IMPOSSIBLE, Diagram

MOST_STATES = 200_000
_ANSWERED = -1


class _State:
    __slots__ = ("answers", "level", "nodes", "steps")

    def __init__(self, nodes: frozenset[int], level: int, answers: frozenset[Hashable]) -> None:
        self.nodes, self.level, self.answers = nodes, level, answers
        self.steps: dict[int, _State] = {}


class Automaton:
    """Answers of a diagram. ``meanings``: for each trait in the diagram's order, letter -> the values it allows."""

    def __init__(self, diagram: Diagram, meanings: Sequence[Mapping[int, frozenset[str]]]) -> None:
        self.diagram, self.meanings = diagram, meanings
        self._levels = {trait: level for level, trait in enumerate(diagram.order)}
        self._states: dict[frozenset[int], _State] = {}
        self._root = self._state(frozenset({diagram.root}))

    def answers(self, letters: bytes) -> frozenset[Hashable]:
        """The answers still possible, as `diagram.possible_answers` gives them: one letter a trait."""
        state = self._root
        while state.level != _ANSWERED:
            letter = letters[state.level]
            state = state.steps.get(letter) or self._step(state, letter)
        return state.answers

    def _step(self, state: _State, letter: int) -> _State:
        trait = self.diagram.order[state.level]
        allowed = self.meanings[state.level][letter]
        kept = [i for i, value in enumerate(self.diagram.domains[trait]) if value in allowed]
        reached: set[int] = set()
        for number in state.nodes:
            asked, children = self.diagram.nodes.get(number, ("", ()))
            reached |= {children[i] for i in kept} if asked == trait else {number}
        following = self._state(frozenset(reached - {IMPOSSIBLE}))
        state.steps[letter] = following
        return following

    def _state(self, nodes: frozenset[int]) -> _State:
        known = self._states.get(nodes)
        if known is not None:
            return known
        asked = [self._levels[self.diagram.nodes[n][0]] for n in nodes if n in self.diagram.nodes]
        answers = frozenset() if asked else frozenset(self.diagram.answers[n] for n in nodes if n != IMPOSSIBLE)
        state = _State(nodes, min(asked, default=_ANSWERED), answers)
        if len(self._states) >= MOST_STATES:
            self._states.clear()
            self._root.steps.clear()
        self._states[nodes] = state
        return state
