"""The coordinators' pages about households, at a running server on either database, with cases to look at."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import httpx
from sqlalchemy import select

from api.access.gate import COOKIE, Gate
from api.access.roles import COORDINATOR
from api.app import create_app
from api.households.campaigns import CampaignDesk, Planned
from api.households.desk import Desk, Event, Voice
from api.parts import Parts
from api.settings import load_settings
from api.storage.campaigns import Chosen
from api.storage.dues import PENDING, Dues
from api.storage.review_schema import audit
from tests.api.coordination import TERRITORY, signed_in
from tests.api.household_site import SENDER, template
from tests.api.serving import free_port, running

FILE = f"""
id: {TERRITORY}
name: Pays d'exemple
options:
  option_n1: {{value: true, decided_by: Comité de pilotage, decided_on: 2026-01-15}}
  option_evaluation: {{value: true, decided_by: Comité de pilotage, decided_on: 2026-01-15}}
messages:
  consent: {{value: draft, decided_by: Comité de pilotage, decided_on: 2026-01-15}}
"""
ARABIC, BENGALI = "لا أستطيع يوم 12، هل يمكن يوم آخر؟", "আমি ১২ তারিখে পারব না, অন্য দিন হবে?"


@dataclass
class Office:
    """The running server, and what tests do behind it."""

    url: str
    parts: Parts
    gate: Gate

    @property
    def desk(self) -> Desk:
        return self.parts.desk

    def open(self, language="ar", territory=TERRITORY):
        with self.cases() as households:
            return households.open_case(language, SENDER, territory).reference

    @property
    def doors(self):
        """Every page behind the gate, with its roles."""
        return self.gate.doors

    def cases(self):
        return self.desk.store.households(self.desk.vault)

    def agreed(self, language="ar", *, paired=True, territory=TERRITORY):
        """A case that said yes, on a page, to the words it read there."""
        reference = self.open(language, territory)
        sent = self.desk.send(reference, template("accord_messages"), channel="link")
        self.desk.take(Event("link", f"yes-{reference}", reference, sent.link, sent.id, "oui"))
        if paired:
            with self.cases() as households:
                households.pair(reference, "telegram", reference, f"hash-{reference}")
        return reference

    def visited(self, reference, days=400):
        """The diagnosis was that long ago, so that the N+1 is due."""
        day = date.today() - timedelta(days=days)
        with self.cases() as households:
            households.keep_episode(reference, "dst", day, day)
        return reference

    def says(self, reference, words, number=1):
        return self.desk.take(Event("telegram", f"{reference}-{number}", reference, text=words)).received

    def speaks(self, reference):
        voice = Voice("audio/ogg", b"OggS" + bytes(100))
        return self.desk.take(Event("telegram", f"{reference}-v", reference, voice=voice)).received

    def translated(self, message, french, *doubts):
        with self.cases() as households:
            known = {**message.content, "french": french, "doubts": list(doubts)}
            households.reword(message, known)

    def fails(self, reference, why="blocked"):
        sent = self.desk.send(reference, template("materiel_pose"))
        with self.cases() as households:
            households.mark(sent.id, state="failed", failure=why)
        return sent

    def campaign(self, name, slots):
        """The page of a campaign to the whole territory."""
        desk = CampaignDesk(self.parts.store, self.parts.vault, self.parts.jobs, self.parts.territories.get)
        ours = {key: value for key, value in slots.items() if key not in SENDER.slots(name)}
        return f"/menages/campagnes/{desk.start(Planned(name, ours, Chosen(territory=TERRITORY)), 'Coordination').id}"

    def dues_of(self, households, reference):
        """What a case is due by now."""
        now = datetime.now(UTC)
        self.parts.planning().refresh(households, reference, now)
        rows = Dues(households.connection).of([reference])[reference]
        return [row for row in rows if row.state in PENDING and row.due_at <= now]

    def case(self, reference):
        with self.cases() as households:
            return households.case(reference)

    def thread(self, reference):
        with self.cases() as households:
            return households.thread(reference)

    def changes(self):
        """The log of changes: actions, subjects, details."""
        with self.parts.store.engine.begin() as connection:
            return [
                (row.action, row.subject, row.details) for row in connection.execute(select(audit).order_by(audit.c.id))
            ]

    def days_ago(self, reference, days):
        """What was said so far was said, and arrived, that many days before."""
        before = datetime.now(UTC) - timedelta(days=days)
        with self.cases() as households:
            for one in households.thread(reference):
                state = "sent" if one.direction == "out" else one.state
                households.mark(one.id, made_at=before + timedelta(seconds=one.number), state=state)

    def hold_jobs(self):
        """Nothing leaves: a campaign stays where its page shows it."""
        self.parts.jobs.add = lambda *_, **__: None

    def until_planned(self, campaign):
        """Wait until a campaign is prepared: that goes on beside the answer."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with self.parts.store.campaigns(self.parts.vault) as campaigns:
                if campaigns.campaign(campaign).state != "preparing":
                    return
            time.sleep(0.02)
        raise TimeoutError(campaign)

    @contextlib.contextmanager
    def signed_as(self, account):
        cookies = {COOKIE: self.parts.store.accounts.open_session(account.id)}
        headers = {"Sec-Fetch-Site": "same-origin"}
        with httpx.Client(base_url=self.url, cookies=cookies, headers=headers, timeout=30) as client:
            yield client

    def signed(self, role=COORDINATOR, territory=TERRITORY):
        return signed_in(self.url, self.parts.store, role, territory)


@contextlib.contextmanager
def office(folder, database_url):
    """An Office over a database."""
    port = free_port()
    (folder / "territories").mkdir(exist_ok=True)
    (folder / "territories" / f"{TERRITORY}.yaml").write_text(FILE, encoding="utf-8")
    environ = {
        "AIGUILLAGE_DATA_DIR": str(folder),
        "AIGUILLAGE_PORT": str(port),
        "AIGUILLAGE_DATABASE_URL": database_url,
    }
    settings = load_settings(environ)
    app = create_app(settings)
    with running(app, port):
        yield Office(settings.public_url, app.state.parts, app.state.gate)


def csrf_of(page: httpx.Response) -> str:
    return re.search(r'name="csrf" value="(\w+)"', page.text)[1]


def post(client: httpx.Client, page: httpx.Response, path: str, **fields: str) -> httpx.Response:
    """Send a form of a page that was read; what comes after it."""
    return client.post(path, data={"csrf": csrf_of(page), **fields}, follow_redirects=True)


def plain(page: httpx.Response) -> str:
    """The page with its spaces that do not break as plain ones."""
    return page.text.replace("\u202f", " ").replace("\xa0", " ")
