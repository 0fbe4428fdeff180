"""The decision diagram as a program that stands alone: what its functions are, in no language yet.

A program decides complete rows, one value for each trait. A node that several ways lead to is a function, unless it
is so small that repeating it costs less than a call; every other node stands inside the one before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rules.compile import CompiledRuleset, compile_ruleset
from rules.diagram import IMPOSSIBLE, Diagram

SMALL = 8  # nodes; measured: with more the source grows and no decision is much faster
# Found by search: with the traits in this order the diagram of slime-plus has half as many nodes. A program has its own
# order, since the ruleset's also decides which of two facts that decide together is called missing.
SHORTEST = (
    "dst", "sr", "pause", "menage_slime", "accompagnement_continu", "delai_dst", "delai_visite", "delai_n1",
    "delai_fin_sr", "fin_sr_connue", "but", "action", "moment", "cadre_contact", "issue_contact", "option_n1",
    "nouvelle_problematique", "option_evaluation", "evaluation_precedente", "delai_debut_sr", "meme_visiteur",
    "demenage", "orientation_cochee_terminee", "initiative", "occupation", "n1_precedent", "mode_contact",
    "date_dst_connue", "orientation", "debut_sr_connu",
)  # fmt: skip
Branch = tuple[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Program:
    """``functions``: the nodes that are functions, the root last. ``outcomes``: leaf -> its place in ``answers``.

    An answer is ("impossible",), ("settled", missions…) or ("referred", rule).
    """

    name: str
    version: str
    diagram: Diagram
    functions: tuple[int, ...]
    outcomes: Mapping[int, int]
    answers: tuple[tuple[str, ...], ...]

    def is_called(self, number: int) -> bool:
        """Whether the node is reached by a call of its function."""
        return number in self.functions

    def branches(self, number: int) -> tuple[str, tuple[Branch, ...]]:
        """The trait that a node asks, and its values grouped by where they lead: the smallest groups first."""
        trait, children = self.diagram.nodes[number]
        groups: dict[int, tuple[str, ...]] = {}
        for value, child in zip(self.diagram.domains[trait], children, strict=True):
            groups[child] = (*groups.get(child, ()), value)
        ordered = sorted(groups.items(), key=lambda group: len(group[1]))
        return trait, tuple((values, child) for child, values in ordered)


def program_of(compiled: CompiledRuleset) -> Program:
    """The program of a ruleset: its diagram with the traits in the SHORTEST order, any others after them."""
    ruleset = compiled.ruleset
    order = sorted(ruleset.traits, key=lambda t: SHORTEST.index(t) if t in SHORTEST else len(SHORTEST))
    diagram = compile_ruleset(replace(ruleset, traits={t: ruleset.traits[t] for t in order})).diagram
    answers = {number: tuple(map(str, answer)) for number, answer in diagram.answers.items()}  # type: ignore[call-overload]
    places = {IMPOSSIBLE: 0} | {number: place for place, number in enumerate(answers, 1)}
    said = (("impossible",), *answers.values())
    return Program(ruleset.id.name, ruleset.id.version, diagram, _functions(diagram), places, said)


def _functions(diagram: Diagram) -> tuple[int, ...]:
    ways = Counter(child for _, children in diagram.nodes.values() for child in set(children))
    found: dict[int, None] = {}
    sizes: dict[int, int] = {}
    for number in sorted(diagram.nodes):
        inside = (c for c in set(diagram.nodes[number][1]) if c in diagram.nodes and c not in found)
        sizes[number] = 1 + sum(sizes[child] for child in inside)
        if number == diagram.root or (ways[number] > 1 and sizes[number] > SMALL):
            found[number] = None
    return tuple(found)
