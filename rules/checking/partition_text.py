"""The text of a reviewed partition -> the table that it says. `partition.write` makes the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rules.algebra import NONE, Reader
from rules.checking.frame import Frame
from rules.conditions import Condition, Is, conjunction, disjunction
from rules.errors import RulesetError
from rules.table import Answer, Gap, Reading, Saying, Table
from rules.truth import Truths
from rules.vocabulary import Zone

FILE = "reviewed/partition.txt"
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who read the partition, when, and of which version of the rules."""

    version: str
    by: str
    on: str


@dataclass(slots=True)
class _Part:
    """An answer, a clash or a saying, with the condition that its boxes make."""

    about: Answer | Saying
    name: str = ""
    boxes: list[Condition] = field(default_factory=list)
    sayings: list[_Part] = field(default_factory=list)

    @property
    def when(self) -> Condition:
        return disjunction(iter(self.boxes))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A partition that was read: who approved it, what it is cut by, and its parts."""

    approval: Approval
    frame: Frame
    parts: tuple[_Part, ...]

    def table(self, reader: Reader) -> Table:
        """The table that the text says, in the reader's space."""
        space, of = reader.space, reader.of
        clashes = {p.name: of(p.when) for p in self.parts if isinstance(p.about, Answer) and p.about.clash}
        possible = space.other(space.either(*clashes.values()))
        answers = space.leaf(Gap())
        sayings: dict[Saying, int] = {}
        for part in reversed(self.parts):
            where = of(part.when)
            if isinstance(part.about, Saying):
                sayings[part.about] = where
                continue
            where = where if part.about.clash else space.both(where, possible)
            answers = space.choose(where, space.leaf(part.about), answers)
            for said, here in _heard(part, of):
                sayings[said] = space.either(sayings.get(said, NONE), space.both(where, here))
        return Table(space, of, possible, answers, {}, clashes, sayings, Truths(space.domains))


def _heard(part: _Part, of: Reading) -> Iterator[tuple[Saying, int]]:
    for said in part.sayings:
        if isinstance(said.about, Saying):
            yield said.about, of(said.when)


def read(text: str) -> Reviewed:
    """The partition that a text says. Raises RulesetError with the line that cannot be read."""
    reader = _TextReader()
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                reader.take(line)
            except (ValueError, KeyError, IndexError) as error:
                problem = f"« {line.strip()} » cannot be read ({error!r})"
                hint = "write the file anew with `aiguillage rules approve`"
                raise RulesetError(FILE, f"line {number}", problem, hint) from None
    return reader.reviewed()


class _TextReader:
    """Takes the lines of a partition in their order."""

    def __init__(self) -> None:
        self.head: dict[str, str] = {}
        self.domains: dict[str, tuple[str, ...]] = {}
        self.kinds: dict[str, str] = {}
        self.zones: list[Zone] = []
        self.conventions: tuple[str, ...] = ()
        self.names: dict[str, frozenset[str]] = {}
        self.parts: list[_Part] = []
        self.now: _Part | None = None

    def take(self, line: str) -> None:
        word, _, rest = line.strip().partition(" ")
        match word:
            case "trait":
                name, _, said = rest.partition(" = ")
                self.kinds[name], _, values = said.partition(": ")
                self.domains[name] = tuple(values.split("|"))
            case "zone":
                zone, *bound = rest.split()
                self.zones.append(Zone(zone, int(bound[1]) if bound else None, bound[:1] == ["<="]))
            case "conventions":
                self.conventions = tuple(rest.split())
            case "name":
                called, _, box = rest.removeprefix("@").partition(" = ")
                self.names[called] = self._test(box).values
            case "clash" | "answer" | "excludes":
                self.now = self._part(word, rest)
                self.parts.append(self.now)
            case "says":
                self._says(rest)
            case "where":
                self._where().append(conjunction(iter(self._tests(rest))))
            case "count":
                int(rest)
            case _:
                self.head[word.removesuffix(":")] = rest

    def _part(self, word: str, rest: str) -> _Part:
        if word == "excludes":
            return _Part(_saying(rest.split()))
        if word == "clash":
            name, _, said = rest.partition(": ")
            reason, decider, question, candidates = said.split()
            return _Part(Answer((), "open", reason, decider, question, _listed(candidates), True), name)
        first, *words = rest.split()
        if first == "-":
            reason, decider, question, candidates = words
            return _Part(Answer((), "open", reason, decider, question, _listed(candidates)))
        (certainty,) = words
        return _Part(Answer(_listed(first), certainty))

    def _says(self, rest: str) -> None:
        words = rest.split()
        everywhere = words[-1] == EVERYWHERE
        said = _Part(_saying(words[:-1] if everywhere else words), boxes=[conjunction(iter(()))] if everywhere else [])
        if self.now is None:
            raise ValueError("before the first answer")
        self.now.sayings.append(said)

    def _where(self) -> list[Condition]:
        if self.now is None:
            raise ValueError("before the first answer")
        last = self.now.sayings[-1] if self.now.sayings else self.now
        return last.boxes

    def _tests(self, box: str) -> list[Is]:
        return [self._test(word) for word in box.split() if word != EVERYWHERE]

    def _test(self, word: str) -> Is:
        trait, _, listed = word.partition("=")
        values: frozenset[str] = frozenset()
        for value in listed.split("|"):
            values |= self.names[value[1:]] if value.startswith("@") else {value}
        domain = frozenset(self.domains[trait.removesuffix("!")])
        if not values <= domain:
            raise ValueError(f"{sorted(values - domain)} is no value of {trait}")
        return Is(trait.removesuffix("!"), domain - values if trait.endswith("!") else values)

    def reviewed(self) -> Reviewed:
        missing = [key for key in ("version", "approved_by", "approved_on") if not self.head.get(key)]
        if missing or not self.domains or not self.zones:
            problem = f"the head is not whole: {', '.join(missing) or 'traits and zones'}"
            raise RulesetError(FILE, "head", problem, "write the file anew with `aiguillage rules approve`")
        approval = Approval(self.head["version"], self.head["approved_by"], self.head["approved_on"])
        frame = Frame(self.domains, self.kinds, tuple(self.zones), self.conventions)
        return Reviewed(approval, frame, tuple(self.parts))


def _listed(words: str) -> tuple[str, ...]:
    return () if words == "-" else tuple(words.split(","))


def _saying(words: list[str]) -> Saying:
    kind, message, about, *more = words
    return Saying(kind, message, "" if about == "-" else about, more == ["even_if_unknown"])
