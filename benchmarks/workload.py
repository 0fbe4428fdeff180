"""The rows that every engine decides, drawn with a fixed seed, and what their outcomes must be.

A third completes the worked examples at random, a third what an interview with random answers came to know, a third
is uniform. No outcome may fill more than `MOST` of the rows (`impossible`, which nearly all uniform rows are,
included), so an engine that is fast on one outcome only gains nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

import numpy as np

from benchmarks.outcomes import Columns, outcomes, outcomes_in
from rules.compile import CompiledRuleset
from rules.engine import look
from rules.interview import Interviewer
from rules.model import Convention, Ruleset, Territory
from rules.situation import parse

SEED = 20261123
TODAY = date(2026, 12, 31)
INTERVIEWS = 60
MOST = 0.15
DRAWN_AT_ONCE = 600_000
SOURCES = ("worked examples", "interviews", "uniform")
Known = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Workload:
    """Rows as columns of codes (a value's place in its trait's domain), with their expected outcomes as codes."""

    domains: Mapping[str, tuple[str, ...]]
    outcomes: tuple[str, ...]
    codes: Columns
    expected: np.ndarray
    sources: np.ndarray

    def __len__(self) -> int:
        return len(self.expected)

    def first(self, count: int) -> Workload:
        codes = {trait: column[:count] for trait, column in self.codes.items()}
        return Workload(self.domains, self.outcomes, codes, self.expected[:count], self.sources[:count])

    def repeated(self, count: int) -> Workload:
        """``count`` of these rows, drawn at random with repetition: a batch as long as one likes."""
        drawn = np.random.default_rng(SEED).integers(0, len(self), count)
        codes = {trait: column[drawn] for trait, column in self.codes.items()}
        return Workload(self.domains, self.outcomes, codes, self.expected[drawn], self.sources[drawn])

    def rows(self) -> list[dict[str, str]]:
        """The rows as engines for one decision take them."""
        texts = [[self.domains[trait][code] for code in self.codes[trait]] for trait in self.domains]
        return [dict(zip(self.domains, values, strict=True)) for values in zip(*texts, strict=True)]

    def expected_outcomes(self) -> list[str]:
        return [self.outcomes[code] for code in self.expected]

    def shares(self) -> dict[str, float]:
        """The share of each outcome, the greatest first."""
        counts = Counter(self.expected_outcomes())
        return {outcome: count / len(self) for outcome, count in counts.most_common()}


def draw(compiled: CompiledRuleset, count: int, interviews: int = INTERVIEWS) -> Workload:
    """``count`` rows, the same at every call for the same rules, expected outcomes by the oracle over columns."""
    ruleset = compiled.ruleset
    random = np.random.default_rng(SEED)
    bases = (_of_examples(compiled), _of_interviews(compiled, random, interviews), [_nothing_known(ruleset)])
    most = np.full(len(outcomes(ruleset)), int(count * MOST))
    kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    missing = count
    while missing > 0:
        codes, sources = _complete(ruleset, bases, random, min(DRAWN_AT_ONCE, 4 * count + 1000))
        expected = outcomes_in(ruleset, dict(zip(ruleset.traits, codes.T, strict=True)))
        places = _within(expected, most)[:missing]
        most -= np.bincount(expected[places], minlength=len(most))
        missing -= len(places)
        kept.append((codes[places], expected[places], sources[places]))
    codes, expected, sources = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    shuffled = random.permutation(count)
    columns = {t: np.ascontiguousarray(codes[shuffled, i]) for i, t in enumerate(ruleset.traits)}
    domains = {trait.id: trait.domain for trait in ruleset.traits.values()}
    return Workload(domains, outcomes(ruleset), columns, expected[shuffled], sources[shuffled])


def a_row_an_edge(compiled: CompiledRuleset) -> list[dict[str, str]]:
    """For every edge of the diagram a row that takes it; whatever the edge leaves open is drawn at random."""
    diagram, random = compiled.diagram, np.random.default_rng(SEED)
    ways: dict[int, dict[str, str]] = {diagram.root: {}}
    rows = []
    for number in (ahead := [diagram.root]):
        if number not in diagram.nodes:
            continue
        trait, children = diagram.nodes[number]
        for value, child in zip(diagram.domains[trait], children, strict=True):
            way = {**ways[number], trait: value}
            if child not in ways:
                ways[child] = way
                ahead.append(child)
            free = {name: domain[random.integers(len(domain))] for name, domain in diagram.domains.items()}
            rows.append({**free, **way})
    return rows


def _within(expected: np.ndarray, most: np.ndarray) -> np.ndarray:
    """The places of the rows to keep, in order, so that no outcome comes more often than it still may."""
    kept = [np.flatnonzero(expected == code)[:allowed] for code, allowed in enumerate(most)]
    return np.sort(np.concatenate(kept))


def _complete(
    ruleset: Ruleset, bases: tuple[list[Known], ...], random: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of codes that complete what is known at random, and the source of each, in a random order."""
    rows, sources = [], []
    for source, known in enumerate(bases):
        for base in known:
            size = count // (len(bases) * len(known)) + 1
            rows.append(
                np.stack([_choose(t.domain, base[t.id], random, size) for t in ruleset.traits.values()], axis=1)
            )
            sources.append(np.full(size, source, dtype=np.uint8))
    shuffled = random.permutation(sum(map(len, sources)))
    return np.concatenate(rows)[shuffled], np.concatenate(sources)[shuffled]


def _choose(domain: tuple[str, ...], possible: frozenset[str], random: np.random.Generator, size: int) -> np.ndarray:
    codes = np.array([i for i, value in enumerate(domain) if value in possible], dtype=np.uint8)
    return random.choice(codes, size)


def _nothing_known(ruleset: Ruleset) -> Known:
    return {trait.id: frozenset(trait.domain) for trait in ruleset.traits.values()}


def facts_of_examples(compiled: CompiledRuleset) -> list[dict[str, object]]:
    """The facts of every worked example, as JSON values."""
    examples = compiled.ruleset.examples
    return [{k: v.isoformat() if isinstance(v, date) else v for k, v in e.facts.items()} for e in examples]


def _of_examples(compiled: CompiledRuleset) -> list[Known]:
    found = []
    for example, facts in zip(compiled.ruleset.examples, facts_of_examples(compiled), strict=True):
        situation = parse(compiled.ruleset.vocabulary, facts, TODAY)
        seen = look(compiled, situation, _territory(example.territory))
        found.append(seen.still.live if seen.still.answers else seen.known)
    return [known for known in found if all(known.values())]


def _territory(said: Mapping[str, object]) -> Territory | None:
    if not said:
        return None
    decided = {name: Convention(value, "Comité de pilotage", date(2026, 1, 15)) for name, value in said.items()}
    pause = decided.pop("pause_months", None)
    return Territory("essai", "Territoire d'essai", decided, pause)


def _of_interviews(compiled: CompiledRuleset, random: np.random.Generator, count: int) -> list[Known]:
    interviewer = Interviewer(compiled)
    return list(islice(_known_at_the_end(interviewer, random.integers), count))


def _known_at_the_end(interviewer: Interviewer, below: Callable[[int], int]) -> Iterator[Known]:
    while True:
        interview = interviewer.start(TODAY)
        while (step := interviewer.step(interview)).question is not None:
            interview = interviewer.answer(interview, step.choices[int(below(len(step.choices)))].id)
        seen = look(interviewer.compiled, step.situation)
        if seen.still.answers:
            yield seen.still.live
