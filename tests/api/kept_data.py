"""Something of every kind that is kept, about one visitor, one account and one household, at a given moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, inspect, text

from api.access.roles import COORDINATOR
from api.exchange import keyed_hash
from api.jobs.adding import SCHEMA, DurableJobs, prepare_tables
from api.storage.access_schema import accounts, invitations, sessions
from api.storage.api_keys import ApiKeys
from api.storage.audit import note
from api.storage.household_schema import cases, household_messages, recordings
from api.storage.matrix_schema import matrix_positions, matrix_rooms
from api.storage.review_schema import (
    abandoned,
    deliveries,
    doctrines,
    reviews,
    tidings,
    verdicts,
    vignette_answers,
    vignettes,
    webhooks,
)
from api.storage.schema import dialogues, events
from api.storage.speech_schema import sounds, voice_notes
from api.storage.store import Store
from api.storage.vault import Vault
from api.storage.visitors import Visitor, Visitors
from bot.followup.relay import Sender
from tests.api.coordination import TERRITORY
from tests.api.examples import a_dialogue, an_enquiry

SECRET, CONTACT_KEY = "s" * 40, "k" * 40
VAULT = Vault([CONTACT_KEY])
CHAT, ACCOUNT = "424242424242", "madame.durand@exemple.test"
SENDER = Sender("Amina", "Département de l'Aude", "01 23 45 67 89", "dpo@exemple.fr")


@dataclass(frozen=True)
class Kept:
    """What was kept: the visitor's two keyed hashes, the account's number, the household's reference, an answer."""

    key: str
    chat_key: str
    account: int
    reference: str
    token: str


def keep_everything(store: Store, at: datetime, chat: str = CHAT, name: str = ACCOUNT) -> Kept:
    """Fill every kind of the register that a person can be in, with rows of this moment."""
    prepare_tables(store.engine.url)
    key, chat_key = keyed_hash(SECRET)(f"telegram:{chat}"), keyed_hash(SECRET)(chat)
    account = store.accounts.add(name, COORDINATOR, TERRITORY).id
    token, event = f"answer-{account}", f"event-{account}"
    with store.transaction() as journal:
        about = {"token": token, "asker": key, "interview": f"{key[:16]}-1", "territory": TERRITORY}
        journal.log(an_enquiry(**about, asked_at=at))
        journal.keep(a_dialogue(key=key, territory=TERRITORY))
        journal.record("telegram", event, {"reply": "…"})
        connection = journal.connection
        connection.execute(dialogues.update().where(dialogues.c.key == key).values(kept_at=at))
        _age_events(connection, event, at)
        _of_the_account(connection, account, name, token, at)
        invitation = connection.scalar(invitations.select().with_only_columns(invitations.c.id).limit(1))
        Visitors(connection, VAULT).join(Visitor(key, "telegram", TERRITORY, "fr", chat), at, invitation)
        _of_the_visitor(connection, account, key, at)
        DurableJobs(store.engine).add(connection, "tell_asker", f"job-{account}", "some-id")
    ApiKeys(store.engine, lambda: at).add("programme", ("enquiries:read",), TERRITORY)
    reference = _household(store, chat, chat_key, at)
    return Kept(key, chat_key, account, reference, token)


def dump(store: Store) -> str:
    """Every cell of every table, the jobs' too, as one text; bytes as they are."""
    found = []
    with store.engine.connect() as connection:
        for table in _tables(connection):
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                found += [bytes(c).decode("latin-1") if isinstance(c, bytes | memoryview) else str(c) for c in row]
    return "\n".join(found)


def _tables(connection: Connection) -> list[str]:
    inspector = inspect(connection)
    own = inspector.get_table_names()
    if connection.dialect.name != "postgresql":
        return own
    return own + [f"{SCHEMA}.{name}" for name in inspector.get_table_names(schema=SCHEMA)]


def _age_events(connection: Connection, event: str, at: datetime) -> None:
    connection.execute(events.update().where(events.c.event == event).values(taken_at=at))


