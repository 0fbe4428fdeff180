"""A visitor does not know: the interview asks the household, and its answer takes the interview up, once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, func, select

from api.exchange import DurableExchange, keyed_hash
from api.households.asking import AskingDesk, case_of, case_token
from api.households.desk import Desk, Event
from api.rulesets import Rulesets
from api.storage.review_schema import question_days
from api.storage.store import Store
from api.storage.vault import Vault
from bot.followup.questions import household_questions
from bot.messages import Incoming, Reply
from rules.load import SLIME_PLUS
from tests.api.test_desk import KEY, SENDER, Listed

SECRET = "s" * 40
TODAY = date(2026, 11, 25)
UNSURE = {"question.action": "conseil", "question.but": "accompagner"}


class Visitor:
    """A visitor in the web chat, with a case, on a real database."""

    def __init__(self, store: Store) -> None:
        self.store, self.events = store, 0
        rulesets = Rulesets.open(store, SLIME_PLUS)
        clock = lambda: datetime(2026, 11, 25, 10, tzinfo=UTC)  # noqa: E731
        self.desk = Desk(store, Vault([KEY]), Listed(), lambda _: None, clock, hear=self._hear)
        self.exchange = DurableExchange(
            store,
            rulesets,
            lambda _: None,
            SECRET,
            households=lambda c: AskingDesk(self.desk, c, SECRET, "https://a.fr"),
        )

    def _hear(self, connection: Connection, dialogue: str, question: str, facts: object, today: date) -> bool:
        return self.exchange.hear(connection, dialogue, question, facts, today)  # type: ignore[arg-type]

    def does(self, **what: str) -> Reply:
        self.events += 1
        reply = self.exchange.take_now(Incoming("web", str(self.events), "visitor", TODAY, **what))
        assert reply is not None
        return reply

    def asked(self, reply: Reply) -> str:
        return next(str(s.title.message) for s in reply.sections if s.kind == "question" and s.title)

    def press(self, reply: Reply, kind: str) -> Reply:
        data = next(b.data for row in reply.buttons for b in row if b.data.startswith(kind))
        return self.does(button=data)


@pytest.fixture
def visitor(store: Store) -> Visitor:
    return Visitor(store)


def paired_case(visitor: Visitor) -> str:
    with visitor.store.households(visitor.desk.vault) as households:
        reference = households.open_case("ar", SENDER).reference
        households.pair(reference, "telegram", "1", "k")
        households.change(reference, consent="given")
        return reference


def until(visitor: Visitor, question: str) -> Reply:
    """Answer « je ne sais pas », or what leads on, until a question that the household can be asked."""
    reply = visitor.does(household=case_token(paired_case(visitor), SECRET))
    for _ in range(12):
        if visitor.asked(reply) == f"question.{question}":
            return reply
        turn = reply.buttons[0][0].data.split(":")[1]
        reply = visitor.press(reply, f"a:{turn}:{UNSURE.get(visitor.asked(reply), '')}")
    raise AssertionError(f"the interview never asked {question}")


def pressed_by_household(visitor: Visitor, button: str) -> None:
    with visitor.store.households(visitor.desk.vault) as households:
        asked = "SELECT id, case_ref FROM household_messages WHERE kind = 'question'"
        message, case = households.connection.exec_driver_sql(asked).one()
    visitor.desk.take(Event("telegram", f"h-{button}", case, message=message, button=button))


def test_a_question_without_a_household_is_not_offered_to_one(visitor: Visitor) -> None:
    reply = visitor.does(command="start")
    for _ in range(3):
        assert not any(b.label.message == "chat.ask_household" for row in reply.buttons for b in row)
        reply = visitor.press(reply, "a:")


def test_the_household_s_no_settles_the_question(visitor: Visitor) -> None:
    reply = until(visitor, "dst")
    told = visitor.press(reply, "q:")
    assert any(line.message == "chat.asked_household" for s in told.sections for line in s.lines)
    pressed_by_household(visitor, "non")
    after = visitor.does()
    assert not any(s.kind == "question" and s.title and s.title.message == "question.dst" for s in after.sections)
    recap = [line.params for s in after.sections if s.kind == "recap" for line in s.lines]
    assert any("choice.dst.pas_fait" in str(params) for params in recap)


def test_a_question_that_a_household_settles_is_counted_on_its_day(visitor: Visitor) -> None:
    visitor.press(until(visitor, "dst"), "q:")
    pressed_by_household(visitor, "non")
    visitor.does()
    with visitor.store.reading() as connection:
        counted = connection.scalar(select(func.sum(question_days.c.questions)))
    assert counted == visitor.store.count() > 0


def test_an_answer_that_is_no_sure_choice_leaves_the_question(visitor: Visitor) -> None:
    visitor.press(until(visitor, "dst"), "q:")
    pressed_by_household(visitor, "oui")
    assert visitor.asked(visitor.does()) == "question.dst"


def test_an_old_question_s_answer_changes_nothing(visitor: Visitor) -> None:
    visitor.press(until(visitor, "dst"), "q:")
    visitor.does(command="recommencer")
    pressed_by_household(visitor, "non")
    assert visitor.asked(visitor.does()) == "question.action"


def test_a_forged_token_names_no_case(visitor: Visitor) -> None:
    token = case_token("M-ABCD-EFGH", SECRET)
    assert case_of(token, SECRET) == "M-ABCD-EFGH"
    assert case_of(token[:-1] + ("0" if token[-1] != "0" else "1"), SECRET) is None
    assert case_of("é", SECRET) is None
    told = visitor.does(household=token)
    assert any(line.message == "chat.unknown_household" for s in told.sections for line in s.lines)


def test_the_keyed_hash_of_the_visitor_is_all_that_the_question_carries(visitor: Visitor) -> None:
    visitor.press(until(visitor, "dst"), "q:")
    with visitor.store.households(visitor.desk.vault) as households:
        reference = households.connection.exec_driver_sql("SELECT reference FROM cases").scalar_one()
        [asked] = [m for m in households.thread(reference) if m.kind == "question"]
    assert asked.content["values"] == {"dialogue": keyed_hash(SECRET)("web:visitor")}


def test_every_question_has_a_way_to_say_that_one_does_not_know() -> None:
    assert all("inconnu" in question.choices for question in household_questions().values())
