"""Anything that two people can do to the chat, in any order, on real SQLite, checked after every step.

``ATTACK_EXAMPLES`` and ``ATTACK_STEPS``: how many runs of how many steps, for a long search by hand.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from api.exchange import keyed_hash
from api.parts import open_parts
from api.settings import load_settings
from api.storage.journal import SqlJournal
from api.storage.schema import enquiries, events
from bot import reply_record
from bot.messages import Incoming
from bot.presses import KINDS, read_press
from rules.interview import Interview, Interviewer

TODAY = date(2026, 11, 26)
CHANNEL = "telegram"
OF_A_TURN = {"answer", "more", "back", "restart", "correct", "why", "ask", "contest"}
WORDS = st.sampled_from(
    ["0", "1", "2", "3", "9", "99", "-1", "21/04/2026", "2025-10-01", "31/02/2026", "2026-11-27", "oui", "<b>", "/", ""]
) | st.text(max_size=40)
COMMANDS = ("start", "sr_ou_n1", "recommencer", "retour", "langue", "aide", "inconnue")
ARGUMENTS = st.sampled_from(["", "fr", "en", "xx", "t_ailleurs", "t_", "c-forged", "i_forged", "n_"]) | st.text(
    max_size=9
)
FORGED = st.from_regex(r"[ambrclhwqdt]:\d{1,9}:[A-Za-z0-9_\-]{0,48}", fullmatch=True) | st.text(max_size=64)
numbers = count(1)


class World:
    """The server's parts over one SQLite file; `restart` opens them anew."""

    def __init__(self, folder) -> None:
        self.settings = load_settings({"AIGUILLAGE_DATA_DIR": str(folder)})
        self.parts = open_parts(self.settings)

    def restart(self) -> None:
        self.parts.store.close()
        self.parts = open_parts(self.settings)


