"""Guesses at links and floods of the chat have to wait; what is refused is told to the log and counted."""

from __future__ import annotations

import logging
import re
import secrets

import httpx
import pytest

from api.access.open_doors import LINKS
from api.access.rates import ARRIVALS, CHAT, CHAT_OF_ADDRESS, Rates, TooOftenError, sender
from api.access.rates import LINKS as OF_AN_ADDRESS
from api.access.rates import LINKS_ANYWHERE as ANYWHERE
from api.access.rates import LINKS_THEN as THEN
from api.access.refusals import A_MINUTE, FORM, KEY, LINK, SECRET, SIGN_IN, refused
from api.access.roles import COORDINATOR, NATIONAL
from bot.channels.web_page.requests import SESSION_COOKIE
from tests.api.coordination import TERRITORY, an_invitation, signed_in
from tests.api.sign_in_site import NAME, sign_in, sign_in_site

TOKEN = "Q" * 43
WATCHER = "w" * 40
SAID = {"fr": "Trop de liens ouverts d’ici", "en": "Too many links opened from here"}


@pytest.fixture(scope="module")
def one_site(tmp_path_factory):
    secret = {"AIGUILLAGE_METRICS_TOKEN": WATCHER, "AIGUILLAGE_TELEGRAM_WEBHOOK_SECRET": "s" * 40}
    with sign_in_site(tmp_path_factory.mktemp("open"), **secret) as found:
        yield found


@pytest.fixture
def site(one_site):
    return one_site.empty()


@pytest.mark.parametrize("room", LINKS)
def test_after_many_guesses_at_links_one_has_to_wait_and_is_told_so(site, room):
    with site.browser() as client:
        for _ in range(OF_AN_ADDRESS.amount):
            assert client.get(f"{room}{secrets.token_urlsafe(32)}").status_code == 404
        for language, said in SAID.items():
            waits = client.get(f"{room}{TOKEN}", headers={"Accept-Language": language})
            assert waits.status_code == 429 and said in waits.text
            assert 1 <= int(waits.headers["retry-after"]) <= 300
        assert client.get("/connexion").status_code == 200 and client.get("/").status_code == 200


def test_no_guess_is_looked_up_while_it_has_to_wait(site):
    """Else a right one would open its page whatever was guessed before."""
    token = an_invitation(site.store, site.account())
    with site.browser() as client:
        assert client.get(f"/rejoindre/{token}").status_code == 200
        for _ in range(OF_AN_ADDRESS.amount):
            client.get(f"/rejoindre/{TOKEN}")
        assert client.get(f"/rejoindre/{token}").status_code == 429
        site.empty()
        assert client.get("/rejoindre/" + TOKEN).status_code == 404


def test_guesses_from_everywhere_leave_an_address_few_and_stop_nobody_who_guesses_nothing():
    rates = Rates()
    for number in range(ANYWHERE.amount):
        rates.guessed(f"192.0.2.{number}")
    for _ in range(THEN.amount):
        rates.link("198.51.100.1")
        rates.guessed("198.51.100.1")
    with pytest.raises(TooOftenError):
        rates.link("198.51.100.1")
    rates.link("198.51.100.2")


def test_a_network_of_ipv6_that_one_machine_has_whole_counts_as_one_address():
    assert sender("2001:db8:1:2::1") == sender("2001:db8:1:2:ffff::9") != sender("2001:db8:1:3::1")
    assert sender("192.0.2.1") == "192.0.2.1" and sender("testclient") == "testclient"


def test_one_browser_that_floods_the_chat_waits_and_others_at_its_address_go_on(site):
    with site.browser() as client, site.browser() as colleague:
        client.get("/")
        for _ in range(CHAT.amount):
            site.app.state.gate.rates.chat(client.cookies[SESSION_COOKIE], "192.0.2.1")
        for answer in (client.get("/"), client.post("/chat", data={"event": "a"})):
            assert answer.status_code == 429 and "rien n’est perdu" in answer.text
            assert 1 <= int(answer.headers["retry-after"]) <= 60
        part = client.post("/chat", data={"event": "a"}, headers={"Aiguillage-Fragment": "1"})
        assert part.status_code == 429 and "<html" not in part.text
        kept = client.post("/hors-ligne/questions", json={})
        assert kept.status_code == 429 and "rien n’est perdu" in kept.json()["said"]
        assert colleague.get("/").status_code == 200


