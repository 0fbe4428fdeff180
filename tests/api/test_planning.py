"""What is due in the database, on both: once each, whoever plans; sent in the transaction that says so."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, event, text

from api.households.case_export import everything
from api.households.desk import PRINT, Desk, Event
from api.households.planning import Planning
from api.households.proposals import NotDueError, Proposals
from api.jobs.runtime import Loop
from api.jobs.sending import Sending
from api.storage.dues import CANCELLED, DISMISSED, HANDED, HELD, PLANNED, PROPOSED, SENT, Dues, UnknownDueError
from api.storage.households import ErasedCaseError
from api.storage.store import Store
from api.storage.vault import Vault
from bot.followup.content import TEMPLATE, Content, HeldError
from bot.followup.relay import Sender
from bot.followup.slots import SlotError
from bot.followup.steps import CLOSING, EQUIPMENT, PROPOSITION, REMINDER
from bot.followup.timeline import EpisodeError
from rules.load import load_ruleset
from rules.model import Convention, Territory
from tests.bot.followup_plans import territory

CHAT = "424242424242"  # long enough that no key or hour holds it by chance
SENDER = Sender("Amina", "Département de l'Aude", "01 23 45 67 89", "dpo@exemple.fr")
DELAYS = load_ruleset().delays
DST = date(2025, 11, 3)
REVIEWED = Convention("reviewed", "Comité de pilotage", date(2026, 1, 15))
BEFORE = datetime(2026, 12, 1, 9, tzinfo=UTC)
EVE = datetime(2027, 1, 5, 17, 5, tzinfo=UTC)  # 18:05 in Paris
LATE = datetime(2027, 1, 5, 22, tzinfo=UTC)


@dataclass
class Listed:
    """Jobs as they were added; those of a transaction that was rolled back are gone, as with the real ones."""

    added: list[tuple[str, str]] = field(default_factory=list)

    def add(self, connection: Connection, job: str, key: str, *ids: str) -> None:
        @event.listens_for(connection, "commit", once=True)
        def committed(_: Connection) -> None:
            self.added.append((job, ids[0]))


@dataclass
class Office:
    """A desk and its planning, with a clock to set."""

    store: Store
    jobs: Listed = field(default_factory=Listed)
    now: datetime = BEFORE
    there: Territory | None = field(default_factory=lambda: territory(True))

    def __post_init__(self) -> None:
        self.desk = Desk(self.store, Vault(["k" * 40]), self.jobs, lambda _: self.there, lambda: self.now)
        self.store._clock = lambda: self.now
        self.planning = Planning(self.desk, DELAYS, lambda _: self.there)
        self.proposals = Proposals(self.planning)

    def opened(self, *, consent: str = "given", channel: str | None = "telegram", dst: date | None = None) -> str:
        with self.store.households(self.desk.vault) as households:
            case = households.open_case("fr", SENDER)
            if channel:
                households.pair(case.reference, channel, CHAT, f"hash-{case.reference}")
            households.decide(households.case(case.reference), consent, "telegram", "")
            if dst:
                households.keep_episode(case.reference, "dst", dst, dst)
            return case.reference

    def appointment(self, reference: str, jour: str = "2027-01-06") -> str:
        values = {"jour": jour, "heure": "14:30", "lieu": "chez_vous", "duree": "45"}
        slots = {**SENDER.slots("rendez_vous_confirmation"), **values}
        return self.desk.send(reference, Content(TEMPLATE, "rendez_vous_confirmation", slots)).id

    def day(self, now: datetime):
        self.now = now
        return self.planning.plan_day(now)

    def dues(self, reference: str) -> dict[str, tuple[str, str | None]]:
        with self.store.households(self.desk.vault) as households:
            rows = Dues(households.connection).of([reference])[reference]
        return {row.step: (row.state, row.reason) for row in rows}

    def number(self, reference: str, step: str) -> int:
        with self.store.households(self.desk.vault) as households:
            rows = Dues(households.connection).of([reference])[reference]
        return next(row.id for row in rows if row.step == step)

    def sent(self, reference: str) -> list[str]:
        with self.store.households(self.desk.vault) as households:
            return [one.subject for one in households.thread(reference) if one.direction == "out"]


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


def test_planning_twice_changes_nothing_more(office: Office) -> None:
    reference = office.opened(dst=DST)
    office.appointment(reference)
    first, second = office.day(BEFORE), office.day(BEFORE)
    assert (first.cases, first.changes.added) == (1, 2)
    assert (second.changes.added, second.changes.changed, second.changes.cancelled, second.sent) == (0, 0, 0, 0)
    assert {step: state for step, (state, _) in office.dues(reference).items()} == {
        PROPOSITION: PROPOSED,
        REMINDER: PLANNED,
    }


def test_a_reminder_leaves_by_itself_on_the_evening_before_once(office: Office) -> None:
    reference = office.opened()
    office.appointment(reference)
    assert office.day(BEFORE).sent == 0
    assert [office.day(EVE).sent for _ in range(2)] == [1, 0]
    assert office.sent(reference) == ["rendez_vous_confirmation", REMINDER]
    assert [job for job, _ in office.jobs.added] == ["send_message", "send_message"]
    assert office.dues(reference)[REMINDER][0] == SENT


def test_every_few_minutes_only_what_is_to_be_sent_is_looked_at(office: Office) -> None:
    reference, _ = office.opened(), office.opened(dst=DST)
    office.appointment(reference)
    office.day(BEFORE)
    office.now = EVE
    assert office.planning.send_due(BEFORE).cases == 0
    done = office.planning.send_due(EVE)
    assert (done.cases, done.sent) == (1, 1)


def test_after_days_off_a_reminder_is_cancelled_and_never_sent_late(office: Office) -> None:
    reference = office.opened()
    office.appointment(reference)
    office.day(BEFORE)
    assert office.day(LATE).sent == 0
    assert office.dues(reference)[REMINDER] == (CANCELLED, "planning.dropped.eve_past")
    assert REMINDER not in office.sent(reference)


def test_a_stop_after_the_planning_is_heard_before_the_sending(office: Office) -> None:
    reference = office.opened()
    office.appointment(reference)
    office.day(BEFORE)
    office.desk.take(Event("telegram", "1", reference, text="STOP"))
    office.now = EVE
    assert office.planning.send_due(EVE).sent == 0
    assert office.dues(reference)[REMINDER] == (CANCELLED, "planning.note.stopped")


def test_who_starts_the_messages_again_is_reminded_again(office: Office) -> None:
    reference = office.opened()
    office.appointment(reference)
    office.desk.take(Event("telegram", "1", reference, text="STOP"))
    office.day(BEFORE)
    office.desk.take(Event("telegram", "2", reference, text="OUI"))
    office.day(BEFORE)
    assert office.dues(reference)[REMINDER][0] == PLANNED


def test_a_pressed_no_under_the_appointment_stops_its_reminder(office: Office) -> None:
    reference = office.opened()
    message = office.appointment(reference)
    office.day(BEFORE)
    office.desk.take(Event("telegram", "1", reference, message=message, button="changer_jour"))
    office.day(EVE)
    assert office.dues(reference)[REMINDER] == (CANCELLED, "planning.dropped.contested")


def test_a_moved_appointment_is_reminded_on_its_new_eve_once_the_household_agrees(office: Office) -> None:
    reference = office.opened()
    office.appointment(reference)
    values = {"ancien_jour": "2027-01-06", "ancienne_heure": "14:30", "jour": "2027-01-08", "heure": "9:00"}
    moved = office.desk.send(reference, Content(TEMPLATE, "rendez_vous_report", {**values, "lieu": "chez_vous"}))
    office.day(BEFORE)
    with office.store.households(office.desk.vault) as households:
        rows = Dues(households.connection).of([reference])[reference]
    assert [(row.occurrence, row.state) for row in rows] == [("2027-01-08T09:00", PROPOSED)]
    office.desk.take(Event("telegram", "1", reference, message=moved.id, button="oui"))
    office.day(BEFORE)
    assert office.dues(reference)[REMINDER][0] == PLANNED


def test_two_at_once_send_once(office: Office) -> None:
    references = [office.opened() for _ in range(6)]
    for reference in references:
        office.appointment(reference)
    office.now = EVE
    together, days, failures = threading.Barrier(2), [], []

    def work() -> None:
        together.wait()
        try:
            days.append(office.planning.plan_day(EVE))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert sum(day.sent for day in days) == 6 and sum(day.changes.added for day in days) == 6
    assert all(office.sent(one).count(REMINDER) == 1 for one in references)


def test_what_is_rolled_back_leaves_no_due_no_message_and_no_job(office: Office) -> None:
    reference = office.opened()
    office.appointment(reference)
    office.now, added = EVE, list(office.jobs.added)

    def broken(self, job, key, *ids):
        raise RuntimeError("the power is cut")

    office.desk.jobs = type("Broken", (), {"add": broken})()
    with pytest.raises(RuntimeError):
        office.planning.plan_day(EVE)
    assert office.dues(reference) == {} and REMINDER not in office.sent(reference) and office.jobs.added == added
    office.desk.jobs = office.jobs
    assert office.planning.plan_day(EVE).sent == 1


def test_a_dry_run_says_what_would_change_and_keeps_nothing(office: Office) -> None:
    reference = office.opened(dst=DST)
    assert office.planning.plan_day(BEFORE, keep=False).changes.added == 1
    assert office.dues(reference) == {}


def test_more_cases_than_a_batch_are_all_planned(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.households.planning.BATCH", 3)
    references, seen = [office.opened(dst=DST) for _ in range(7)], []
    assert office.planning.plan_day(BEFORE, progress=seen.append).cases == 7
    assert seen == [3, 6, 7] and all(PROPOSITION in office.dues(one) for one in references)


def test_what_may_not_leave_is_held_for_the_visitor_and_not_tried_again(office: Office) -> None:
    reference = office.opened()
    office.appointment(reference)
    office.day(BEFORE)
    with office.store.households(office.desk.vault) as households:
        households.change(reference, language="ar")
    office.there = Territory("pays", "Pays", messages={"appointment": REVIEWED})
    assert [(day.sent, day.held) for day in (office.day(EVE), office.day(EVE))] == [(0, 1), (0, 0)]
    assert office.dues(reference)[REMINDER] == (HELD, "followup.held.not_reviewed")


def test_an_episode_that_cannot_be_is_not_kept(office: Office) -> None:
    reference = office.opened()
    with office.store.households(office.desk.vault) as households:
        for kind, ended in (("pause", date(2026, 1, 1)), ("vacances", None)):
            with pytest.raises(EpisodeError):
                households.keep_episode(reference, kind, date(2026, 2, 1), ended)
        assert households.episodes(reference) == []


def test_closing_and_erasing_cancel_what_was_due(office: Office) -> None:
    closed, erased = office.opened(dst=DST), office.opened(dst=DST)
    office.day(BEFORE)
    with office.store.households(office.desk.vault) as households:
        households.change(closed, closed_at=BEFORE)
        households.erase(erased)
    assert office.day(BEFORE).changes.cancelled == 2
    assert (
        office.dues(closed)[PROPOSITION]
        == office.dues(erased)[PROPOSITION]
        == (
            CANCELLED,
            "planning.dropped.closed",
        )
    )


def test_a_proposal_is_accepted_once(office: Office) -> None:
    reference = office.opened(dst=DST)
    office.day(BEFORE)
    number = office.number(reference, PROPOSITION)
    sent = office.proposals.accept(number, BEFORE)
    assert (sent.subject, sent.content["values"]["mois_visite"]) == (PROPOSITION, "2025-11")
    with pytest.raises(NotDueError) as refused:
        office.proposals.accept(number, BEFORE)
    assert refused.value.said.message == "planning.refused.state"
    assert office.sent(reference) == [PROPOSITION]
    office.day(BEFORE)
    assert office.dues(reference)[PROPOSITION][0] == SENT


def test_a_proposal_is_not_accepted_before_its_day_nor_once_it_is_no_longer_true(office: Office) -> None:
    early, changed = office.opened(dst=date(2026, 6, 1)), office.opened(dst=DST)
    office.day(BEFORE)
    with office.store.households(office.desk.vault) as households:
        households.keep_episode(changed, "suivi_n1", date(2026, 11, 30), date(2026, 11, 30))
    for reference, code in ((early, "early"), (changed, "no_longer")):
        with pytest.raises(NotDueError) as refused:
            office.proposals.accept(office.number(reference, PROPOSITION), BEFORE)
        assert refused.value.said.message == f"planning.refused.{code}"
        assert office.sent(reference) == []


def test_what_only_the_visitor_knows_is_asked_for(office: Office) -> None:
    reference = office.opened(dst=date(2026, 11, 10))
    office.day(BEFORE)
    number = office.number(reference, EQUIPMENT)
    with pytest.raises(SlotError) as refused:
        office.proposals.accept(number, BEFORE)
    assert {fault.slot for fault in refused.value.faults} == {"materiel", "conseil"}
    assert office.dues(reference)[EQUIPMENT][0] == PROPOSED
    office.proposals.accept(number, BEFORE, {"materiel": "ampoules", "conseil": "volets"})
    assert office.sent(reference) == [EQUIPMENT]


def test_without_consent_a_proposal_can_be_printed_and_not_sent(office: Office) -> None:
    reference = office.opened(consent="unasked", dst=DST)
    office.day(BEFORE)
    number = office.number(reference, PROPOSITION)
    with pytest.raises(HeldError):
        office.proposals.accept(number, BEFORE)
    assert office.proposals.accept(number, BEFORE, channel=PRINT).state == "ready"


def test_what_was_dismissed_does_not_come_back(office: Office) -> None:
    reference = office.opened(dst=DST)
    office.day(BEFORE)
    office.proposals.dismiss(office.number(reference, PROPOSITION))
    office.day(BEFORE)
    assert office.dues(reference)[PROPOSITION][0] == DISMISSED
    with pytest.raises(NotDueError):
        office.proposals.dismiss(office.number(reference, PROPOSITION))
    with pytest.raises(UnknownDueError):
        office.proposals.dismiss(999)


def test_the_alert_giver_is_told_a_reference_and_never_through_the_household_s_channel(office: Office) -> None:
    office.there = territory(False)
    reference = office.opened(dst=date(2026, 1, 5))
    with office.store.households(office.desk.vault) as households:
        households.keep_episode(reference, "soutien_renforce", date(2026, 2, 1), date(2026, 11, 20))
        households.agree_alert(reference, date(2026, 11, 21), "alerte@exemple.fr")
    office.day(BEFORE)
    number = office.number(reference, "donneur_alerte_information")
    with pytest.raises(NotDueError):
        office.proposals.accept(number, BEFORE)
    case, told = office.proposals.hand_over(number, BEFORE, {"orientations": "aucune"})
    assert case.alert_address == "alerte@exemple.fr"
    assert (told["reference"], told["suites_sr"], told["suites_n1"]) == (reference, "termine", "non_prevu")
    assert office.sent(reference) == [] and office.jobs.added == []
    assert office.dues(reference)["donneur_alerte_information"][0] == HANDED
    assert office.dues(reference)[CLOSING][0] == PROPOSED


def test_an_end_said_later_moves_what_is_due_and_adds_no_second_episode(office: Office) -> None:
    reference = office.opened(dst=DST)
    with office.store.households(office.desk.vault) as households:
        households.keep_episode(reference, "pause", date(2026, 5, 1))
        households.keep_episode(reference, "pause", date(2026, 5, 1), date(2026, 11, 1))
        assert [(e.kind, e.ended_on) for e in households.episodes(reference)] == [
            ("dst", DST),
            ("pause", date(2026, 11, 1)),
        ]


def test_all_that_is_kept_is_exported_opened_and_without_keys(office: Office) -> None:
    reference = office.opened(dst=DST)
    office.appointment(reference)
    office.day(BEFORE)
    with office.store.households(office.desk.vault) as households:
        whole = everything(households, reference)
        assert set(whole) == {"case", "episodes", "consents", "messages", "links", "dues", "audio"}
        assert whole["case"]["address"] == CHAT and "sealing" not in whole["case"]
        assert whole["messages"][0]["content"]["values"]["jour"] == "2027-01-06"
        households.erase(reference)
        with pytest.raises(ErasedCaseError):
            everything(households, reference)


def test_no_name_or_address_stands_in_the_dues(office: Office) -> None:
    reference = office.opened(dst=DST)
    office.appointment(reference)
    office.day(EVE)
    with office.store.engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM dues")).all())
    assert reference in rows and not any(word in rows for word in ("Amina", CHAT, "chez_vous", "01 23"))


def test_a_reminder_that_waited_past_its_evening_fails_and_the_visitor_is_told(office: Office) -> None:
    references = [office.opened(), office.opened()]
    for reference in references:
        office.appointment(reference)
    assert office.day(EVE).sent == 2
    sending = Sending(office.desk, office.jobs, {}, Loop(), clock=lambda: office.now)
    with office.store.households(office.desk.vault) as households:
        in_time, late = (households.thread(one)[-1] for one in references)
        assert sending.ready(households, in_time.id) is not None
        office.now = LATE
        assert sending.ready(households, late.id) is None
        kept = households.message(late.id)
    assert (kept.state, kept.failure) == ("failed", "late")
    assert office.jobs.added[-1] == ("tell_visitor", late.id)