def _of_the_account(connection: Connection, account: int, name: str, token: str, at: datetime) -> None:
    over = {"until": at, "ended_at": at}
    row = {"key": f"session-{account}", "account": account, "made_at": at, "seen_at": at}
    connection.execute(sessions.insert().values(row | over))
    row = {"key": f"invitation-{account}", "territory": TERRITORY, "made_by": account, "made_at": at, "joined": 1}
    connection.execute(invitations.insert().values(row | over))
    connection.execute(
        accounts.update()
        .where(accounts.c.id == account)
        .values(password="hashed", subject=f"https://provider.test {name}")
    )
    given: dict[str, Any] = {"token": token, "kind": "confirmed", "account": account, "role": COORDINATOR}
    connection.execute(verdicts.insert().values(**given, made_at=at, authoritative=True))
    connection.execute(reviews.update().where(reviews.c.token == token).values(assignee=account))
    row = {"territory": TERRITORY, "zone": f"zone-{account}", "missions": ["suivi_n1"], "said": "…", "state": "draft"}
    connection.execute(doctrines.insert().values(**row, written_by=account, written_at=at, signed_by=name))
    note(connection, None, "verdict.given", "enquiry", token, at)


def _of_the_visitor(connection: Connection, account: int, key: str, at: datetime) -> None:
    row = {"title": "Cas", "said": "…", "facts": {}, "rules": [], "made_by": account, "made_at": at}
    vignette = connection.scalar(vignettes.insert().values(row).returning(vignettes.c.id))
    row = {"vignette": vignette, "visitor": key, "territory": TERRITORY, "mission": "suivi_n1", "answered_at": at}
    connection.execute(vignette_answers.insert().values(row))
    spoken = {"dialogue": key, "channel": "web", "language": "fr", "turn": 1, "sealing": b"s", "address": b"a"}
    connection.execute(voice_notes.insert().values(id=f"n-{account}", taken_at=at, **spoken))
    connection.execute(sounds.insert().values(key=f"s-{account}", sound=b"s", used_at=at))
    row = {"visitor": key, "sealing": b"s", "address": b"a", "offered": [], "spoken_at": at}
    connection.execute(matrix_rooms.insert().values(room=f"r-{account}", **row))
    row = {"position": "s1", "kept_at": at}
    connection.execute(matrix_positions.insert().values(account=f"b-{account}", **row))
    connection.execute(tidings.insert().values(id=f"t-{account}", visitor=key, kind="verdict", about="1", made_at=at))
    row = {"question": "dst", "answered": 2, "channel": "telegram", "territory": TERRITORY, "left_at": at}
    connection.execute(abandoned.insert().values(row))
    row = {"address": "https://exemple.test", "sealing": b"s", "secret": b"s", "made_at": at}
    webhook = connection.scalar(webhooks.insert().values(row).returning(webhooks.c.id))
    verdict = connection.scalar(verdicts.select().with_only_columns(verdicts.c.id).limit(1))
    row = {"id": f"d-{account}", "webhook": webhook, "verdict": verdict, "made_at": at, "tries": 1}
    connection.execute(deliveries.insert().values(row))
    row = {"territory": f"{TERRITORY}-{account}", "template": "M05", "language": "ar", "media": "audio/ogg"}
    connection.execute(recordings.insert().values(**row, sound=b"OggS", made_by="médiatrice", made_at=at))


def _household(store: Store, chat: str, chat_key: str, at: datetime) -> str:
    with store.households(VAULT) as households:
        case = households.open_case("ar", SENDER, TERRITORY)
        households.pair(case.reference, "telegram", f"7{chat}", f"household-{chat[::-1]}")
        households.follow(case.reference, "telegram", chat, chat_key)
        households.decide(case, "given", "telegram", "Amina demande votre accord")
        link = households.new_link(case.reference, at + timedelta(days=14))
        about = {"channel": "telegram", "state": "received", "link": link.key, "made_at": at}
        message = households.add(case, "in", "voice", {"subject": "", "original": "chauffage"}, **about)
        households.keep_sound(message, "audio/ogg", b"OggS")
        own = household_messages.c.case_ref == case.reference
        households.connection.execute(household_messages.update().where(own).values(made_at=at))
        households.connection.execute(cases.update().where(cases.c.reference == case.reference).values(opened_at=at))
    return case.reference