def test_an_office_behind_one_address_is_not_kept_out_and_a_machine_that_makes_conversations_is():
    rates = Rates()
    for number in range(200):  # two hundred visitors, a press each ten seconds
        for _ in range(6):
            rates.chat(f"visitor {number}", "192.0.2.1")
    rates.reset()
    for number in range(ARRIVALS.amount):
        rates.chat(f"forged {number}" if number % 2 else None, "192.0.2.1")
    with pytest.raises(TooOftenError):
        rates.chat("one more", "192.0.2.1")
    rates.chat("one more", "192.0.2.2")


def test_an_address_has_its_limit_however_few_its_browsers():
    rates = Rates()
    for number in range(CHAT_OF_ADDRESS.amount):
        rates.chat(f"visitor {number % 20}", "192.0.2.1")
    with pytest.raises(TooOftenError):
        rates.chat("visitor 20", "192.0.2.1")


def test_what_is_refused_is_in_the_log_and_counted_without_who_or_what_it_was(site, caplog):
    caplog.set_level(logging.INFO)
    account = site.account()
    with signed_in(site.address, site.store, NATIONAL, None) as client, site.browser() as other:
        assert client.get("/equipe").status_code == 403
        sign_in(other, password="un autre mot de passe")
        sign_in(other, "personne@exemple.test")
        other.get(f"/m/{TOKEN}")
        other.post("/chat", data={"event": "a"}, headers={"Sec-Fetch-Site": "cross-site"})
        other.get("/v1/enquiries", headers={"Authorization": f"Bearer {TOKEN}"})
        other.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    lines = [record.getMessage() for record in caplog.records if record.name == "api.access.refusals"]
    assert re.fullmatch(r"refused: door at /equipe, account \d+", lines[0])
    assert lines[1:] == [
        f"refused: sign_in at /connexion, account {account.id}",
        "refused: sign_in at /connexion, account none",
        "refused: link at /m, account none",
        "refused: form at /chat, account none",
        "refused: key at /v1, account none",
        "refused: key at /metrics, account none",
    ]
    assert not [word for word in (NAME, "personne", TOKEN, "127.0.0.1", "mot de passe") if word in "".join(lines)]
    told = httpx.get(f"{site.address}/metrics", headers={"Authorization": f"Bearer {WATCHER}"}).text
    assert 'aiguillage_refused_total{what="door",where="/equipe"} 1.0' in told
    assert 'aiguillage_refused_total{what="sign_in",where="/connexion"} 2.0' in told and TOKEN not in told


def test_a_door_with_a_token_in_its_address_is_told_by_its_form_alone(site, caplog):
    caplog.set_level(logging.INFO)
    closed = [one for one in site.app.state.gate.doors if "{token}" in one.path and NATIONAL not in one.roles]
    with signed_in(site.address, site.store, NATIONAL, None) as client:
        answer = client.request(closed[0].method, closed[0].path.replace("{token}", TOKEN))
    assert answer.status_code == 403
    told = [record.getMessage() for record in caplog.records if record.name == "api.access.refusals"]
    assert len(told) == 1 and f"refused: door at {closed[0].path}, account" in told[0]


def test_a_flood_of_refusals_fills_no_log(site, caplog):
    caplog.set_level(logging.INFO)
    with signed_in(site.address, site.store, COORDINATOR, TERRITORY) as client:
        for _ in range(A_MINUTE.amount + 20):
            client.post("/compte/langue", data={"lang": "fr"})
    lines = [record for record in caplog.records if record.name == "api.access.refusals"]
    assert len(lines) == A_MINUTE.amount


@pytest.mark.parametrize(
    ("path", "status", "what"),
    [
        ("/telegram/webhook", 401, SECRET),
        ("/v1/enquiries", 401, KEY),
        ("/v1/enquiries", 403, KEY),
        ("/connexion/code", 401, SIGN_IN),
        ("/suivi/x/envoyer", 404, LINK),
        ("/bienvenue/x", 404, LINK),
        ("/compte", 403, FORM),
        ("/compte", 401, None),
        ("/compte", 303, None),
        ("/nulle-part", 404, None),
        ("/", 200, None),
    ],
)
def test_each_refusal_is_called_what_it_is(path, status, what):
    assert refused(path, status) == what
