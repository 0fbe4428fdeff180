"""How far visitors agree on one situation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

FEWEST = 3  # below it nothing is shown: an answer could be told to be somebody's


@dataclass(frozen=True, slots=True)
class Agreement:
    """``answers``: how many. ``commonest``: the share of the commonest answer. ``pairs``: of all pairs of visitors,
    the share that answers alike. ``with_rules``: how many answered as the rules do, None where these settle nothing.
    """

    answers: int
    commonest: Fraction
    pairs: Fraction
    with_rules: int | None


def agreement(counts: Mapping[str, int], expected: str | None) -> Agreement | None:
    """The agreement of visitors, or None of fewer than three.

    ``pairs`` is Fleiss' agreement on one subject: with n answers of which n_j are the j-th,
    P = sum over j of n_j (n_j - 1) / (n (n - 1)). 1: everybody answers alike; 0: no two do.
    """
    total = sum(counts.values())
    if total < FEWEST:
        return None
    alike = sum(number * (number - 1) for number in counts.values())
    return Agreement(
        total,
        Fraction(max(counts.values()), total),
        Fraction(alike, total * (total - 1)),
        None if expected is None else counts.get(expected, 0),
    )


def disagreement_of_rules(judged: Iterable[tuple[Iterable[str], Agreement]]) -> list[tuple[str, int, Fraction]]:
    """Of each rule, on how many vignettes it decides and the mean share of pairs that differ; the most first."""
    found: dict[str, list[Fraction]] = {}
    for rules, one in judged:
        for rule in rules:
            found.setdefault(rule, []).append(1 - one.pairs)
    rows = [(rule, len(shares), sum(shares, Fraction(0)) / len(shares)) for rule, shares in found.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))
