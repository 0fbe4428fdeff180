"""The table of complete rows, told apart as finely as their answers differ: outcome, certainty and reasons."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from rules.algebra import NONE, Reader, Space
from rules.compile import answer_of
from rules.model import Rule, Ruleset


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a complete row is answered. ``outcome``: as `answer_of` a rule, or ("impossible",) where facts clash.

    ``reasons`` are messages. Of facts that clash `examine` names the reasons: they are not told apart here.
    """

    outcome: tuple[str, ...]
    certainty: str
    reasons: tuple[str, ...]


CLASH = Leaf(("impossible",), "open", ())


def leaves_of(ruleset: Ruleset, order: tuple[str, ...]) -> tuple[Space, int]:
    """The table of leaves, over the traits in this order."""
    space = Space(order, {trait: ruleset.traits[trait].domain for trait in order})
    reader = Reader(space)
    impossible = space.either(*(reader.of(clash.when) for clash in ruleset.contradictions))
    table, taken = space.leaf(CLASH), NONE
    for rule in ruleset.rules:
        where = space.minus(reader.of(rule.when), impossible)
        said = _said(space, reader, rule)
        double = space.both(where, taken)
        if double != NONE:
            said = space.choose(double, space.mapped(space.pair(table, said), _together), said)
        table = space.choose(where, said, table)
        taken = space.either(taken, where)
    return space, table


def _said(space: Space, reader: Reader, rule: Rule) -> int:
    """What the rule says where it holds."""
    sure = Leaf(answer_of(rule), "open" if rule.open else rule.certainty, ())
    said = space.leaf(sure)
    if rule.stated_when is not None and not rule.open:
        said = space.choose(reader.of(rule.stated_when), space.leaf(replace(sure, certainty="stated")), said)
    for reason in rule.reasons:
        more = space.mapped(said, partial(_with, reason.reason.message))
        said = more if reason.when is None else space.choose(reader.of(reason.when), more, said)
    return said


def _with(message: str, leaf: Hashable) -> Hashable:
    if not isinstance(leaf, Leaf) or message in leaf.reasons:
        return leaf
    return replace(leaf, reasons=(*leaf.reasons, message))


def _together(both: Any) -> Hashable:
    """What two rules with the same answer say together: stated only where both state it.

    Only where both hold is it used; elsewhere the table may still say CLASH.
    """
    first, second = both
    if first == CLASH:
        return CLASH
    certainty = first.certainty if first.certainty == second.certainty else "inferred"
    more = tuple(message for message in second.reasons if message not in first.reasons)
    return Leaf(first.outcome, certainty, (*first.reasons, *more))
