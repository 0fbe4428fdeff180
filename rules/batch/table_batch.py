"""Many rows at once, from columns to columns: what each is answered, how certain it is, and why.

A row has a value for each trait, or none where nothing is known of it. Its outcome always comes from a table, exactly.
So do the certainty and the reasons of a complete row; rows that are settled or referred although something is
unknown are examined, each kind of row once.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]

from rules.batch.leaves import CLASH, Leaf, leaves_of
from rules.batch.lookup import Codes, Lookup, lookup_of
from rules.batch.nearby import order_nearby
from rules.batch.partial import IMPOSSIBLE, UNDECIDED, with_unknown
from rules.compile import CompiledRuleset
from rules.engine import conclude_known
from rules.errors import nearest
from rules.model import Ruleset
from rules.reading import reading

OPEN = Leaf(UNDECIDED, "open", ())
Column = Any  # a pyarrow Array or ChunkedArray, which have no types


@dataclass(frozen=True)
class Batch:
    """A ruleset made ready for columns. ``whole``: complete rows -> Leaf. ``partial``: any rows -> outcome.

    In the codes of ``partial`` the code after a trait's last value is « unknown ».
    """

    compiled: CompiledRuleset
    whole: Lookup
    partial: Lookup


def batch_of(compiled: CompiledRuleset) -> Batch:
    """Make a ruleset ready."""
    ruleset = compiled.ruleset
    space, table = leaves_of(ruleset, _order(ruleset))
    whole = lookup_of(space, table)
    outcomes = space.mapped(table, lambda leaf: leaf.outcome)  # type: ignore[attr-defined]
    return Batch(compiled, whole, lookup_of(*with_unknown(space, outcomes)))


def _order(ruleset: Ruleset) -> tuple[str, ...]:
    """The order in which traits are packed. Of the two directions this one makes the smaller steps, as measured."""
    space, table = leaves_of(ruleset, tuple(ruleset.traits))
    asked = space.traits(table)
    near = order_nearby(ruleset, [trait for trait in ruleset.traits if trait in asked])[::-1]
    return (*near, *(trait for trait in ruleset.traits if trait not in asked))


def examine_table(batch: Batch, columns: Mapping[str, Column]) -> Any:
    """Rows as Arrow columns of text or dictionaries, one a trait, null for unknown -> their answers, in order.

    A trait without a column is unknown. The answers' columns are dictionaries: ``status`` (settled, referred, clash
    or undecided), ``outcome`` (the missions joined by « + », or the rule that refers), ``certainty`` and ``reasons``
    (message ids). Raises ValueError on an unknown trait or value, and on columns of several lengths.
    """
    return answers_of(batch, encode(batch, columns))


def encode(batch: Batch, columns: Mapping[str, Column]) -> dict[str, Codes]:
    """The columns as codes, for every trait that an answer can depend on. Raises as `examine_table`."""
    traits = batch.compiled.ruleset.traits
    for name in columns:
        if name not in traits:
            raise ValueError(f"unknown trait {name!r}{_did_you_mean(name, tuple(traits))}")
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns of several lengths: {', '.join(map(str, sorted(lengths)))}")
    count = lengths.pop() if lengths else 0
    needed = [trait for lookup in (batch.whole, batch.partial) for group in lookup.columns for trait in group]
    return {trait: _codes(trait, traits[trait].domain, columns.get(trait), count) for trait in dict.fromkeys(needed)}


def _codes(trait: str, domain: tuple[str, ...], column: Column | None, count: int) -> Codes:
    if column is None:
        return np.full(count, len(domain), dtype=np.uint8)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    words = column.dictionary if pa.types.is_dictionary(column.type) else column
    found = pc.index_in(words, value_set=pa.array(domain, type=words.type))
    if found.null_count > words.null_count:
        wrong = words.filter(pc.and_(pc.is_null(found), pc.is_valid(words)))[0].as_py()
        raise ValueError(f"{trait} = {wrong!r} is unknown{_did_you_mean(str(wrong), domain)}")
    if words is not column:
        found = found.take(column.indices)
    codes: Codes = found.fill_null(len(domain)).to_numpy(zero_copy_only=False).astype(np.uint8)
    return codes


def _did_you_mean(said: str, known: tuple[str, ...]) -> str:
    near = nearest(said, known)
    return f"; did you mean {near!r}?" if near else f": give one of {', '.join(known)}"


def answers_of(batch: Batch, codes: Mapping[str, Codes]) -> Any:
    """The answers of encoded rows."""
    places, leaves = _places(batch, codes)
    said = {
        "status": [_status(leaf.outcome) for leaf in leaves],
        "outcome": ["+".join(leaf.outcome[1:]) for leaf in leaves],
        "certainty": [leaf.certainty for leaf in leaves],
        "reasons": [list(leaf.reasons) for leaf in leaves],
    }
    kinds = {"reasons": pa.list_(pa.string())}
    index = pa.array(places)
    return pa.table({
        name: pa.DictionaryArray.from_arrays(index, pa.array(values, type=kinds.get(name, pa.string())))
        for name, values in said.items()
    })  # fmt: skip


def _places(batch: Batch, codes: Mapping[str, Codes]) -> tuple[npt.NDArray[np.int32], list[Leaf]]:
    domains = batch.whole.domains
    unknown = np.zeros(len(next(iter(codes.values()))), dtype=bool)
    for group in batch.whole.columns:
        for trait in group:
            unknown |= codes[trait] == len(domains[trait])
    leaves: list[Leaf] = [leaf for leaf in batch.whole.leaves if isinstance(leaf, Leaf)]
    if not unknown.any():
        return batch.whole.leaves_of(batch.whole.pack(codes)).astype(np.int32), leaves
    places = np.empty(len(unknown), dtype=np.int32)
    known = np.flatnonzero(~unknown)
    places[known] = batch.whole.leaves_of(batch.whole.pack({t: c[known] for t, c in codes.items()}))
    rest = np.flatnonzero(unknown)
    _place_partial(batch, {t: c[rest] for t, c in codes.items()}, rest, places, leaves)
    return places, leaves


def _place_partial(
    batch: Batch,
    codes: Mapping[str, Codes],
    rows: npt.NDArray[np.intp],
    places: npt.NDArray[np.int32],
    leaves: list[Leaf],
) -> None:
    """Set the places of rows of which something is unknown; their leaves are added."""
    outcomes = batch.partial.leaves_of(batch.partial.pack(codes))
    sure = np.array([outcome not in (UNDECIDED, IMPOSSIBLE) for outcome in batch.partial.leaves])[outcomes]
    for outcome, leaf in ((UNDECIDED, OPEN), (IMPOSSIBLE, CLASH)):
        if outcome in batch.partial.leaves:
            places[rows[outcomes == batch.partial.leaves.index(outcome)]] = _place(leaf, leaves)
    by, domains = reading(batch.compiled, None), batch.whole.domains
    names = [trait for group in batch.whole.columns for trait in group]
    kinds, which = np.unique(np.stack([codes[t][sure] for t in names], axis=1), axis=0, return_inverse=True)
    found = np.empty(len(kinds), dtype=np.int32)
    for number, kind in enumerate(kinds):
        known = {trait: frozenset(domain) for trait, domain in domains.items()}
        known |= {t: frozenset({domains[t][c]}) for t, c in zip(names, kind, strict=True) if c < len(domains[t])}
        answers, conclusion = conclude_known(by, known)
        messages = tuple(reason.message for reason in conclusion.reasons)
        found[number] = _place(Leaf(_only(answers), conclusion.certainty, messages), leaves)
    places[rows[sure]] = found[which.reshape(-1)]


def _only(answers: frozenset[Hashable]) -> tuple[str, ...]:
    (answer,) = answers
    return tuple(map(str, answer))  # type: ignore[call-overload]


def _place(leaf: Leaf, leaves: list[Leaf]) -> int:
    if leaf not in leaves:
        leaves.append(leaf)
    return leaves.index(leaf)


def _status(outcome: tuple[str, ...]) -> str:
    return "clash" if outcome == IMPOSSIBLE else outcome[0]