class Chat(RuleBasedStateMachine):
    """``world`` is set by the test. ``old``: data of every button that was ever shown to the two."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        run = next(numbers)
        self.people = (f"one-{run}", f"two-{run}")
        self.last: dict[str, object] = {}
        self.old: list[str] = ["a:0:oui", "b:1:", "c:1:dst"]
        self.done: list[tuple[Incoming, object]] = []
        self.shown: set[str] = set()
        self.today = TODAY

    # what they do

    @rule(who=st.sampled_from((0, 1)), pick=st.integers(0, 50))
    def press(self, who, pick):
        """One of the buttons that are shown."""
        if buttons := self._buttons(who):
            self._does(who, button=buttons[pick % len(buttons)])

    @rule(who=st.sampled_from((0, 1)), pick=st.integers(0, 9))
    def go_on(self, who, pick):
        """Answer the question that is shown: most of what people do."""
        if choices := [one for one in self._buttons(who) if one.startswith("a:")]:
            self._does(who, button=choices[pick % len(choices)])

    @rule(who=st.sampled_from((0, 1)), pick=st.integers(0, 500))
    def press_an_old_one(self, who, pick):
        """A button of any turn, of either chat."""
        self._presses(who, self.old[pick % len(self.old)])

    @rule(who=st.sampled_from((0, 1)), data=FORGED)
    def forge(self, who, data):
        self._presses(who, data)

    @rule(who=st.sampled_from((0, 1)), text=WORDS)
    def write(self, who, text):
        self._does(who, text=text)

    @rule(who=st.sampled_from((0, 1)), command=st.sampled_from(COMMANDS), argument=ARGUMENTS)
    def command(self, who, command, argument):
        self._does(who, command=command, argument=argument)

    @precondition(lambda self: self.done)
    @rule(pick=st.integers(0, 500))
    def comes_again(self, pick):
        """Telegram brings an update again: the same reply while it was not shown, else none; nothing else happens."""
        incoming, reply = self.done[pick % len(self.done)]
        before = self._kept()
        again = self.world.parts.exchange.take_now(incoming)
        assert again == (None if incoming.event in self.shown else reply)
        assert self._kept() == before

    @precondition(lambda self: self.done)
    @rule(pick=st.integers(0, 500))
    def was_shown(self, pick):
        incoming, _ = self.done[pick % len(self.done)]
        self.world.parts.store.mark_shown(CHANNEL, incoming.event)
        self.shown.add(incoming.event)

    @precondition(lambda self: len(self.done) > 4)
    @rule()
    def restart_the_server(self):
        self.world.restart()

    @rule(days=st.integers(1, 40))
    def days_go_by(self, days):
        self.today += timedelta(days=days)

    # what must hold

    @invariant()
    def every_event_is_kept_once(self):
        wanted = [incoming.event for incoming, _ in self.done]
        with self.world.parts.store.engine.connect() as connection:
            found = select(func.count()).where(events.c.event.in_(wanted), events.c.channel == CHANNEL)
            assert connection.scalar(found) == len(wanted) == len(set(wanted))

    @invariant()
    def what_is_shown_is_where_the_kept_interview_stands(self):
        for person, reply in self.last.items():
            kept = self._dialogue(person)
            rules = self.world.parts.rulesets.current
            step = Interviewer(rules).step(Interview.from_record(kept.interview))
            asked = step.question.id if step.question else None
            assert kept.asking == asked
            questions = [part.title.message for part in reply.sections if part.kind == "question"]
            assert questions == ([f"question.{asked}"] if asked else [])
            assert bool(asked) != any(part.kind == "answer" for part in reply.sections)
            pressed = [read_press(button.data) for row in reply.buttons for button in row if button.kind != "link"]
            turns = {press.turn for press in pressed if press and press.kind in OF_A_TURN}
            assert turns <= {kept.turn}

    # how it is done

    def _presses(self, who: int, data: str) -> None:
        """A press that may be out of date: then it changes nothing and logs nothing."""
        person, press = self.people[who], read_press(data)
        kept = self._dialogue(person)
        stale = press and kept and press.kind in OF_A_TURN and press.turn != kept.turn
        before = self._logged(person)
        self._does(who, button=data)
        if kept and (press is None or stale):
            after = self._dialogue(person)
            assert (after.interview["answers"], after.turn) == (kept.interview["answers"], kept.turn)
            assert self._logged(person) == before

    def _does(self, who: int, **what) -> None:
        person, other = self.people[who], self.people[1 - who]
        beside, before = (self._dialogue(other), self._logged(other)), self._logged(person)
        incoming = Incoming(CHANNEL, f"{person}-{next(numbers)}", person, self.today, **what)
        reply = self.world.parts.exchange.take_now(incoming)
        assert reply is not None and reply.sections
        assert reply_record.from_record(reply_record.to_record(reply)) == reply
        self.done.append((incoming, reply))
        self.last[person] = reply
        self.old += [button.data for row in reply.buttons for button in row]
        assert (self._dialogue(other), self._logged(other)) == beside, "another chat was changed"
        new = self._logged(person) - before
        kept = self._dialogue(person)
        assert new in (0, 1)
        if new:
            assert kept.answer_token is not None and kept.asking is None

    def _buttons(self, who: int) -> list[str]:
        reply = self.last.get(self.people[who])
        return [button.data for row in reply.buttons for button in row] if reply else []

    def _key(self, person: str) -> str:
        return keyed_hash(self.world.settings.secret_key)(f"{CHANNEL}:{person}")

    def _dialogue(self, person: str):
        with self.world.parts.store.engine.connect() as connection:
            return SqlJournal(connection).dialogue(self._key(person))

    def _logged(self, person: str) -> int:
        with self.world.parts.store.engine.connect() as connection:
            return connection.scalar(select(func.count()).where(enquiries.c.asker == self._key(person)))

    def _kept(self):
        return [(self._dialogue(person), self._logged(person)) for person in self.people]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("chat"))
    yield made
    made.parts.store.close()


def test_no_order_of_events_loses_doubles_or_mixes_up_anything(world):
    Chat.world = world
    asked = settings(
        max_examples=int(os.environ.get("ATTACK_EXAMPLES", "25")),
        stateful_step_count=int(os.environ.get("ATTACK_STEPS", "30")),
        deadline=None,
        derandomize="ATTACK_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(Chat, settings=asked)
    with world.parts.store.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(enquiries)) > 5, "hardly any run reached an answer"


def test_a_forged_button_of_each_kind_answers_nothing_that_is_not_asked(world):
    exchange, person = world.parts.exchange, "forger"
    first = exchange.take_now(Incoming(CHANNEL, "forge-0", person, TODAY, command="start"))
    turn = read_press(first.buttons[0][0].data).turn
    for number, letter in enumerate(KINDS):
        for value in ("", "inconnu_", "dst", "=2026-02-30", "=9999-12-31", "../etc", "a" * 48):
            data = f"{letter}:{turn}:{value}"
            incoming = Incoming(CHANNEL, f"forge-{number}-{value}", person, TODAY, button=data)
            reply = exchange.take_now(incoming)
            assert reply is not None and not any(part.kind == "answer" for part in reply.sections), data
            again = exchange.take_now(
                replace(incoming, event=f"{incoming.event}-again", command="recommencer", button=None)
            )
            turn = read_press(next(b for row in again.buttons for b in row if b.data.startswith("a:")).data).turn
