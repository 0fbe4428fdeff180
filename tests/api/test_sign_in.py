"""Signing in by a password and a code: what opens a session, and what is said when nothing does."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest
from argon2 import PasswordHasher, extract_parameters

from api.access.gate import COOKIE
from api.access.passwords import Passwords
from api.access.rates import NAME as EVERYWHERE
from api.access.rates import NAME_HERE, TooOftenError
from api.access.second_factor import step_of
from api.storage.access_schema import accounts
from tests.api.sign_in_site import NAME, PASSWORD, sign_in, sign_in_site

WRONG = "Ce nom et ce mot de passe ne vont pas ensemble"


@pytest.fixture(scope="module")
def one_site(tmp_path_factory):
    with sign_in_site(tmp_path_factory.mktemp("sign-in")) as found:
        yield found


@pytest.fixture
def site(one_site):
    return one_site.empty()


def test_a_password_opens_a_session_that_is_the_server_s_own(site):
    account = site.account()
    with site.browser() as client:
        answer = sign_in(client, NAME.upper(), vers="/compte")
        assert (answer.status_code, answer.headers["location"]) == (303, "/compte")
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE))
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
        assert NAME in client.get("/compte").text
        assert site.actions(account) == ["account.signed_in"]


def test_behind_https_the_cookie_goes_by_https_alone(tmp_path):
    with sign_in_site(tmp_path, AIGUILLAGE_PUBLIC_URL="https://aide.exemple") as site:
        site.account()
        with site.browser() as client:
            cookies = sign_in(client).headers.get_list("set-cookie")
        assert all("Secure" in one for one in cookies if "Max-Age=0" not in one)


def test_each_sign_in_makes_a_new_session_and_ends_the_one_before(site):
    account = site.account()
    with site.browser() as client:
        sign_in(client)
        first = client.cookies[COOKIE]
        sign_in(client)
        assert client.cookies[COOKIE] != first
        assert site.store.accounts.of_session(first) is None
    assert len(site.store.accounts.sessions(account.id)) == 1


def test_a_wrong_password_an_unknown_name_and_a_closed_account_are_refused_in_the_same_words(site):
    account = site.account()
    said = set()
    with site.browser() as client:
        for name, password in ((NAME, "un autre mot de passe"), ("personne@exemple.test", PASSWORD)):
            answer = sign_in(client, name, password)
            assert answer.status_code == 401 and COOKIE not in client.cookies
            said.add(answer.text.replace(name, ""))
        with site.store.accounts.changing(None) as changes:
            changes.close(account.id)
        said.add(sign_in(client).text.replace(NAME, ""))
    assert len(said) == 1 and WRONG in said.pop()


class Counting(PasswordHasher):
    """A hasher that remembers against what it checked."""

    def verify(self, hash, password):
        self.checked = [*getattr(self, "checked", []), hash]
        return super().verify(hash, password)


def test_an_unknown_name_costs_the_same_work_as_a_known_one():
    hasher = Counting()
    passwords = Passwords(hasher)
    assert not passwords.right(passwords.hashed(PASSWORD), "un autre mot de passe")
    assert not passwords.right(None, PASSWORD)
    known, unknown = (extract_parameters(one) for one in hasher.checked)
    assert known == unknown


def test_a_password_hashed_with_other_parameters_is_hashed_anew(site):
    account = site.account()
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with site.store.engine.begin() as connection:
        connection.execute(accounts.update().values(password=old))
    with site.browser() as client:
        assert sign_in(client).status_code == 303
    kept = site.store.accounts.kept(account.id).password
    assert kept != old and Passwords().right(kept, PASSWORD) and not Passwords().outdated(kept)


def test_a_form_of_another_site_signs_nobody_in(site):
    site.account()
    with site.browser() as client:
        answer = client.post(
            "/connexion", data={"name": NAME, "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 403 and COOKIE not in client.cookies


def test_a_second_factor_is_asked_for_and_no_code_is_taken_twice(site):
    _, totp = site.with_code(NAME)
    code = totp.now()
    for taken in (True, False):
        with site.browser() as client:
            asked = sign_in(client, vers="/compte")
            assert asked.headers["location"] == "/connexion/code?vers=/compte" and COOKIE not in client.cookies
            assert client.get("/compte").status_code == 303
            given = client.post("/connexion/code", data={"code": f"{code[:3]} {code[3:]}", "vers": "/compte"})
            assert (given.status_code == 303) is taken
            assert (client.get("/compte").status_code == 200) is taken
            assert taken or "a déjà servi" in given.text


def test_a_code_without_the_password_before_it_opens_nothing(site):
    _, totp = site.with_code(NAME)
    with site.browser() as client:
        answer = client.post("/connexion/code", data={"code": totp.now()})
        assert answer.status_code == 401 and "Trop de temps" in answer.text and COOKIE not in client.cookies


@pytest.mark.parametrize("code", ["", "000000x", "１２３４５６", "12 34"])
def test_a_code_that_is_none_is_refused_in_words(site, code):
    site.with_code(NAME)
    with site.browser() as client:
        sign_in(client)
        answer = client.post("/connexion/code", data={"code": code})
        assert answer.status_code == 401 and "six chiffres" in answer.text


def test_the_secret_of_the_second_factor_is_sealed(site):
    account, totp = site.with_code(NAME)
    kept = site.store.accounts.kept(account.id)
    assert totp.secret.encode() not in kept.totp + kept.sealing
    assert totp.secret not in repr(kept)


def test_too_many_tries_have_to_wait_and_are_told_how_long(site):
    site.account()
    with site.browser() as client:
        for _ in range(6):
            assert sign_in(client, password="un autre mot de passe").status_code == 401
        answer = sign_in(client)
        assert answer.status_code == 429 and "Réessayez dans une minute" in answer.text
        assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_guesses_from_everywhere_do_not_keep_out_a_browser_that_was_here_before(site):
    site.account()
    with site.browser() as known, site.browser() as new:
        sign_in(known)
        for number in range(31):
            _guess_from(site, f"192.0.2.{number}")
        assert sign_in(new).status_code == 429
        assert sign_in(known).status_code == 303


def test_too_many_codes_have_to_wait(site):
    site.with_code(NAME)
    with site.browser() as client:
        sign_in(client)
        for _ in range(6):
            assert client.post("/connexion/code", data={"code": "000000"}).status_code == 401
        answer = client.post("/connexion/code", data={"code": "000000"})
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) <= 300


def test_signing_out_ends_the_session_on_the_server(site):
    site.account()
    with site.browser() as client:
        sign_in(client)
        token = client.cookies[COOKIE]
        left = client.post("/deconnexion", data={"csrf": site.csrf(client)})
        assert left.headers["location"] == "/connexion?suite=left" and COOKIE not in client.cookies
        assert "déconnecté" in client.get(left.headers["location"]).text
    assert site.store.accounts.of_session(token) is None


def test_what_is_typed_is_shown_as_typed_and_never_as_markup(site):
    with site.browser() as client:
        answer = sign_in(client, "<script>alert(1)</script>")
        assert "<script>alert(1)" not in answer.text and "&lt;script&gt;" in answer.text


def _guess_from(site, address):
    """A wrong password for the same name, from one address more: counted as the page counts it."""
    rates = site.app.state.gate.rates
    rates.attempt(NAME_HERE, NAME, address)
    try:
        rates.attempt(EVERYWHERE, "name", NAME)
    except TooOftenError as often:
        assert often.minutes <= 5


def test_a_code_of_a_minute_ago_is_too_old():
    secret, at = pyotp.random_base32(), datetime(2026, 11, 26, 9, 0, 10, tzinfo=UTC)
    code = pyotp.TOTP(secret).at(at)
    assert step_of(secret, code, at) == int(at.timestamp()) // 30
    assert step_of(secret, code, at.replace(second=40)) is not None
    assert step_of(secret, code, at.replace(minute=1, second=20)) is None
