"""The queue and one question of it, as an account may see them: read in one transaction that changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine

from api.access.roles import NATIONAL, Account
from api.review.alike import nearest
from api.review.verdicts import ENQUIRY, UnknownQuestionError
from api.storage.engine import READ_ONLY
from api.storage.journal import SqlJournal
from api.storage.review_queue import Place, QueueLine, Wanted, count_up_to, line, lines_after, lines_before, values_of
from api.storage.review_reading import (
    Alike,
    Change,
    changes_of,
    colleagues,
    judged_alike,
    logged,
    names_of,
    newer_question,
)
from api.storage.verdicts import Verdict, verdicts_on
from bot.journal import Enquiry

PAGE, MOST_COUNTED = 25, 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list, with the facts and the answer as they were logged, and the opinions on it, oldest first."""

    line: QueueLine
    facts: Mapping[str, object]
    answer: Mapping[str, Any]
    opinions: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of a list. ``before`` and ``after``: where the pages beside it begin, None where there is none.

    ``count``: how many lines the list has; MOST_COUNTED + 1 where it has more. ``names``: of accounts.
    """

    lines: tuple[Listed, ...]
    before: Place | None
    after: Place | None
    count: int
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A question with all that is beside it. ``before``, ``after``: the lines beside it in the list it came from.

    ``alike``: past questions with the facts in which they differ; ``newer``: the token of what replaced it.
    """

    line: QueueLine
    enquiry: Enquiry
    opinions: tuple[Verdict, ...]
    changes: tuple[Change, ...]
    alike: tuple[tuple[Alike, tuple[str, ...]], ...]
    before: QueueLine | None
    after: QueueLine | None
    newer: str | None
    names: Mapping[int, str]
    colleagues: Mapping[int, str]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that counts."""
        return next((one for one in self.opinions if one.counts), None)


class ReviewQueue:
    """What is read of the queue. National readers are given no names."""

    def __init__(self, engine: Engine) -> None:
        self._reading = engine.execution_options(**{READ_ONLY: True})

    def choices(self, by: Account) -> dict[str, list[str]]:
        """What the questions that an account sees may be filtered by: the values of each column that there are."""
        with self._reading.begin() as connection:
            return values_of(connection, None if by.role == NATIONAL else by.territory)

    def page(self, by: Account, wanted: Wanted, after: Place | None = None, before: Place | None = None) -> QueuePage:
        """The page after or before a place, else the first."""
        wanted = _scoped(by, wanted)
        with self._reading.begin() as connection:
            found: list[QueueLine] = []
            if before is not None:
                found = lines_before(connection, wanted, PAGE + 1, before)
            if before is None or len(found) <= PAGE:  # so near the beginning that the first page is a whole one
                before = None
                found = lines_after(connection, wanted, PAGE + 1, after)
                more, shown = len(found) > PAGE, found[:PAGE]
            else:
                more, shown = True, found[1:]
            first = after is None and before is None
            count = len(found) if first and not more else count_up_to(connection, wanted, MOST_COUNTED)
            listed, names = self._listed(connection, by, shown)
        earlier = shown[0].place if shown and not first else None
        return QueuePage(listed, earlier, shown[-1].place if more else None, count, names)

    def one(self, by: Account, token: str) -> tuple[Listed, Mapping[int, str]]:
        """A line of the list by itself. Raises UnknownQuestionError."""
        with self._reading.begin() as connection:
            listed, names = self._listed(connection, by, [_seen_by(by, line(connection, token))])
        return listed[0], names

    def question(self, by: Account, token: str, wanted: Wanted) -> Seen:
        """A question, and its neighbours in the list of ``wanted``. Raises UnknownQuestionError."""
        wanted = _scoped(by, wanted)
        with self._reading.begin() as connection:
            found = _seen_by(by, line(connection, token))
            enquiry = SqlJournal(connection).enquiry(token)
            assert enquiry is not None  # noqa: S101  (its line refers to it)
            opinions, changes = tuple(verdicts_on(connection, [token])), changes_of(connection, ENQUIRY, token)
            scope = None if by.role == NATIONAL else found.territory
            place = found.place if found.state in wanted.states else replace(found.place, state=wanted.states[0])
            accounts = {found.assignee, *(one.account for one in opinions), *(one.account for one in changes)}
            accounts |= {one.details.get("to") for one in changes}
            return Seen(
                found,
                enquiry,
                opinions,
                tuple(changes),
                tuple(nearest(found, enquiry.facts, judged_alike(connection, found, scope))),
                next(iter(lines_before(connection, wanted, 1, place)), None),
                next(iter(lines_after(connection, wanted, 1, place)), None),
                newer_question(connection, token),
                {} if by.role == NATIONAL else names_of(connection, accounts),
                {} if by.role == NATIONAL else colleagues(connection, found.territory),
            )

    def _listed(
        self, connection: Connection, by: Account, lines: Sequence[QueueLine]
    ) -> tuple[tuple[Listed, ...], Mapping[int, str]]:
        found = logged(connection, [one.enquiry for one in lines])
        opinions: dict[str, list[Verdict]] = {}
        for verdict in verdicts_on(connection, [one.token for one in lines]):
            opinions.setdefault(verdict.token, []).append(verdict)
        names = {} if by.role == NATIONAL else names_of(connection, [one.assignee for one in lines])
        return tuple(Listed(one, *found[one.enquiry], tuple(opinions.get(one.token, ()))) for one in lines), names


def _scoped(by: Account, wanted: Wanted) -> Wanted:
    return wanted if by.role == NATIONAL else replace(wanted, territory=by.territory)


def _seen_by(by: Account, found: QueueLine | None) -> QueueLine:
    if found is None or not by.sees(found.territory):
        raise UnknownQuestionError
    return found
