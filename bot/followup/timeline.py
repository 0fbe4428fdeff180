"""What happened to a household -> its timeline: what each episode is, on which statements, and what is to be noticed.

Pure: the day is given. An episode of one day ends on the day it began; one without an end goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from bot.messages import Text
from rules.errors import nearest

DST, ORIENTATIONS, SR, PAUSE, N1, EVALUATION = KINDS = (
    "dst",
    "orientations",
    "soutien_renforce",
    "pause",
    "suivi_n1",
    "evaluation",
)
ONE_DAY = frozenset({DST, N1, EVALUATION})
# What cannot go on at the same time: two diagnoses, and a pause beside what it is a pause of.
NEVER_TOGETHER = frozenset({(DST, DST), (PAUSE, PAUSE), (PAUSE, SR), (PAUSE, N1)})
STATEMENTS = {DST: (14,), ORIENTATIONS: (3, 19), SR: (2, 3, 19), PAUSE: (22, 23), N1: (14, 22), EVALUATION: (25, 28)}


class EpisodeError(ValueError):
    """An episode, or two, that cannot be: the thing, its value and the remedy, as a catalog message."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.message)
        self.said = said


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the numbers of the statements that it rests on."""

    text: Text
    statements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of what was done with a household. Raises EpisodeError for an unknown kind, or an end before its
    beginning."""

    kind: str
    began_on: date
    ended_on: date | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            near = nearest(self.kind, KINDS) or KINDS[0]
            raise EpisodeError(Text("timeline.error.kind", {"kind": self.kind, "known": KINDS, "near": near}))
        if self.ended_on is not None and self.ended_on < self.began_on:
            raise EpisodeError(Text("timeline.error.end_before_start", _days(self)))

    def overlaps(self, other: Episode) -> bool:
        """Whether the two share more than the day on which one ends and the other begins."""
        first, second = sorted((self, other), key=lambda one: (one.began_on, one.ended_on or date.max))
        return first == second or second.began_on < (first.ended_on or date.max)

    def runs_on(self, day: date) -> bool:
        return self.began_on <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a timeline: an episode and what it is."""

    episode: Episode
    said: Said


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries in the order of the calendar, and what whoever follows the household has to notice."""

    today: date
    entries: tuple[Entry, ...]
    warnings: tuple[Said, ...]


def timeline(episodes: Sequence[Episode], today: date) -> Timeline:
    """The timeline of a household. Raises EpisodeError where two episodes cannot be."""
    check_together(episodes)
    ordered = sorted(episodes, key=lambda one: (one.began_on, KINDS.index(one.kind)))
    warnings = tuple(said for warn in _WARNINGS for said in warn(ordered, today))
    return Timeline(today, tuple(Entry(one, _what(one, today)) for one in ordered), warnings)


def check_together(episodes: Sequence[Episode]) -> None:
    """Raises EpisodeError for the first two episodes that cannot both be."""
    for one, other in combinations(episodes, 2):
        kinds = (min(one.kind, other.kind), max(one.kind, other.kind))
        if kinds in NEVER_TOGETHER and one.overlaps(other):
            params = _days(one) | {f"other_{name}": value for name, value in _days(other).items()}
            raise EpisodeError(Text("timeline.error.overlap", params))


def of_kind(episodes: Sequence[Episode], kind: str) -> list[Episode]:
    """Those of a kind, first to last."""
    return sorted((one for one in episodes if one.kind == kind), key=lambda one: one.began_on)


def _what(episode: Episode, today: date) -> Said:
    if episode.began_on > today:
        when = "later"
    elif episode.began_on == episode.ended_on:
        when = "day"
    else:
        when = "open" if episode.ended_on is None else "closed"
    params = {"what": Text(f"timeline.what.{episode.kind}"), "began": episode.began_on, "ended": episode.ended_on or ""}
    return Said(Text(f"timeline.entry.{when}", params), STATEMENTS[episode.kind])


def _days(episode: Episode) -> dict[str, object]:
    end = episode.ended_on or Text("timeline.still")
    return {"kind": Text(f"timeline.kind.{episode.kind}"), "began": episode.began_on, "ended": end}


def _ticked(episodes: Sequence[Episode], _today: date) -> Iterator[Said]:
    for one in of_kind(episodes, ORIENTATIONS):
        if one.ended_on is not None:
            yield Said(Text("timeline.warning.ticked", {"day": one.ended_on}), (51, 62))


def _support_ended(episodes: Sequence[Episode], today: date) -> Iterator[Said]:
    runs = of_kind(episodes, SR)
    if runs and all(one.ended_on is not None and one.ended_on <= today for one in runs):
        last = max(one.ended_on for one in runs if one.ended_on)
        yield Said(Text("timeline.warning.sr_ended", {"day": last}), (24, 48, 52))


def _measured(episodes: Sequence[Episode], _today: date) -> Iterator[Said]:
    if of_kind(episodes, EVALUATION):
        yield Said(Text("timeline.warning.evaluation"), (25, 27, 28))


def _out_of_order(episodes: Sequence[Episode], _today: date) -> Iterator[Said]:
    diagnoses = of_kind(episodes, DST)
    for kind, statements in ((SR, (2, 3, 19)), (N1, (14,))):
        for one in of_kind(episodes, kind):
            if not diagnoses or one.began_on < diagnoses[0].began_on:
                code = "before_dst" if diagnoses else "without_dst"
                yield Said(Text(f"timeline.warning.{kind}_{code}", {"day": one.began_on}), statements)


def _two_at_once(episodes: Sequence[Episode], _today: date) -> Iterator[Said]:
    for one, other in combinations(of_kind(episodes, SR), 2):
        if one.overlaps(other):
            yield Said(Text("timeline.warning.two_sr", {"day": other.began_on}), (48, 52, 53))
    for visit in of_kind(episodes, N1):
        if any(run.overlaps(visit) for run in of_kind(episodes, SR)):
            yield Said(Text("timeline.warning.n1_in_sr", {"day": visit.began_on}), (19, 21))


def _several_diagnoses(episodes: Sequence[Episode], _today: date) -> Iterator[Said]:
    diagnoses = of_kind(episodes, DST)
    if len(diagnoses) > 1:
        yield Said(Text("timeline.warning.several_dst", {"day": diagnoses[0].began_on}), (14, 17))


_WARNINGS: tuple[Callable[[Sequence[Episode], date], Iterator[Said]], ...] = (
    _out_of_order,
    _two_at_once,
    _several_diagnoses,
    _ticked,
    _support_ended,
    _measured,
)
