"""One situation for every visitor: written, published to them, answered, compared with what the rules say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from api.access.roles import NATIONAL, Account
from api.deciding import Decider
from api.households.jobs import Jobs
from api.review.telling import tell
from api.signing import name_signed, signed_name
from api.statistics.agreement import Agreement, agreement
from api.storage import statistics, vignettes
from api.storage.audit import note
from api.storage.question_days import local_day
from api.storage.store import Store
from api.storage.tidings import VIGNETTE
from api.storage.vignettes import CLOSED, DRAFT, PUBLISHED, UnknownVignetteError, Vignette
from rules.deciding_rules import deciding_rules
from rules.engine import examine
from rules.model import Finding
from rules.situation import Situation, parse

PAGE = "/cas-decole/"
PURPOSE = b"vignette "
UNSURE = "ne_sait_pas"
BATCH = 200
LONGEST_TITLE, LONGEST_TEXT = 120, 1500
# A phone number has eight digits or more, whatever stands between them; a day written in digits has eight too.
DAY = re.compile(r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d\d-\d\d)\b")
PHONE = re.compile(r"(?<!\d)\+?(?:\d[ .\-/()\u00a0\u202f]{0,2}){8,14}\d?(?!\d)")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
CIVILITY = re.compile(r"\b(?:M\.|Mr|Mme|Mlle|Monsieur|Madame|Mrs|Ms)\s+[A-ZÀ-Ý][\w'’-]+", re.UNICODE)


class VignetteError(ValueError):
    """What was written cannot be a vignette: a catalog message, and the field that it is about."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True)
class Judged:
    """What visitors made of a vignette that has answers enough; ``rules``: those that decide it."""

    title: str
    rules: tuple[str, ...]
    agreement: Agreement


def vignette_address(vignette: int, visitor: str, secret: str, public_url: str) -> str:
    """The page on which this visitor (the asker's keyed hash) answers; it opens no other's."""
    return f"{public_url}{PAGE}{signed_name(f'{vignette}-{visitor}', PURPOSE, secret)}"


def vignette_of(token: str, secret: str) -> tuple[int, str] | None:
    """The vignette and the visitor that the token of an address names, or None where it is not ours."""
    name = name_signed(token, PURPOSE, secret)
    number, _, visitor = (name or "").partition("-")
    return (int(number), visitor) if number.isdecimal() and visitor else None


def check_words(title: str, said: str) -> None:
    """Raises VignetteError where there is nothing, too much, or what may tell who somebody is."""
    for field, text, longest in (("title", title, LONGEST_TITLE), ("said", said, LONGEST_TEXT)):
        if not text:
            raise VignetteError(field, f"vignette.refused.{field}")
        if len(text) > longest:
            raise VignetteError(field, f"vignette.refused.{field}_long")
        if EMAIL.search(text) or PHONE.search(DAY.sub("", text)):
            raise VignetteError(field, "vignette.refused.contact")
        if CIVILITY.search(text):
            raise VignetteError(field, "vignette.refused.name")


def missions_of(finding: Finding) -> str | None:
    """The button that says what the rules do, or None where they settle nothing or two missions at once."""
    return finding.missions[0] if len(finding.missions) == 1 else None


def judged_vignettes(connection: Connection, territory: str | None, decider: Decider) -> list[Judged]:
    """Those that visitors answered, of which there are answers enough; as a territory's visitors did where given."""
    counts: dict[int, Counter[str]] = {}
    for row in statistics.answered_vignettes(connection, territory):
        counts.setdefault(row.id, Counter())[row.mission] = int(row.answers)
    found = []
    for number, answers in counts.items():
        one = vignettes.vignette(connection, number)
        judged = agreement(answers, missions_of(_examined(decider, one.territory, _situation(decider, one))))
        if judged is not None:
            found.append(Judged(one.title, one.rules, judged))
    return found


def _situation(decider: Decider, one: Vignette) -> Situation:
    return parse(decider.compiled.ruleset.vocabulary, one.facts, one.made_at.date())


def _examined(decider: Decider, territory: str | None, situation: Situation) -> Finding:
    return examine(decider.compiled, situation, decider.territory(territory), final=True)


