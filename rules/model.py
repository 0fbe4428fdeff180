"""The domain's values: what a ruleset is made of, and what examining a situation gives. All frozen.

Words follow the glossary in the README. Domain ids (facts, values, missions) are French and live in data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from rules.conditions import Condition
from rules.guide.guide_plan import GuidePlan
from rules.order import QuestionOrder
from rules.traits import Trait
from rules.vocabulary import Delays, Vocabulary


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a sentence stands: the document and the passage in it."""

    document: str
    passage: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One numbered statement of the text. ``tag``: rule, open-question, wish or observation."""

    number: int
    tag: str
    provenance: Provenance
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a statement of the text and the catalog message that says it for this case."""

    statement: int
    message: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A mission that the text rules out here, with the reasons."""

    mission: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Why nobody may answer from the text alone, who decides, and the words to put to them.

    ``reason`` and ``decider`` are values of the contract; ``question`` is a catalog message.
    """

    reason: str
    decider: str
    question: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flip:
    """A smallest change of one fact that changes the answer. ``None`` in ``change`` takes a fact back."""

    change: Mapping[str, object]
    missions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence that goes with the answer and never decides it."""

    message: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RulesetId:
    """A ruleset's name and its version, the hash of its content."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A Finding but for its flips: the same for all situations of which the same is known."""

    status: str
    ruleset: RulesetId
    missions: tuple[str, ...] = ()
    certainty: str = "open"
    reasons: tuple[Reason, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    candidates: tuple[str, ...] = ()
    open: OpenPoint | None = None
    open_points: tuple[int, ...] = ()
    advice: tuple[Advice, ...] = ()
    missing: tuple[str, ...] = ()
    next_question: str | None = None


class Finding:
    """The answer to a situation, in ids; as every channel and the API give it.

    Its ``flips`` are worked out when they are first read. Made by `engine.examine`; never changed.
    """

    __slots__ = ("_find", "_flips", "conclusion")

    def __init__(self, conclusion: Conclusion, find_flips: Callable[[], tuple[Flip, ...]] | None = None) -> None:
        self.conclusion, self._find = conclusion, find_flips

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Finding):
            return NotImplemented
        return self.conclusion == other.conclusion and self.flips == other.flips

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Finding({self.conclusion!r}, flips={self.flips!r})"

    @property
    def flips(self) -> tuple[Flip, ...]:
        if not hasattr(self, "_flips"):
            self._flips: tuple[Flip, ...] = self._find() if self._find else ()
        return self._flips

    @property
    def status(self) -> str:
        return self.conclusion.status

    @property
    def ruleset(self) -> RulesetId:
        return self.conclusion.ruleset

    @property
    def missions(self) -> tuple[str, ...]:
        return self.conclusion.missions

    @property
    def certainty(self) -> str:
        return self.conclusion.certainty

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.conclusion.reasons

    @property
    def excluded(self) -> tuple[Exclusion, ...]:
        return self.conclusion.excluded

    @property
    def candidates(self) -> tuple[str, ...]:
        return self.conclusion.candidates

    @property
    def open(self) -> OpenPoint | None:
        return self.conclusion.open

    @property
    def open_points(self) -> tuple[int, ...]:
        return self.conclusion.open_points

    @property
    def advice(self) -> tuple[Advice, ...]:
        return self.conclusion.advice

    @property
    def missing(self) -> tuple[str, ...]:
        return self.conclusion.missing

    @property
    def next_question(self) -> str | None:
        return self.conclusion.next_question


@dataclass(frozen=True, slots=True)
class Mission:
    """A mission, where the text defines it, and when the text rules it out."""

    id: str
    defined_by: tuple[int, ...]
    excluded: tuple[ConditionalReason, ...]


