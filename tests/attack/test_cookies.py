"""Behind HTTPS every cookie of ours has the prefix that no other host and no plain page can set."""

from __future__ import annotations

import re

import pytest

from api.access.gate import COOKIE
from bot.channels.web_page.requests import LANGUAGE_COOKIE, SESSION_COOKIE
from tests.api.sign_in_site import NAME, sign_in, sign_in_site

PREFIX = "__Host-"


@pytest.fixture(scope="module")
def one_site(tmp_path_factory):
    with sign_in_site(tmp_path_factory.mktemp("https"), AIGUILLAGE_PUBLIC_URL="https://aide.exemple") as found:
        yield found


@pytest.fixture
def site(one_site):
    return one_site.empty()


def cookies_set(answer):
    return dict(re.match(r"([^=]+)=([^;]*)", one).groups() for one in answer.headers.get_list("set-cookie"))


def brought(client, path, **cookies):
    """What is answered to a browser that brings these cookies, which a client would not send by plain HTTP."""
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return client.get(path, headers={"Cookie": said})


def test_every_cookie_that_is_set_has_the_prefix_and_what_it_asks_for(site):
    site.account()
    with site.browser() as client:
        answers = [client.get("/"), sign_in(client), client.post("/connexion/code", data={"code": "1"})]
    lines = [one for answer in answers for one in answer.headers.get_list("set-cookie")]
    assert len(lines) >= 4
    for line in lines:
        first, *more = line.split("; ")
        assert first.startswith(PREFIX + "aiguillage_"), line
        assert ("Secure" in more and "Path=/" in more and "HttpOnly" in more) or "Max-Age=0" in line, line
        assert not [one for one in more if one.lower().startswith("domain")]


def test_with_the_prefix_a_session_is_known_again_and_without_it_nobody_is(site):
    site.account()
    with site.browser() as client:
        session = cookies_set(sign_in(client))[PREFIX + COOKIE]
        client.cookies.clear()
        assert NAME in brought(client, "/compte", **{PREFIX + COOKIE: session}).text
        assert brought(client, "/compte", **{COOKIE: session}).status_code == 303


def test_a_session_that_another_host_set_beside_ours_does_not_count(site):
    """Else a page on a neighbouring host could have a visitor's words arrive in a session that it knows."""
    theirs, ours = "T" * 43, "O" * 43
    with site.browser() as client:
        planted = cookies_set(brought(client, "/", **{SESSION_COOKIE: theirs}))[PREFIX + SESSION_COOKIE]
        assert planted not in (theirs, ours)
        both = {SESSION_COOKIE: theirs, PREFIX + SESSION_COOKIE: ours, PREFIX + LANGUAGE_COOKIE: "en"}
        assert cookies_set(brought(client, "/", **both))[PREFIX + SESSION_COOKIE] == ours


def test_signing_out_takes_the_cookie_away_under_the_name_it_has(site):
    site.account()
    with site.browser() as client:
        session = cookies_set(sign_in(client))[PREFIX + COOKIE]
        client.cookies.clear()
        form, cookie = {"csrf": site.app.state.gate.csrf(session)}, {"Cookie": f"{PREFIX}{COOKIE}={session}"}
        left = client.post("/deconnexion", data=form, headers=cookie)
        assert left.status_code == 303
        line = next(one for one in left.headers.get_list("set-cookie") if COOKIE in one)
        assert line.startswith(f'{PREFIX}{COOKIE}=""') and "Max-Age=0" in line and "Secure" in line
        assert brought(client, "/compte", **{PREFIX + COOKIE: session}).status_code == 303


def test_by_plain_http_on_this_machine_the_names_stay_what_they_were(tmp_path):
    with sign_in_site(tmp_path) as site, site.browser() as client:
        assert SESSION_COOKIE in cookies_set(client.get("/"))
