"""A case from its first message to STOP, on both databases: what is kept, sealed, said back and queued."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, text

from api.households.desk import Desk, Event, Voice
from api.storage.households import ErasedCaseError, UnknownCaseError
from api.storage.store import Store
from api.storage.vault import SealError, Vault
from bot.followup.content import TEMPLATE, Content, HeldError
from bot.followup.relay import Sender
from bot.followup.templates import templates
from tests.bot.household import examples

SENDER = Sender("Amina", "Département de l'Aude", "01 23 45 67 89", "dpo@exemple.fr")
KEY, NEW_KEY = "k" * 40, "n" * 40
CHAT = "424242424242"  # long enough that no key or hour holds it by chance


@dataclass
class Listed:
    """Jobs as they were added, in the caller's transaction: its table is the list."""

    added: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    def add(self, connection: Connection, job: str, key: str, *ids: str) -> None:
        self.added.append((job, key, ids))


@pytest.fixture
def jobs() -> Listed:
    return Listed()


@pytest.fixture
def desk(store: Store, jobs: Listed) -> Desk:
    return Desk(store, Vault([KEY]), jobs, lambda _: None)


def opened(desk: Desk, language: str = "ar", *, paired: bool = True) -> str:
    with desk.store.households(desk.vault) as households:
        case = households.open_case(language, SENDER)
        if paired:
            households.pair(case.reference, "telegram", CHAT, "a-keyed-hash")
        return case.reference


def template(name: str) -> Content:
    return Content(TEMPLATE, name, examples(templates()[name]))


def consented(desk: Desk, reference: str) -> None:
    asked = desk.send(reference, template("accord_messages"))
    taken = desk.take(Event("telegram", f"yes-{reference}", reference, message=asked.id, button="oui"))
    assert taken and taken.outcome.consent == "given"


def test_nothing_but_the_request_leaves_before_consent(desk: Desk) -> None:
    reference = opened(desk)
    with pytest.raises(HeldError) as held:
        desk.send(reference, template("materiel_pose"))
    assert held.value.reason.message == "household.held.unasked"
    consented(desk, reference)
    assert desk.send(reference, template("materiel_pose")).state == "queued"


def test_consent_keeps_its_day_its_language_and_the_words_that_were_read(desk: Desk, store: Store) -> None:
    reference = opened(desk)
    consented(desk, reference)
    with store.households(desk.vault) as households:
        row = households.connection.execute(text("SELECT * FROM consents")).mappings().one()
        read = households.box(reference).open(row["text"])
    assert (row["decision"], row["language"], row["channel"]) == ("given", "ar", "telegram")
    assert isinstance(read, str) and "Amina" in read and "هل" in read


def test_stop_ends_it_at_once_and_a_letter_can_still_be_printed(desk: Desk, jobs: Listed) -> None:
    reference = opened(desk)
    consented(desk, reference)
    desk.take(Event("telegram", "2", reference, text="STOP"))
    with pytest.raises(HeldError) as held:
        desk.send(reference, template("rendez_vous_confirmation"))
    assert held.value.reason.message == "household.held.stopped"
    assert desk.send(reference, template("rendez_vous_confirmation"), channel="print").state == "ready"


def test_an_event_brought_twice_is_taken_once(desk: Desk, jobs: Listed) -> None:
    reference = opened(desk)
    assert desk.take(Event("telegram", "7", reference, text="bonjour")) is not None
    before = list(jobs.added)
    assert desk.take(Event("telegram", "7", reference, text="bonjour")) is None
    assert jobs.added == before


def test_an_appointment_is_understood_by_its_question(desk: Desk, store: Store) -> None:
    reference = opened(desk)
    consented(desk, reference)
    sent = desk.send(reference, template("rendez_vous_confirmation"))
    taken = desk.take(Event("telegram", "3", reference, message=sent.id, button="bon"))
    assert taken and [one.kind for one in taken.said] == ["which_day"]
    question = taken.said[0]
    desk.take(Event("telegram", "4", reference, message=question.id, button="jour.2027-01-06"))
    with store.households(desk.vault) as households:
        assert households.message(sent.id).understood
        answers = [one for one in households.thread(reference) if one.direction == "in"]
    assert [one.content["french"] for one in answers] == ["Oui, je veux bien", "C’est bon", "mercredi 06/01/2027"]


def test_a_page_shows_its_own_messages_and_opening_it_reads_them(desk: Desk, store: Store) -> None:
    reference = opened(desk, paired=False)
    sent = desk.send(reference, template("accord_messages"))
    desk.send(reference, template("choix_langue"))
    with store.households(desk.vault) as households:
        link = households.link_of(sent)
        assert link is not None and households.link(link.token) == link
        households.opened(link)
        assert [(one.subject, one.state) for one in households.thread(reference, link.key)] == [
            ("accord_messages", "read")
        ]
        assert households.link("guessed") is None


def test_another_conversation_s_message_cannot_be_answered(desk: Desk) -> None:
    first, second = opened(desk), opened(desk, paired=False)
    sent = desk.send(first, template("accord_messages"))
    with pytest.raises(LookupError):
        desk.take(Event("link", "1", second, link="k", message=sent.id, button="oui"))