@dataclass(frozen=True, slots=True)
class ConditionalReason:
    """A reason that holds only where ``when`` does. ``when`` of None: always."""

    reason: Reason
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: where ``when`` holds, this outcome.

    A rule either settles (``missions``) or refers (``open``). ``stated_when`` lifts an inferred certainty.
    """

    id: str
    when: Condition
    missions: tuple[str, ...]
    certainty: str
    stated_when: Condition | None
    reasons: tuple[ConditionalReason, ...]
    open: OpenPoint | None
    candidates: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Facts that cannot stand together. Where they do, the answer names them instead of choosing."""

    id: str
    when: Condition
    facts: tuple[str, ...]
    reasons: tuple[Reason, ...]
    open: OpenPoint
    candidates: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class Note:
    """What goes with a mission's answer where ``when`` holds: open points of the text, or advice.

    ``even_if_unknown``: also where nothing says that ``when`` does not hold.
    """

    mission: str
    when: Condition
    open_points: tuple[int, ...]
    advice: str | None
    even_if_unknown: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a question: the facts it says, as in a record of a situation (values, or from / to).

    ``months``: for a range of time, its two bounds in months; None where it has no bound.
    """

    id: str
    facts: Mapping[str, object]
    months: tuple[int | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the interview. Its id is the fact that it is first of all about.

    ``delay``: the date fact asked for as ranges of time before the contact, up to ``longest`` months, each said
    together with ``said_with``. ``first``: how many choices show before the others are asked for.
    """

    id: str
    facts: tuple[str, ...]
    choices: tuple[Choice, ...]
    delay: str | None = None
    longest: int | None = None
    said_with: Mapping[str, object] = field(default_factory=dict)
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example, beside a rule or in a file of cases: the facts, what must be answered, and who said so.

    Its form is in `rules/cases.py`. ``origin``: the file; ``path``: the place in it. ``said_by``: « texte », or
    whose answer it is, then with the day ``said_on``. ``question``: the report's open question that it is about.
    """

    title: str
    facts: Mapping[str, object]
    expect: Mapping[str, object]
    origin: str
    path: str
    said_by: str
    said_on: date | None = None
    question: str | None = None
    territory: Mapping[str, object] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Convention:
    """What a territory decided for itself: the value, by whom and when."""

    value: object
    decided_by: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Doctrine:
    """What a territory does in a case that the text leaves open, until the decider has answered.

    ``zone``: the rule or the contradiction that refers the case. ``missions``: what it counts meanwhile, if anything.
    """

    zone: str
    said: str
    missions: tuple[str, ...]
    decided_by: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory's own dated settings.

    ``options``: fact -> Convention; ``pause_months``: local « quelques mois »; ``messages``: kind of household
    message -> the review state from which it may leave; ``doctrines``: zone -> what it does there. ``open``: whether
    visitors ask without an invitation, which changes no answer.
    """

    id: str
    name: str
    options: Mapping[str, Convention] = field(default_factory=dict)
    pause_months: Convention | None = None
    messages: Mapping[str, Convention] = field(default_factory=dict)
    doctrines: Mapping[str, Doctrine] = field(default_factory=dict)
    open: Convention | None = field(default=None, repr=False)

    @property
    def open_to_all(self) -> bool:
        """Whether visitors may ask without an invitation."""
        return self.open is not None and self.open.value is True


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A whole, validated set of rules. ``id.version`` is the hash of its content, less ``order`` and ``guide``."""

    id: RulesetId
    vocabulary: Vocabulary
    traits: Mapping[str, Trait]
    delays: Delays
    convention_zones: tuple[str, str]
    convention_between: tuple[str, str]
    statements: Mapping[int, Statement]
    terms: Mapping[str, Condition]
    missions: Mapping[str, Mission]
    rules: tuple[Rule, ...]
    contradictions: tuple[Contradiction, ...]
    notes: tuple[Note, ...]
    questions: tuple[Question, ...]
    examples: tuple[Example, ...]
    order: QuestionOrder = field(default_factory=QuestionOrder)
    guide: GuidePlan | None = None

    def delays_in(self, territory: Territory | None) -> Delays:
        """The zones of delay, with the territory's convention where it has one."""
        if territory is None or territory.pause_months is None:
            return self.delays
        months = territory.pause_months.value
        if not isinstance(months, int):
            raise TypeError(f"pause_months is a number of months, not {months!r}")
        return self.delays.with_convention(months, *self.convention_zones, self.convention_between)
