"""Speaking and listening in the web chat, over the served app with its jobs and its engines."""

from __future__ import annotations

import contextlib
import re
import time

import httpx
import pytest

from api.access.roles import COORDINATOR
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import opus, read
from bot.wording import wording
from tests.api.casework import office
from tests.api.coordination import TERRITORY
from tests.api.serving import serving

SCRIPT = {"Aiguillage-Fragment": "1"}
AUDIO = {"Content-Type": "audio/ogg"}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("voice")) as (served, _):
        yield served


@pytest.fixture(scope="module")
def unknown():
    """« Je ne sais pas », spoken."""
    return opus(EspeakNG().speak("je ne sais pas", "fr"))


@pytest.fixture
def chat(address):
    with visiting(address) as client:
        yield client


@contextlib.contextmanager
def visiting(address):
    headers = {"Origin": address, "Accept-Language": "fr"}
    with httpx.Client(base_url=address, headers=headers, timeout=300) as client:
        client.get("/")
        yield client


def heard(chat, place):
    for _ in range(300):
        answer = chat.get(place, headers=SCRIPT)
        if answer.status_code != 202:
            return answer
        time.sleep(0.1)
    raise TimeoutError(place)


def speak(chat, sound, event="e1"):
    return chat.post(f"/voix?event={event}", content=sound, headers={**SCRIPT, **AUDIO})


def test_a_spoken_choice_is_proposed_and_its_yes_leads_on(chat, unknown):
    taken = [speak(chat, unknown) for _ in range(2)]
    assert [answer.status_code for answer in taken] == [202, 202]
    assert taken[0].headers["location"] == taken[1].headers["location"]
    place = taken[0].headers["location"]
    found = heard(chat, place)
    assert "C’est bien ça" in found.text and "Je ne sais pas" in found.text
    yes = re.search(r'value="(a:\d+:inconnu)"[^>]*>Oui', found.text)
    assert yes is not None
    assert chat.request("DELETE", place).status_code == 204
    assert chat.get(place, headers=SCRIPT).status_code == 404
    assert "C’est bien ça" in chat.get("/").text
    chat.post("/chat", data={"event": "e2", "button": yes[1]})
    assert "data-given" in chat.get("/").text


def test_only_the_session_that_spoke_reads_what_it_led_to(address, chat, unknown):
    place = speak(chat, unknown).headers["location"]
    with visiting(address) as other:
        assert other.get(place, headers=SCRIPT).status_code == 404
    assert heard(chat, place).status_code == 200


def test_without_javascript_a_file_is_sent_and_the_page_asks_again_by_itself(chat, unknown):
    sent = chat.post("/voix", data={"event": "e1"}, files={"sound": ("note.ogg", unknown, "audio/ogg")})
    assert sent.status_code == 303
    place = sent.headers["location"]
    waiting = chat.get(place)
    if waiting.status_code == 200:
        assert waiting.headers["refresh"].endswith(f"{place}?essai=1") and "J’écoute" in waiting.text
    heard(chat, place)
    assert chat.get(place).headers["location"].startswith("/?suite=")
    assert "C’est bien ça" in chat.get(place, follow_redirects=True).text


def test_what_is_no_sound_is_told_and_what_is_too_large_is_refused(chat):
    assert "pas un message vocal" in heard(chat, speak(chat, b"RIFF, and nothing").headers["location"]).text
    assert speak(chat, b"x" * (2 * 1024 * 1024 + 1)).status_code == 413
    assert speak(chat, b"").status_code == 422
    assert chat.post("/voix?event=e", content=b"a", headers={"Content-Type": "text/plain"}).status_code == 415


def test_another_site_a_browser_without_cookies_and_too_many_notes_are_refused(address, chat, unknown):
    elsewhere = {**AUDIO, "Origin": "https://elsewhere.example"}
    assert chat.post("/voix?event=e", content=unknown, headers=elsewhere).status_code == 403
    assert httpx.post(f"{address}/voix?event=e", content=b"x", headers={**AUDIO, "Origin": address}).status_code == 403
    assert [speak(chat, b"x", f"n{n}").status_code for n in range(13)][-1] == 429


def test_what_is_shown_is_read_aloud_in_both_forms(chat):
    link = re.search(r'data-listen="(/ecouter[^"]+)"', chat.get("/").text)
    assert link is not None
    ogg, mp3 = chat.get(link[1]), chat.get(f"{link[1]}&format=mp3")
    assert ogg.headers["content-type"] == "audio/ogg" and ogg.content.startswith(b"OggS")
    assert mp3.headers["content-type"] == "audio/mpeg" and mp3.content.startswith(b"ID3")
    assert ogg.headers["cache-control"].startswith("private")
    assert chat.get("/ecouter?reponse=none").status_code == 404


def test_the_microphone_is_for_the_chat_alone(chat):
    assert "microphone=(self)" in chat.get("/").headers["permissions-policy"]
    assert "microphone=()" in chat.get("/expert").headers["permissions-policy"]


def test_who_was_not_invited_hears_why(tmp_path):
    with office(tmp_path, f"sqlite:///{tmp_path / 'test.db'}") as desk, httpx.Client(base_url=desk.url) as visitor:
        desk.parts.store.accounts.add("col@exemple.test", COORDINATOR, TERRITORY)
        page = visitor.get("/", headers={"Accept-Language": "fr"})
        assert wording("fr")("membership.title") in page.text and "data-record" not in page.text
        heard = visitor.get(re.search(r'data-listen="(/ecouter[^"]+)"', page.text)[1])
        assert heard.content.startswith(b"OggS") and read(heard.content).seconds > 5