def test_a_voice_is_kept_sealed(desk: Desk, store: Store) -> None:
    reference = opened(desk)
    taken = desk.take(Event("telegram", "1", reference, voice=Voice("audio/ogg", b"OggS-sound")))
    assert taken and taken.received
    with store.households(desk.vault) as households:
        assert households.sound(taken.received.id) == ("audio/ogg", b"OggS-sound")
        assert b"OggS" not in households.connection.scalar(text("SELECT sound FROM household_audio"))


def spoke(desk: Desk, reference: str, event: str = "1") -> str:
    taken = desk.take(Event("telegram", event, reference, voice=Voice("audio/ogg", b"OggS-sound")))
    assert taken and taken.received
    return taken.received.id


def test_what_was_said_is_kept_as_words_once_its_sound_gone_and_told_once(
    desk: Desk, store: Store, jobs: Listed
) -> None:
    message = spoke(desk, opened(desk))
    for words in ("لا يوجد ماء", "something else"):
        desk.heard(message, words)
    desk.heard(message, None, "failed")
    with store.households(desk.vault) as households:
        assert households.message(message).content == {"subject": "", "original": "لا يوجد ماء"}
        assert households.sound(message) is None
    assert [job for job in jobs.added if message in job[2]] == [
        ("hear_reply", f"hear-{message}", (message,)),
        ("tell_visitor", f"tell-{message}", (message,)),
    ]


def test_words_and_the_end_of_the_sound_are_one_transaction(desk: Desk, store: Store) -> None:
    message = spoke(desk, opened(desk))

    class Away(Listed):
        def add(self, connection: Connection, job: str, key: str, *ids: str) -> None:
            raise OSError("the tables of the jobs are away")

    with pytest.raises(OSError, match="away"):
        Desk(store, desk.vault, Away(), lambda _: None).heard(message, "stop")
    with store.households(desk.vault) as households:
        stored = households.message(message)
        assert "original" not in stored.content and households.sound(message) is not None
        assert households.case(stored.case).consent == "unasked"


def test_a_spoken_yes_to_the_consent_counts_with_its_words_and_a_spoken_stop_ends_it(desk: Desk, store: Store) -> None:
    reference = opened(desk, "en")
    desk.send(reference, template("accord_messages"))
    desk.heard(spoke(desk, reference, "1"), "Yes.")
    desk.heard(spoke(desk, reference, "2"), "Stop.")
    with store.households(desk.vault) as households:
        assert [(one.decision, one.text) for one in households.consents(reference)] == [
            ("given", "Yes."),
            ("stopped", "Stop."),
        ]
        said = [one.subject for one in households.thread(reference) if one.direction == "out"]
    assert said == ["accord_messages", "received", "consented", "received", "arret_messages"]


def test_what_was_said_before_another_decision_does_not_undo_it(desk: Desk, store: Store) -> None:
    reference = opened(desk, "en")
    consented(desk, reference)
    desk.take(Event("telegram", "a", reference, text="STOP"))
    late = spoke(desk, reference, "b")
    desk.take(Event("telegram", "c", reference, text="yes"))
    desk.take(Event("telegram", "d", reference, text="STOP"))
    desk.heard(late, "Yes.")
    with store.households(desk.vault) as households:
        assert households.case(reference).consent == "stopped"


def test_a_voice_that_nobody_would_hear_is_asked_for_again_but_not_after_a_stop(desk: Desk, store: Store) -> None:
    reference = opened(desk, "en")
    consented(desk, reference)
    desk.heard(spoke(desk, reference, "a"), None, "silent")
    desk.heard(spoke(desk, reference, "b"), None, "too_long")
    desk.take(Event("telegram", "c", reference, text="STOP"))
    desk.heard(spoke(desk, reference, "d"), None, "silent")
    with store.households(desk.vault) as households:
        thread = households.thread(reference)
    assert sum(one.subject == "not_heard" and one.direction == "out" for one in thread) == 1
    assert [one.content.get("unheard") for one in thread if one.kind == "voice"] == ["silent", "too_long", "silent"]


def test_keys_rotate_and_an_erased_case_stays_unreadable(desk: Desk, store: Store) -> None:
    reference = opened(desk)
    consented(desk, reference)
    both, new = Vault([NEW_KEY, KEY]), Vault([NEW_KEY])
    with store.households(new) as households, pytest.raises(SealError):
        households.case(reference)
    with store.households(both) as households:
        sealing = households.connection.scalar(text("SELECT sealing FROM cases"))
        households.change(reference, sealing=both.renewed(sealing))
    with store.households(new) as households:
        assert households.case(reference).sender == SENDER
        households.erase(reference)
        with pytest.raises(ErasedCaseError):
            households.case(reference)
        with pytest.raises(ErasedCaseError):
            households.thread(reference)


def test_no_name_address_or_word_stands_in_clear(desk: Desk, store: Store) -> None:
    reference = opened(desk)
    consented(desk, reference)
    desk.take(Event("telegram", "9", reference, text="mon chauffage est en panne"))
    with store.engine.connect() as connection:
        for table in ("cases", "consents", "household_messages", "events"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                said = " ".join(str(bytes(cell)) if isinstance(cell, memoryview) else str(cell) for cell in row)
                assert not any(word in said for word in ("Amina", CHAT, "01 23 45", "chauffage est", "dpo@"))


def test_an_unknown_case_is_named(desk: Desk) -> None:
    with pytest.raises(UnknownCaseError, match="M-NONE"):
        desk.send("M-NONE", template("choix_langue"))
