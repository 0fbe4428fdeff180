"""Golden conversations in the web chat, a household's page, a coordinator who signs in: nothing of them in clear."""

from __future__ import annotations

import html
import logging
import re
import time
from pathlib import Path

import httpx
import pytest
import yaml

from api.access.gate import COOKIE
from api.access.passwords import Passwords
from api.access.roles import COORDINATOR
from api.app import create_app
from api.settings import load_settings
from bot.channels.web_page.requests import SESSION_COOKIE
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import opus
from tests.api.coordination import TERRITORY
from tests.api.household_site import SENDER, template
from tests.api.kept_data import dump
from tests.api.serving import free_port, running
from tests.api.sign_in_site import set_up
from tests.api.test_nothing_in_clear import every_cell
from tests.bot.test_conversations import CONVERSATIONS, _take

SCRIPT = {"Aiguillage-Fragment": "1"}
BUTTON = re.compile(r'name="button" value="([^"]*)"')
WAIT = 60  # seconds
WROTE, TOLD = "شكرا لكم على كل شيء", "Mme B., 06 12 34 56 78, 3 rue des Lilas : elle attend depuis octobre"
NAME, PASSWORD, WRONG = "coordination@exemple.test", "une phrase assez longue", "le mot de passe d'hier soir"
OTHER = "madame.b@exemple.test"
THEIRS = ("httpx", "httpcore")  # what the browsers of this test log, not the server


class Visit:
    """A browser without scripts, that `tests.bot.test_conversations` drives as it drives the others."""

    def __init__(self, address: str) -> None:
        headers = {"Origin": address, "Accept-Language": "fr"}
        self.client = httpx.Client(base_url=address, headers=headers, timeout=WAIT, follow_redirects=True)
        self.screen, self.page, self.turn, self.sounds = "", "", 0, []

    async def show(self) -> None:
        self._read(self.client.get("/"))

    restart = show

    async def type(self, text: str) -> None:
        self._post(text=text)

    async def press(self, data: str) -> None:
        self._post(button=data)

    async def say(self, words: str) -> None:
        """Speak as the page does: the note is taken away once what it led to is shown."""
        self.turn += 1
        self.sounds.append(opus(EspeakNG().speak(words, "fr")))
        headers = {**SCRIPT, "Content-Type": "audio/ogg"}
        taken = self.client.post(f"/voix?event=say{self.turn}", content=self.sounds[-1], headers=headers)
        until(lambda: self.client.get(taken.headers["location"], headers=SCRIPT).status_code == 200)
        self.client.delete(taken.headers["location"])
        await self.show()

    def buttons(self) -> list[str]:
        return [html.unescape(data) for data in BUTTON.findall(self.page)]

    def _post(self, **form: str) -> None:
        self.turn += 1
        self._read(self.client.post("/chat", data={"event": f"e{self.turn}", **form}))

    def _read(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.page = answer.text
        self.screen = html.unescape(re.sub(r"<[^>]+>", "", answer.text))


def until(condition) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)


@pytest.fixture
def app(database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """The whole app with its jobs, served, on each database, with everything logged."""
    caplog.set_level(logging.DEBUG)
    port = free_port()
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "PORT": str(port)}
    made = create_app(load_settings({f"AIGUILLAGE_{name}": value for name, value in environ.items()}))
    with running(made, port):
        yield made


def looked_at(app, caplog) -> tuple[dict[str, str], str, str]:
    """Every column with all that stands in it; all of it as one text, bytes as they are; what the server logged."""
    store = app.state.parts.store
    logged = [one for one in caplog.records if one.name.split(".")[0] not in THEIRS]
    return every_cell(store), dump(store), "\n".join(f"{one.getMessage()} {one.exc_text or ''}" for one in logged)


def found_in(cells: dict[str, str], private) -> set[tuple[str, str]]:
    return {(name, word) for name, said in cells.items() for word in private if word in said}


async def test_visitors_of_the_web_leave_nothing_in_clear(app, caplog) -> None:
    address, private, sounds = app.state.parts.settings.public_url, [TOLD, "06 12 34 56 78", "rue des Lilas"], []
    for file in CONVERSATIONS:
        steps = yaml.safe_load(file.read_text("utf-8"))["steps"]
        visit = Visit(address)
        await visit.show()
        for step in steps:
            await _take(visit, step)
        await visit.type(TOLD)
        typed = [step["type"] for step in steps if isinstance(step, dict) and "type" in step]
        private += [visit.client.cookies[SESSION_COOKIE], *(words for words in typed if len(words) > 12)]
        sounds += visit.sounds
        visit.client.close()
    cells, everything, logged = looked_at(app, caplog)
    assert len(sounds) >= 3 and len(set(private)) > 15
    assert found_in(cells, private) == set()
    assert [word for word in private if word in logged] == []
    assert not [sound for sound in sounds if sound[300:340].decode("latin-1") in everything]
    assert any(name.startswith("workflow_status.") for name in cells), "no job was looked at"


async def test_a_household_s_page_and_its_voice_leave_nothing_in_clear(app, caplog) -> None:
    parts, sound = app.state.parts, opus(EspeakNG().speak("il fait froid chez moi", "fr"))
    with parts.store.households(parts.vault) as households:
        reference = households.open_case("ar", SENDER).reference
    sent = parts.desk.send(reference, template("rendez_vous_confirmation"), channel="link")
    with parts.store.households(parts.vault) as households:
        token = households.link_of(sent).token
    address = f"{parts.settings.public_url}/m/{token}"
    with httpx.Client(timeout=WAIT) as phone:
        event = re.search(r'name="event" value="([\w-]+)"', phone.get(address).text)[1]
        assert phone.post(address, data={"event": event, "text": WROTE}).status_code == 303
        headers = {"Content-Type": "audio/ogg"}
        assert phone.post(f"{address}/voix?event=v1", content=sound, headers=headers).status_code == 204
    private = [SENDER.prenom, SENDER.telephone, SENDER.contact, WROTE, token]
    cells, everything, logged = looked_at(app, caplog)
    assert found_in(cells, private) == set()
    assert [word for word in private if word in logged] == []
    assert sound[300:340].decode("latin-1") not in everything
    assert reference in cells["household_messages.case_ref"]


async def test_a_coordinator_who_signs_in_leaves_their_name_in_one_column_and_no_secret_anywhere(app, caplog) -> None:
    parts = app.state.parts
    parts.store.accounts.add(NAME, COORDINATOR, TERRITORY, password=Passwords().hashed(PASSWORD))
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr"}
    with httpx.Client(base_url=parts.settings.public_url, headers=headers, timeout=WAIT) as client:
        for name, password in ((OTHER, PASSWORD), (NAME, WRONG), (NAME, PASSWORD)):
            answer = client.post("/connexion", data={"name": name, "password": password})
        assert answer.status_code == 303
        cookies = [value for value in client.cookies.values() if len(value) > 20]
        done, totp = set_up(app.state.gate.csrf(client.cookies[COOKIE]), client)
        assert done.status_code == 303
        assert client.get("/revue").status_code == 200 and client.cookies[COOKIE] in cookies
    private = [PASSWORD, WRONG, OTHER, totp.secret, *cookies]
    cells, _, logged = looked_at(app, caplog)
    assert found_in(cells, private) == set()
    assert {name for name, _ in found_in(cells, [NAME])} == {"accounts.name"}
    assert [word for word in (*private, NAME) if word in logged] == []
    assert "refused: sign_in at /connexion" in logged
