"""Who works on a question, and whether another one is asked what they make of it."""

from __future__ import annotations

from dataclasses import dataclass

from api.access.roles import Account
from api.review.verdicts import ENQUIRY, judged
from api.storage.audit import note
from api.storage.journal import Clock, now
from api.storage.review_reading import colleagues
from api.storage.store import Store
from api.storage.verdicts import change_line


class NoColleagueError(LookupError):
    """No open account of the question's territory has this number."""


@dataclass(frozen=True)
class Assigning:
    """Each call is one transaction, and changes nothing where nothing would change."""

    store: Store
    clock: Clock = now

    def give(self, by: Account, token: str, to: int | None) -> None:
        """Give a question to an account of its territory; None: to nobody any more.

        Raises UnknownQuestionError or NoColleagueError.
        """
        with self.store.engine.begin() as connection:
            line = judged(connection, by, token)
            if to is not None and to not in colleagues(connection, line.territory):
                raise NoColleagueError(to)
            if line.assignee == to:
                return
            change_line(connection, line, assignee=to)
            action = "question.released" if to is None else "question.assigned"
            note(connection, by, action, ENQUIRY, token, self.clock(), {"from": line.assignee, "to": to})

    def ask_second(self, by: Account, token: str) -> None:
        """Ask the others of the territory what they make of it; whoever asks takes the question.

        Raises UnknownQuestionError.
        """
        with self.store.engine.begin() as connection:
            line, at = judged(connection, by, token), self.clock()
            if line.second_wanted_at is not None:
                return
            change_line(connection, line, second_wanted_at=at, assignee=by.id)
            note(connection, by, "opinion.wanted", ENQUIRY, token, at, {"from": line.assignee, "to": by.id})

    def ask_no_second(self, by: Account, token: str) -> None:
        """Nobody is asked any more. Raises UnknownQuestionError."""
        with self.store.engine.begin() as connection:
            line = judged(connection, by, token)
            if line.second_wanted_at is None:
                return
            change_line(connection, line, second_wanted_at=None)
            note(connection, by, "opinion.unwanted", ENQUIRY, token, self.clock())
