"""Signing in through an organisation: a real provider on loopback, right and wrong in every way that matters."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from api.access.gate import COOKIE
from api.access.roles import COORDINATOR
from tests.api.coordination import TERRITORY
from tests.api.kept_data import dump
from tests.api.sign_in_site import NAME, sign_in_site
from tests.fakes.openid_provider import CLIENT, SECRET, openid_provider

UNTRUSTED = "pas digne de confiance"
ID_TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
AGAIN = "a déjà servi, a trop attendu, ou vient d’un autre navigateur"


@pytest.fixture(scope="module")
def running_provider():
    with openid_provider() as provider:
        yield provider


@pytest.fixture
def provider(running_provider):
    """The same provider, as honest as at first."""
    fresh = type(running_provider)(running_provider.url, key=running_provider.key)
    for name in ("person", "wrong", "named", "foreign", "by_userinfo", "down", "asked", "codes"):
        setattr(running_provider, name, getattr(fresh, name))
    return running_provider


@pytest.fixture(scope="module")
def one_site(tmp_path_factory, running_provider):
    environ = {"OIDC_ISSUER": running_provider.url, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    given = {f"AIGUILLAGE_{name}": value for name, value in environ.items()}
    with sign_in_site(tmp_path_factory.mktemp("openid"), **given) as found:
        yield found


@pytest.fixture
def site(one_site, provider):
    return one_site.empty()


def leave(client, on="/compte"):
    """To the provider and back again: the address of ours that the browser is sent to."""
    away = client.get("/connexion/fournisseur", params={"vers": on})
    assert away.status_code == 303
    return client.get(away.headers["location"]).headers["location"]


def an_account(site, name=NAME):
    return site.store.accounts.add(name, COORDINATOR, TERRITORY)


def test_the_button_stands_on_the_page_and_asks_with_pkce_a_state_and_a_nonce(site, provider):
    with site.browser() as client:
        assert "/connexion/fournisseur?vers=" in client.get("/connexion").text
        leave(client)
    (asked,) = provider.asked
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 43 and len(asked["nonce"]) >= 43 and asked["state"] != asked["nonce"]


def test_a_person_with_an_account_of_their_verified_address_comes_in_and_is_bound_to_it(site, provider):
    account = an_account(site)
    with site.browser() as client:
        answer = client.get(leave(client))
        assert (answer.status_code, answer.headers["location"]) == (303, "/compte")
        assert "par votre organisation" in client.get("/compte").text
    assert site.store.accounts.kept(account.id).subject == f"{provider.url} p-1"
    assert site.actions(account) == ["account.bound", "account.signed_in"]


def test_the_provider_s_tokens_stay_on_the_server_and_are_kept_nowhere(site):
    an_account(site)
    with site.browser() as client:
        answers = [client.get(leave(client)), client.get("/compte")]
        cookies = list(client.cookies.values())
    assert answers[1].status_code == 200
    seen = "\n".join([f"{one.text} {one.headers}" for one in answers] + cookies)
    for place in (seen, dump(site.store)):
        assert "a-token" not in place and not ID_TOKEN.search(place)


def test_once_bound_the_person_is_known_by_the_provider_s_key_whatever_their_address(site, provider):
    account = an_account(site)
    with site.browser() as client:
        client.get(leave(client))
    provider.person = {"sub": "p-1", "email": "marie@ailleurs.test", "email_verified": True}
    with site.browser() as client:
        assert client.get(leave(client)).status_code == 303
        assert len(site.store.accounts.sessions(account.id)) == 2
    provider.person = {"sub": "p-2", "email": NAME, "email_verified": True}
    with site.browser() as client:
        assert client.get(leave(client)).status_code == 401


def test_an_address_that_is_said_at_userinfo_alone_counts_too(site, provider):
    an_account(site)
    provider.by_userinfo = True
    with site.browser() as client:
        assert client.get(leave(client)).status_code == 303 and COOKIE in client.cookies


@pytest.mark.parametrize("person", [{"email": "personne@exemple.test"}, {"email_verified": False}, {"email": None}])
def test_without_an_account_it_is_said_who_can_make_one(site, provider, person):
    account = an_account(site)
    provider.person |= person
    with site.browser() as client:
        answer = client.get(leave(client))
        assert answer.status_code == 401 and "page « Équipe »" in answer.text.replace("\u00a0", " ")
        assert COOKIE not in client.cookies
    assert site.store.accounts.kept(account.id).subject is None


def test_a_closed_account_stays_closed_to_its_person(site):
    account = an_account(site)
    with site.browser() as client:
        client.get(leave(client))
    with site.store.accounts.changing(None) as changes:
        changes.close(account.id)
    with site.browser() as client:
        assert client.get(leave(client)).status_code == 401


def test_metadata_that_name_another_issuer_lead_nowhere(site, provider):
    an_account(site)
    provider.named = "https://ailleurs.exemple"
    with site.browser() as client:
        answer = client.get("/connexion/fournisseur")
        assert answer.status_code == 401 and not {COOKIE, "aiguillage_provider"} & set(client.cookies)
    assert provider.asked == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "of another sign-in"},
        {"aud": "another program"},
        {"iss": "https://ailleurs.test"},
        {"exp": 1_000_000_000},
        {"aud": [CLIENT, "another program"], "azp": "another program"},
    ],
    ids=["nonce", "audience", "issuer", "expired", "for another"],
)
def test_an_id_token_that_is_not_for_this_sign_in_opens_nothing(site, provider, wrong):
    an_account(site)
    provider.wrong = wrong
    with site.browser() as client:
        answer = client.get(leave(client))
        assert answer.status_code == 401 and UNTRUSTED in answer.text and COOKIE not in client.cookies


STRONG = ("https://qui.exemple/deux-facteurs", "eidas3")


@pytest.mark.parametrize(("acr", "opens"), [(STRONG[0], True), (STRONG[1], True), ("eidas1", False), (None, False)])
def test_only_a_sign_in_as_strong_as_asked_for_opens_a_session(tmp_path, provider, acr, opens):
    provider.wrong = {"acr": acr} if acr else {}
    settings = {"OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    given = {f"AIGUILLAGE_{name}": value for name, value in settings.items()}
    with sign_in_site(tmp_path, AIGUILLAGE_OIDC_ACR=", ".join(STRONG), **given) as site, site.browser() as client:
        an_account(site)
        answer = client.get(leave(client))
        assert (COOKIE in client.cookies) is opens and answer.status_code == (303 if opens else 401)
        assert opens or "pas par une connexion assez sûre" in answer.text
    (asked,) = provider.asked
    assert asked["acr_values"].split() == list(STRONG)
    assert json.loads(asked["claims"])["id_token"]["acr"] == {"essential": True, "values": list(STRONG)}


def test_where_nothing_is_asked_of_the_provider_s_way_any_will_do(site, provider):
    an_account(site)
    with site.browser() as client:
        assert client.get(leave(client)).status_code == 303
    assert not {"acr_values", "claims"} & set(provider.asked[0])


def test_an_id_token_signed_by_another_key_opens_nothing(site, provider):
    an_account(site)
    provider.foreign = True
    with site.browser() as client:
        answer = client.get(leave(client))
        assert answer.status_code == 401 and UNTRUSTED in answer.text and COOKIE not in client.cookies


def test_a_return_is_good_once_even_with_its_cookie_kept(site):
    an_account(site)
    with site.browser() as client:
        back = leave(client)
        kept = client.cookies["aiguillage_provider"]
        assert client.get(back).status_code == 303
    with site.browser(cookies={"aiguillage_provider": kept}) as client:
        answer = client.get(back)
        assert answer.status_code == 401 and AGAIN in answer.text and COOKIE not in client.cookies


def test_a_return_in_another_browser_or_with_another_state_opens_nothing(site):
    an_account(site)
    with site.browser() as client, site.browser() as victim:
        back = leave(client)
        assert AGAIN in victim.get(back).text and COOKIE not in victim.cookies
        code = parse_qs(urlsplit(back).query)["code"][0]
        assert AGAIN in client.get("/connexion/retour", params={"code": code, "state": "x"}).text


def test_a_code_of_another_way_fails_at_the_provider_for_its_verifier(site):
    an_account(site)
    with site.browser() as client, site.browser() as other:
        stolen = parse_qs(urlsplit(leave(other)).query)["code"][0]
        own = parse_qs(urlsplit(leave(client)).query)["state"][0]
        answer = client.get("/connexion/retour", params={"code": stolen, "state": own})
        assert answer.status_code == 401 and "n’a pas accepté" in answer.text


def test_giving_up_at_the_provider_is_no_error(site):
    with site.browser() as client:
        state = parse_qs(urlsplit(leave(client)).query)["state"][0]
        answer = client.get("/connexion/retour", params={"error": "access_denied", "state": state})
        assert "pas allée au bout" in answer.text


def test_a_provider_that_is_down_is_said_in_words_with_the_other_way_in(site, provider):
    provider.down = True
    with site.browser() as client:
        answer = client.get("/connexion/fournisseur")
        assert answer.status_code == 401 and 'name="password"' in answer.text
        assert "n’a pas accepté" in answer.text or "ne répond pas" in answer.text


def test_a_provider_that_nothing_answers_for_is_said_in_words(tmp_path):
    settings = {"AIGUILLAGE_OIDC_ISSUER": "http://127.0.0.1:9", "AIGUILLAGE_OIDC_CLIENT_ID": CLIENT}
    with sign_in_site(tmp_path, **settings) as site, site.browser() as client:
        answer = client.get("/connexion/fournisseur")
        assert answer.status_code == 401 and "ne répond pas" in answer.text


def test_the_clock_of_the_provider_may_be_a_little_ahead(site, provider):
    an_account(site)
    provider.wrong = {"iat": int(time.time()) + 20}
    with site.browser() as client:
        assert client.get(leave(client)).status_code == 303


def test_without_a_provider_there_is_no_such_way_in(tmp_path):
    with sign_in_site(tmp_path) as site, site.browser() as client:
        assert "/connexion/fournisseur" not in client.get("/connexion").text
        assert client.get("/connexion/fournisseur").status_code == 404
