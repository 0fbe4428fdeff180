"""Two coordinators, one elsewhere and the national reader at one queue, in any order, on both databases.

``ATTACK_EXAMPLES`` and ``ATTACK_STEPS`` as for the conversation.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.review.assigning import Assigning, NoColleagueError
from api.review.queue import ReviewQueue
from api.review.verdicts import (
    OtherVerdictError,
    OwnOpinionError,
    ReplacedQuestionError,
    UnknownQuestionError,
    Verdicts,
)
from api.storage.review_queue import Wanted
from api.storage.review_schema import audit, reviews, verdicts
from api.storage.reviews import OPEN_STATES, REPLACED, STATES, WAITING
from api.storage.rulings import contest
from api.storage.store import Store
from api.storage.verdicts import KINDS, Opinion, verdict_that_counts
from tests.api.examples import ANSWER, REFERRED, an_enquiry
from tests.api.reviewing import Untold

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
OF_THE_TERRITORY = (0, 1)
WHO = st.sampled_from((0, 1, 2, 3))
numbers = count(1)
PHASES = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain) or "ATTACK_EXAMPLES" in os.environ]


class Review(RuleBasedStateMachine):
    """``store`` is set by the test. Each run has a territory of its own in the one database."""

    store: Store

    @initialize()
    def open(self):
        run = next(numbers)
        self.place, add = f"pays-{run}", self.store.accounts.add
        self.people = (
            add(f"a@{run}.test", COORDINATOR, self.place),
            add(f"b@{run}.test", ADMINISTRATOR, self.place),
            add(f"c@{run}.test", COORDINATOR, f"ailleurs-{run}"),
            add(f"d@{run}.test", NATIONAL, None),
        )
        self.tokens: list[str] = []
        self.replaced: set[str] = set()
        self.read: dict[str, int | None] = {}
        self.audited, self.given, self.minute = 0, 0, 0
        self.log()

    # what they do

    @rule(referred=st.booleans(), correcting=st.none() | st.integers(0, 50))
    def log(self, referred=False, correcting=None):
        """A visitor asks, or corrects an answer: what it replaces waits for nobody any more."""
        before = None if correcting is None or not self.tokens else self.tokens[correcting % len(self.tokens)]
        token, self.minute = f"{self.place}-{len(self.tokens)}", self.minute + 1
        made = an_enquiry(
            self.minute, token=token, territory=self.place, answer=REFERRED if referred else ANSWER, replaces=before
        )
        if before is not None and self._state(before) in OPEN_STATES:
            self.replaced.add(before)
        with self.store.transaction() as journal:
            journal.log(made)
        self.tokens.append(token)

    @rule(pick=st.integers(0, 50))
    def read_a_page(self, pick):
        """A coordinator opens a question: which verdict counted is what their form brings back, however late."""
        token = self._token(pick)
        seen = ReviewQueue(self.store.engine).question(self.people[0], token, Wanted())
        self.read[token] = seen.verdict.id if seen.verdict else None

    @rule(who=WHO, pick=st.integers(0, 50), kind=st.sampled_from(KINDS))
    def judge(self, who, pick, kind):
        token, by = self._token(pick), self.people[who]
        counted, before = self.read.get(token), self._counting(token)
        missions = ("evaluation",) if kind == "corrected" else ()
        try:
            number = self._verdicts().give(by, token, Opinion(kind, missions, "Parce que."), counted)
        except UnknownQuestionError:
            assert who not in OF_THE_TERRITORY
        except ReplacedQuestionError:
            assert self._state(token) == REPLACED
        except OtherVerdictError as other:
            assert before != counted and (other.verdict.id if other.verdict else None) == before
        else:
            assert who in OF_THE_TERRITORY and before == counted and self._counting(token) == number
            assert self._state(token) == kind
            self.given += 1
            return
        assert self._counting(token) == before, "a refused verdict changed which one counts"

    @rule(who=WHO, pick=st.integers(0, 50), to=st.none() | st.integers(0, 3))
    def assign(self, who, pick, to):
        """Claim, hand over or take back."""
        number = None if to is None else self.people[to].id
        try:
            Assigning(self.store, lambda: NOW).give(self.people[who], self._token(pick), number)
        except UnknownQuestionError:
            assert who not in OF_THE_TERRITORY
        except NoColleagueError:
            assert to not in (None, *OF_THE_TERRITORY)
        else:
            assert self._line(self._token(pick)).assignee == number

    @rule(who=WHO, pick=st.integers(0, 50), wanted=st.booleans())
    def want_a_second_opinion(self, who, pick, wanted):
        desk, token = Assigning(self.store, lambda: NOW), self._token(pick)
        try:
            (desk.ask_second if wanted else desk.ask_no_second)(self.people[who], token)
        except UnknownQuestionError:
            assert who not in OF_THE_TERRITORY
        else:
            assert (self._line(token).second_wanted_at is not None) == wanted

    @rule(who=WHO, pick=st.integers(0, 50), kind=st.sampled_from(KINDS))
    def second(self, who, pick, kind):
        token = self._token(pick)
        before, state = self._counting(token), self._state(token)
        line = self._line(token)
        try:
            self._verdicts().second(self.people[who], token, Opinion(kind, reason="Un avis."))
            assert who in OF_THE_TERRITORY and line.second_wanted_at and line.assignee != self.people[who].id
        except UnknownQuestionError:
            assert who not in OF_THE_TERRITORY
        except OwnOpinionError:
            assert line.second_wanted_at is None or line.assignee == self.people[who].id
        assert (self._counting(token), self._state(token)) == (before, state), "a second opinion counted"

    @rule(pick=st.integers(0, 50))
    def visitor_contests(self, pick):
        with self.store.engine.begin() as connection:
            contest(connection, self._token(pick), NOW)

    # what must hold

    @precondition(lambda self: hasattr(self, "people"))
    @invariant()
    def at_most_one_verdict_counts_and_the_state_says_which(self):
        counting = (verdicts.c.authoritative, verdicts.c.replaced_at.is_(None), verdicts.c.token.in_(self.tokens))
        with self.store.engine.connect() as connection:
            found = connection.execute(select(verdicts.c.token, verdicts.c.kind).where(*counting)).all()
            lines = connection.execute(select(reviews).where(reviews.c.token.in_(self.tokens))).all()
        assert len({one.token for one in found}) == len(found)
        kinds = {one.token: one.kind for one in found}
        for line in lines:
            assert line.state in STATES
            if line.token not in kinds:
                assert line.state == (REPLACED if line.token in self.replaced else WAITING)
            else:
                contested = line.state == WAITING and line.contested_at is not None
                assert contested or line.state in (kinds[line.token], REPLACED)

    @precondition(lambda self: hasattr(self, "people"))
    @invariant()
    def the_log_of_changes_only_grows(self):
        with self.store.engine.connect() as connection:
            wanted = select(func.count()).where(audit.c.subject_id.in_(self.tokens))
            lines = connection.scalar(wanted)
            given = connection.scalar(wanted.where(audit.c.action == "verdict.given"))
            rows = select(func.count()).where(verdicts.c.token.in_(self.tokens), verdicts.c.authoritative)
            assert given == connection.scalar(rows) == self.given
        assert lines >= self.audited
        self.audited = lines

    @precondition(lambda self: hasattr(self, "people"))
    @invariant()
    def counts_agree_with_rows(self):
        queue = ReviewQueue(self.store.engine)
        with self.store.engine.connect() as connection:
            mine = select(reviews.c.token, reviews.c.state).where(reviews.c.territory == self.place)
            rows = dict(connection.execute(mine).all())
        assert set(rows) == set(self.tokens)
        for state in STATES:
            page = queue.page(self.people[0], Wanted(states=(state,)))
            there = [token for token, one in rows.items() if one == state]
            assert page.count == len(there)
            assert len(page.lines) == min(len(there), 25)
            assert {one.line.token for one in page.lines} <= set(there)
        assert queue.page(self.people[2], Wanted(states=STATES)).count == 0

    # how it is done

    def _verdicts(self) -> Verdicts:
        return Verdicts(self.store, Untold(), clock=lambda: NOW + timedelta(minutes=self.minute))

    def _token(self, pick: int) -> str:
        return self.tokens[pick % len(self.tokens)]

    def _line(self, token: str):
        with self.store.engine.connect() as connection:
            return connection.execute(select(reviews).where(reviews.c.token == token)).one()

    def _state(self, token: str) -> str:
        return self._line(token).state

    def _counting(self, token: str) -> int | None:
        with self.store.engine.connect() as connection:
            found = verdict_that_counts(connection, token)
        return found.id if found else None


def test_no_order_of_coordinators_breaks_the_queue(store):
    Review.store = store
    asked = settings(
        max_examples=int(os.environ.get("ATTACK_EXAMPLES", "8")),
        stateful_step_count=int(os.environ.get("ATTACK_STEPS", "20")),
        deadline=None,
        phases=PHASES,
        derandomize="ATTACK_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(Review, settings=asked)
