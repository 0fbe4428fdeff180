"""A verdict is given in one transaction: what was said, the question's state, the log of changes, the asker told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api.access.roles import OF_A_TERRITORY, Account
from api.households.jobs import Jobs
from api.review.telling import tell
from api.storage.audit import note
from api.storage.journal import Clock, now
from api.storage.reviews import REPLACED
from api.storage.store import Store
from api.storage.tidings import VERDICT
from api.storage.verdicts import (
    Line,
    Opinion,
    Verdict,
    add_verdict,
    change_line,
    line_of,
    replace_verdict,
    verdict_that_counts,
)

ENQUIRY = "enquiry"  # what the log of changes calls a question
After = Callable[[Connection, int], None]


class UnknownQuestionError(LookupError):
    """No question under this token, or none that this account may judge."""


class ReplacedQuestionError(ValueError):
    """The visitor has corrected their answers since: their newer question is the one to judge."""


class OtherVerdictError(ValueError):
    """Another verdict counts than the one that was on the page: ``verdict``, None where there is none any more."""

    def __init__(self, verdict: Verdict | None) -> None:
        super().__init__("another verdict counts")
        self.verdict = verdict


class OwnOpinionError(ValueError):
    """A second opinion is another account's: not of whoever asked for it, and only where one is asked for."""


def nothing(connection: Connection, verdict: int) -> None:
    """What follows a verdict where nothing does."""


@dataclass(frozen=True)
class Verdicts:
    """``after`` is called last in the transaction of an authoritative verdict, with its number."""

    store: Store
    jobs: Jobs
    after: After = nothing
    clock: Clock = now

    def give(self, by: Account, token: str, opinion: Opinion, counted: int | None = None) -> int:
        """The number of the verdict that counts from now on. ``counted``: the one that counted when the page was read.

        Raises UnknownQuestionError, ReplacedQuestionError, or OtherVerdictError where another one counts meanwhile;
        nothing is changed then.
        """
        try:
            with self.store.engine.begin() as connection:
                return self._give(connection, by, token, opinion, counted)
        except IntegrityError:
            with self.store.engine.begin() as connection:
                raise OtherVerdictError(verdict_that_counts(connection, token)) from None

    def _give(self, connection: Connection, by: Account, token: str, opinion: Opinion, counted: int | None) -> int:
        line, at = judged(connection, by, token), self.clock()
        if line.state == REPLACED:
            raise ReplacedQuestionError(token)
        before = verdict_that_counts(connection, token)
        if (before.id if before else None) != counted:
            raise OtherVerdictError(before)
        if before is not None and not replace_verdict(connection, before.id, at):
            raise OtherVerdictError(verdict_that_counts(connection, token))
        number = add_verdict(connection, token, opinion, by.id, by.role, at, authoritative=True)
        change_line(connection, line, state=opinion.kind, second_wanted_at=None)
        details = {"verdict": number, "kind": opinion.kind, "before": counted}
        note(connection, by, "verdict.given", ENQUIRY, token, at, details)
        tell(connection, self.jobs, visitor=line.asker, kind=VERDICT, about=number, at=at)
        self.after(connection, number)
        return number

    def second(self, by: Account, token: str, opinion: Opinion) -> int:
        """The number of a second opinion, which does not count by itself and is told to nobody.

        Raises UnknownQuestionError or OwnOpinionError.
        """
        with self.store.engine.begin() as connection:
            line, at = judged(connection, by, token), self.clock()
            if line.second_wanted_at is None or line.assignee == by.id:
                raise OwnOpinionError(token)
            number = add_verdict(connection, token, opinion, by.id, by.role, at, authoritative=False)
            change_line(connection, line, second_wanted_at=None)
            details = {"verdict": number, "kind": opinion.kind}
            note(connection, by, "opinion.given", ENQUIRY, token, at, details)
            return number


def judged(connection: Connection, by: Account, token: str) -> Line:
    """The line of a question that this account may judge. Raises UnknownQuestionError."""
    line = line_of(connection, token)
    if line is None or by.role not in OF_A_TERRITORY or not by.sees(line.territory):
        raise UnknownQuestionError(token)
    return line
