"""What a visitor tells, as facts of the contract with the words they came from. To be confirmed, never taken as said.

Precision before recall: what is doubted, asked, supposed, told of another household, or only the name that the visitor
gives the contact fills nothing; neither does what is said in two ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.understanding.clauses import Told
from bot.understanding.contact import contact_statements
from bot.understanding.folding import Span, fold
from bot.understanding.french_time import times_in
from bot.understanding.gathering import Gathered, gather
from bot.understanding.intervals import Interval
from bot.understanding.language import is_french
from bot.understanding.masking import mask, persons
from bot.understanding.matching import statements, with_signs
from bot.understanding.past import past_statements
from bot.understanding.patterns import french
from bot.understanding.spellings import SPELLINGS


@dataclass(frozen=True, slots=True)
class Understood:
    """``facts``: in the contract's JSON vocabulary; a date or a count may be ``{"from": …, "to": …}``.

    ``spans``: for each fact, the words it came from. ``clashes``: what was told in two ways, and is no fact.
    ``french``: False where the text is in another language. ``several``: it is about more than one household.
    """

    facts: Mapping[str, object] = field(default_factory=dict)
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    clashes: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    french: bool = True
    several: bool = False

    def words(self, text: str, fact: str) -> str:
        """The words of the text that a fact, or a clash, came from, in order, without names."""
        spans = self.spans.get(fact) or self.clashes.get(fact) or ()
        return mask(" … ".join(_closed(span.of(text).strip(" ,:")) for span in spans))


def _closed(words: str) -> str:
    return words + ")" if words.count("(") > words.count(")") else words


def understand(text: str, today: date) -> Understood:
    """A French text as it was typed or said -> the facts that it surely states. ``today``: the day it is told.

    Read it before its names are masked: two names are two households.
    """
    folded = fold(text)
    if not folded.text.strip() or not is_french(folded):
        return Understood(french=not folded.text.strip() or is_french(folded))
    if len(persons(text)) > 1:
        return Understood(several=True)
    folded = folded.respelt(SPELLINGS)
    times = times_in(folded, today)
    told = Told(with_signs(folded.text, times), french())
    said = list(statements(told, times, today))
    stated = past_statements(said, told, today) + contact_statements(said, told, times, today)
    gathered = gather(stated)
    return Understood(
        {fact: plain(value) for fact, value in gathered.facts.items()},
        _spans(gathered, gathered.facts, folded.span),
        _spans(gathered, gathered.clashes, folded.span),
    )


def _spans(gathered: Gathered, facts: Iterable[str], span: Callable[[int, int], Span]) -> dict[str, tuple[Span, ...]]:
    return {fact: tuple(span(*place) for place in sorted(set(gathered.places[fact]))) for fact in facts}


def plain(value: object) -> object:
    """A value as the contract writes it."""
    if not isinstance(value, Interval):
        return value
    if value.first == value.last and value.first:
        return value.first.isoformat()
    ends = {"from": value.first, "to": value.last}
    return {name: day.isoformat() for name, day in ends.items() if day}
