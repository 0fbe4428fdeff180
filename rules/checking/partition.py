"""The reviewed partition: the table of a ruleset as a text that a person reads and git compares.

First the clashes, each with its boxes; then every answer, with disjoint boxes that hold all its situations where no
facts clash. So the text is exact: `partition_text.read` gives back the table that `write` was given, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rules.algebra import NONE, Space
from rules.checking.cover import Box, fewest_boxes
from rules.checking.frame import Frame, frame_of
from rules.checking.partition_text import EVERYWHERE, Approval
from rules.conditions import Is
from rules.model import Ruleset
from rules.table import Answer, Saying, Table


def write(ruleset: Ruleset, table: Table, approval: Approval) -> str:
    """The text of a table without gaps or overlaps."""
    writer = _Writer(table.space, _names(ruleset))
    lines = [
        f"# Ce que répondent les règles « {ruleset.id.name} » : chaque situation possible, une seule fois.",
        "# D'abord les faits qui se contredisent (clash), dans l'ordre où ils sont dits ; puis les réponses (answer).",
        "# Une ligne « where » est une boîte : tous ses faits à la fois. Un fait absent de la ligne peut tout valoir.",
        "# Écrit par `aiguillage rules approve`, comparé case par case par `aiguillage rules check`.",
        f"version: {approval.version}",
        f"approved_by: {approval.by}",
        f"approved_on: {approval.on}",
        f"situations: {table.space.size}",
        "",
        *_frame_lines(frame_of(ruleset)),
        "",
        *(f"name @{name} = {trait}={'|'.join(sorted(values))}" for (trait, values), name in writer.names.items()),
    ]
    for block in (*_clashes(ruleset, table, writer), *_answers(table, writer), *_exclusions(table, writer)):
        lines += ["", *block]
    return "\n".join(lines) + "\n"


def _names(ruleset: Ruleset) -> dict[tuple[str, frozenset[str]], str]:
    """The terms of the rules that name some values of one trait."""
    terms = ((name, term) for name, term in ruleset.terms.items() if isinstance(term, Is) and len(term.values) > 2)
    found = {(term.trait, term.values): name for name, term in terms}
    return dict(sorted(found.items(), key=lambda named: -len(named[0][1])))


def _frame_lines(frame: Frame) -> Iterator[str]:
    for trait, domain in frame.domains.items():
        yield f"trait {trait} = {frame.read[trait]}: {'|'.join(domain)}"
    for zone in frame.zones:
        bound = "" if zone.under is None else f" {'<=' if zone.closed else '<'} {zone.under}"
        yield f"zone {zone.id}{bound}"
    yield f"conventions {' '.join(frame.conventions)}"


def _clashes(ruleset: Ruleset, table: Table, writer: _Writer) -> Iterator[list[str]]:
    answers = {c.id: c for c in ruleset.contradictions}
    covers = fewest_boxes(table.space, list(table.clashes.values()))
    for (name, where), cover in zip(table.clashes.items(), covers, strict=True):
        clash = answers[name]
        point, candidates = clash.open, ",".join(clash.candidates) or "-"
        yield [
            f"clash {name}: {point.reason} {point.decider} {point.question} {candidates}",
            f"  count {table.space.count(where)}",
            *writer.where("  ", cover),
            *(f"  says clash {r.message} - {EVERYWHERE}" for r in clash.reasons),
        ]


def _answers(table: Table, writer: _Writer) -> Iterator[list[str]]:
    space = table.space
    counts = space.counts(table.answers)
    found = [a for a in counts if isinstance(a, Answer) and not a.clash]
    cells = [space.where(table.answers, answer) for answer in found]
    covers = fewest_boxes(space, cells, space.other(table.possible))
    for answer, where, cover in sorted(zip(found, cells, covers, strict=True), key=lambda part: _words(part[0])):
        said = [line for saying in sorted(table.sayings) for line in _said(table, writer, where, saying)]
        yield [f"answer {_words(answer)}", f"  count {counts[answer]}", *writer.where("  ", cover), *said]


def _words(answer: Answer) -> str:
    if answer.missions:
        return f"{','.join(answer.missions)} {answer.certainty}"
    return f"- {answer.reason} {answer.decider} {answer.question} {','.join(answer.candidates) or '-'}"


def _said(table: Table, writer: _Writer, where: int, saying: Saying) -> Iterator[str]:
    space = table.space
    here = space.both(table.sayings[saying], where)
    if saying.kind not in ("clash", "excluded") and here != NONE:
        head = f"  says {_saying_words(saying)}"
        if here == where:
            yield f"{head} {EVERYWHERE}"
            return
        (cover,) = fewest_boxes(space, [here], space.other(where), tries=8)
        yield head
        yield from writer.where("    ", cover)


def _saying_words(saying: Saying) -> str:
    return f"{saying.kind} {saying.message} {saying.about or '-'}{' even_if_unknown' if saying.even_if_unknown else ''}"


def _exclusions(table: Table, writer: _Writer) -> Iterator[list[str]]:
    sayings = [s for s in sorted(table.sayings) if s.kind == "excluded"]
    covers = fewest_boxes(table.space, [table.sayings[s] for s in sayings])
    for saying, cover in zip(sayings, covers, strict=True):
        yield [f"excludes {_saying_words(saying)}", *writer.where("  ", cover)]


class _Writer:
    """Boxes as text, with the names that stand for several values."""

    def __init__(self, space: Space, names: Mapping[tuple[str, frozenset[str]], str]) -> None:
        self.space = space
        self.names = dict(names)

    def where(self, indent: str, cover: Iterable[Box]) -> list[str]:
        return sorted(f"{indent}where {self.box(box) or EVERYWHERE}" for box in cover)

    def box(self, box: Box) -> str:
        level = self.space.level
        return " ".join(self._values(trait, box[trait]) for trait in sorted(box, key=level.__getitem__))

    def _values(self, trait: str, values: frozenset[str]) -> str:
        domain = self.space.domains[trait]
        rest = frozenset(domain) - values
        negated = len(rest) < len(values)
        listed = self._listed(trait, rest if negated else values)
        return f"{trait}{'!=' if negated else '='}{listed}"

    def _listed(self, trait: str, values: frozenset[str]) -> str:
        said = []
        for (about, some), name in self.names.items():
            if about == trait and some <= values:
                said.append(f"@{name}")
                values -= some
        return "|".join([*said, *(v for v in self.space.domains[trait] if v in values)])
