"""What changes between two rulesets: all of it, and nothing else."""

from __future__ import annotations

import random

import pytest

from rules.algebra import EVERY, NONE, Space
from rules.checking.cover import boxes
from rules.checking.diff import Difference, compare_rulesets
from rules.checking.frame import common, frame_of
from rules.checking.mutants import mutants
from rules.checking.witness import CONTACT, witness
from rules.compile import compile_ruleset
from rules.engine import examine
from rules.load import raw_files, ruleset_from
from rules.situation import parse
from rules.table import Answer, tabulate

FILES = raw_files()
OLD = ruleset_from(FILES)
DOMAINS = {trait.id: trait.domain for trait in OLD.traits.values()}
KINDS = (
    "certainty changed",
    "referral changed",
    "answers swapped",
    "narrowed or widened",
    "threshold moved",
    "negated",
)


def edits():
    """Some mistakes of each kind, always the same."""
    found = list(mutants(FILES, DOMAINS))
    chosen = random.Random(7)  # noqa: S311
    return [m for kind in KINDS for m in chosen.sample([x for x in found if x.kind == kind], 1)]


def within(difference: Difference, change, cell) -> bool:
    """Whether the boxes of a change hold a cell."""
    return any(all(cell[trait] in values for trait, values in box.items()) for box in change.boxes)


@pytest.mark.parametrize("edit", edits(), ids=lambda m: f"{m.kind}: {m.place}")
def test_a_situation_changes_its_answer_exactly_when_it_lies_in_one_reported_group(edit):
    new = ruleset_from(edit.files)
    difference = compare_rulesets(OLD, new)
    both = common(frame_of(OLD), frame_of(new))
    space = both.space
    before, after = (tabulate(r, reader) for r, reader in zip((OLD, new), both.readers, strict=True))
    draw = random.Random(11)  # noqa: S311
    told = [space.pick(sum_of(space, [c])) for c in difference.answers]
    cells = [{t: draw.choice(space.domains[t]) for t in space.order} for _ in range(300)]
    cells += [{**{t: draw.choice(space.domains[t]) for t in space.order}, **path} for path in told if path]
    for cell in cells:
        was, becomes = (space.values[space.given(table.answers, cell)] for table in (before, after))
        if all(isinstance(a, Answer) and a.clash for a in (was, becomes)):
            continue
        groups = [change for change in difference.answers if within(difference, change, cell)]
        assert [(g.was, g.becomes) for g in groups if g.was != g.becomes] == (
            [] if was == becomes else [(shown(was), shown(becomes))]
        )


def shown(answer):
    return (
        Answer(**{**{k: getattr(answer, k) for k in answer.__slots__}, "question": ""})
        if (isinstance(answer, Answer) and answer.clash)
        else answer
    )


def sum_of(space: Space, changes) -> int:
    """The cells of the boxes of some changes."""
    found = NONE
    for change in changes:
        for box in change.boxes:
            found = space.either(found, space.both(*(space.test(t, v) for t, v in box.items())))
    return found


def test_the_same_rules_have_no_difference():
    assert not compare_rulesets(OLD, ruleset_from(raw_files()))


def test_a_new_value_of_a_fact_is_told_as_not_known_before():
    facts = dict(FILES["facts.yaml"])
    facts["facts"] = {
        **facts["facts"],
        "mode_contact": {"kind": "choice", "values": ["visite", "telephone", "message", "visio"]},
    }
    difference = compare_rulesets(OLD, ruleset_from({**FILES, "facts.yaml": facts}))
    assert difference
    assert {type(c.was).__name__ for c in difference.answers} == {"NotKnown"}
    answered = [c for c in difference.answers if not c.becomes.clash]
    assert all(box["mode_contact"] == {"visio"} for c in answered for box in c.boxes)


def test_boxes_hold_a_set_once_and_nothing_beside_it():
    space = Space(("a", "b", "c"), {"a": ("1", "2", "3"), "b": ("1", "2"), "c": ("1", "2")})
    draw = random.Random(3)  # noqa: S311
    for _ in range(200):
        wanted = free = NONE
        for _ in range(4):
            cube = space.both(*(space.test(t, {draw.choice(space.domains[t])}) for t in ("a", "b", "c")))
            wanted = space.either(wanted, cube)
            other = space.both(*(space.test(t, {draw.choice(space.domains[t])}) for t in ("a", "c")))
            free = space.either(free, other)
        free = space.minus(free, wanted)
        found = [space.both(*(space.test(t, v) for t, v in box.items())) for box in boxes(space, wanted, free)]
        assert space.minus(wanted, space.either(*found)) == NONE
        assert space.minus(space.either(*found), space.either(wanted, free)) == NONE
        for i, one in enumerate(found):
            assert all(space.both(one, other) == NONE for other in found[i + 1 :])


def test_a_witness_of_each_answer_is_answered_so_by_the_engine():
    table = tabulate(OLD)
    space, compiled = table.space, compile_ruleset(OLD)
    for answer in space.values_in(table.answers, table.possible):
        shown_ = witness(OLD, space, space.where(table.answers, answer))
        assert shown_ is not None
        found = examine(compiled, parse(OLD.vocabulary, dict(shown_.situation), CONTACT), final=True)
        assert (found.missions, found.certainty) == (answer.missions, answer.certainty), shown_
        assert (found.open.question if found.open else "") == answer.question


def test_a_set_and_what_lies_outside_it_make_the_whole_space():
    table = tabulate(OLD)
    space = table.space
    assert space.either(table.possible, space.other(table.possible)) == EVERY
    assert sum(space.counts(table.answers).values()) == space.size