@dataclass(frozen=True)
class VignetteDesk:
    """The use cases, each one transaction."""

    store: Store
    jobs: Jobs
    decider: Callable[[], Decider]
    now: Callable[[], datetime]

    def listed(self, account: Account) -> list[tuple[Vignette, int]]:
        """What they see, each with how many answered."""
        with self.store.reading() as connection:
            found = vignettes.vignettes_for(connection, account)
            return [(one, vignettes.answers(connection, one.id, account.territory).total()) for one in found]

    def seen(self, account: Account, number: int) -> Vignette:
        """Raises UnknownVignetteError where it is not theirs to see."""
        with self.store.reading() as connection:
            one = vignettes.vignette(connection, number)
        if not (self.may_change(account, one) or (one.territory is None and one.published_at is not None)):
            raise UnknownVignetteError(number)
        return one

    def ready(self, account: Account, start: str) -> Mapping[str, object] | None:
        """The facts of a worked example (« e » and its place), or of a corrected question that they may see."""
        examples = self.decider().compiled.ruleset.examples
        if start.startswith("e") and start[1:].isdecimal() and int(start[1:]) < len(examples):
            return examples[int(start[1:])].facts
        if start not in {token for token, _ in self.corrected(account)}:
            return None
        enquiry = self.store.enquiry(start)
        return enquiry.facts if enquiry else None

    def corrected(self, account: Account) -> list[tuple[str, date]]:
        """The newest corrected questions that they may see: the token, and the day it was asked."""
        with self.store.reading() as connection:
            found = statistics.corrected_questions(connection, account.territory)
        return [(token, local_day(asked_at)) for token, asked_at in found]

    def language_of(self, visitor: str) -> str | None:
        """The language in which a visitor is told."""
        with self.store.reading() as connection:
            return vignettes.language_of(connection, visitor)

    def may_change(self, account: Account, one: Vignette) -> bool:
        """A territory's people its own, the national reader those for all."""
        return one.territory is None if account.role == NATIONAL else one.territory == account.territory

    def finding(self, one: Vignette) -> Finding:
        """What the rules in force say of it."""
        decider = self.decider()
        return _examined(decider, one.territory, _situation(decider, one))

    def results(self, account: Account, number: int) -> tuple[Counter[str], tuple[int, int]]:
        """The answers that they may count, and how many visitors are told of it: of all, so many."""
        one = self.seen(account, number)
        with self.store.reading() as connection:
            return vignettes.answers(connection, number, account.territory), vignettes.progress(connection, one)

    def write(self, account: Account, title: str, said: str, facts: Mapping[str, object], number: int | None) -> int:
        """A new draft, or one written anew. Raises VignetteError, SituationError, UnknownVignetteError."""
        check_words(title, said)
        at, decider = self.now(), self.decider()
        situation = parse(decider.compiled.ruleset.vocabulary, facts, at.date())
        territory = decider.territory(account.territory)
        finding = _examined(decider, account.territory, situation)
        rules = list(deciding_rules(decider.compiled, situation, finding, territory))
        values = {"title": title, "said": said, "facts": situation.record(), "rules": rules}
        with self.store.transaction() as journal:
            if number is None:
                number = vignettes.add_vignette(journal.connection, account, values, at)
                note(journal.connection, account, "vignette.written", "vignette", number, at)
            else:
                self._own(journal.connection, account, number)
                if not vignettes.change_draft(journal.connection, number, values):
                    raise VignetteError("title", "vignette.refused.published")
                note(journal.connection, account, "vignette.changed", "vignette", number, at)
        return number

    def remove(self, account: Account, number: int) -> None:
        """Forget a draft."""
        self._change(account, number, "vignette.removed", lambda c, n, _at: vignettes.remove_draft(c, n))

    def close(self, account: Account, number: int) -> None:
        """No answer is taken any more; each visitor sees how the others answered."""
        self._change(account, number, "vignette.closed", vignettes.close)

    def publish(self, account: Account, number: int) -> None:
        """Tell every visitor of it."""
        self._change(account, number, "vignette.published", vignettes.publish)
        self.tell_all(account, number)

    def tell_all(self, account: Account, number: int) -> None:
        """Tell those who have not been, some in each transaction."""
        while self.tell_some(account, number):
            pass

    def tell_some(self, account: Account, number: int) -> int:
        """Note for the next visitors that they are to be told, in one transaction; how many. 0: all are."""
        with self.store.transaction() as journal:
            one = self._own(journal.connection, account, number)
            if one.state != PUBLISHED:
                return 0
            keys = vignettes.to_be_told(journal.connection, one, BATCH)
            for key in keys:
                tell(journal.connection, self.jobs, key, VIGNETTE, number, self.now())
        return len(keys)

    def _change(
        self, account: Account, number: int, action: str, change: Callable[[Connection, int, datetime], bool]
    ) -> None:
        at = self.now()
        with self.store.transaction() as journal:
            self._own(journal.connection, account, number)
            if change(journal.connection, number, at):
                note(journal.connection, account, action, "vignette", number, at)

    def _own(self, connection: Connection, account: Account, number: int) -> Vignette:
        one = vignettes.vignette(connection, number)
        if not self.may_change(account, one):
            raise UnknownVignetteError(number)
        return one

    def opened(self, number: int, visitor: str) -> tuple[Vignette, str | None, Counter[str]]:
        """For a visitor: the vignette, their answer, and how all answered, which is told once it is closed alone."""
        with self.store.reading() as connection:
            one = vignettes.vignette(connection, number)
            if one.state == DRAFT:
                raise UnknownVignetteError(number)
            counts = vignettes.answers(connection, number, one.territory) if one.state == CLOSED else Counter()
            return one, vignettes.answer_of(connection, number, visitor), counts

    def answer(self, number: int, visitor: str, mission: str) -> bool:
        """Take a visitor's answer; False where it is closed, or no button says this."""
        with self.store.transaction() as journal:
            one = vignettes.vignette(journal.connection, number)
            if one.state != PUBLISHED or mission not in self.choices():
                return False
            vignettes.answer(journal.connection, one, visitor, mission, self.now())
        return True

    def choices(self) -> tuple[str, ...]:
        """What a visitor can answer: the missions of the contract, and that they do not know."""
        return (*self.decider().compiled.ruleset.missions, UNSURE)
