"""Accounts and their changes on both databases: what is kept, what is noted, what ends with what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.access.passwords import Passwords
from api.access.rates import Rates
from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.access.second_factor import new_secret, sealed
from api.access.signing_in import LINK_LIFE, SignIn, SignInRefused
from api.access.team import Team, TeamError
from api.storage.account_changes import KnownAccountError
from api.storage.accounts import Accounts
from api.storage.review_schema import audit
from api.storage.vault import Vault

NAME, PASSWORD = "adm@exemple.test", "quatre mots bien ranges"
PASSWORDS, VAULT = Passwords(), Vault(["k" * 40])


class Clock:
    """A clock that the test moves."""

    def __init__(self):
        self.now = datetime(2026, 11, 26, 9, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock(store):
    moved = Clock()
    store.accounts = Accounts(store.engine, moved)
    return moved


@pytest.fixture
def team(store, clock):
    return Team(store, SignIn(store.accounts, VAULT, "s" * 40, Rates(), PASSWORDS))


@pytest.fixture
def administrator(store, clock):
    return store.accounts.add(NAME, ADMINISTRATOR, "pays-exemple", password=PASSWORDS.hashed(PASSWORD))


def noted(store):
    with store.reading() as connection:
        wanted = select(audit.c.action, audit.c.account).order_by(audit.c.id)
        return [tuple(row) for row in connection.execute(wanted)]


def test_a_name_or_a_person_is_of_one_account_alone(store, administrator):
    other = store.accounts.add("col@exemple.test", COORDINATOR, "pays-exemple")
    with pytest.raises(KnownAccountError):
        store.accounts.add(NAME.upper(), COORDINATOR, "voisin")
    with store.accounts.changing(None) as changes:
        changes.bind(administrator.id, "https://qui.test p-1")
    with pytest.raises(KnownAccountError), store.accounts.changing(None) as changes:
        changes.bind(other.id, "https://qui.test p-1")
    assert store.accounts.of_subject("https://qui.test p-1").account == administrator


def test_a_session_ends_by_itself_after_two_hours_unused_or_twelve_in_all(store, clock, administrator):
    token = store.accounts.open_session(administrator.id)
    for _ in range(7):
        clock.now += timedelta(minutes=100)
        assert store.accounts.of_session(token) == administrator
    clock.now += timedelta(minutes=30)
    assert store.accounts.of_session(token) is None and store.accounts.sessions(administrator.id) == []
    unused = store.accounts.open_session(administrator.id)
    clock.now += timedelta(hours=2)
    assert store.accounts.of_session(unused) is None


def test_a_new_password_ends_the_other_sessions_and_closing_ends_all(store, team, administrator):
    here, there = (store.accounts.open_session(administrator.id) for _ in range(2))
    kept = store.accounts.kept(administrator.id)
    team.sign_in.choose(kept, "cinq mots encore mieux ranges", "cinq mots encore mieux ranges", here)
    assert store.accounts.of_session(here) and store.accounts.of_session(there) is None
    with store.accounts.changing(None) as changes:
        changes.close(administrator.id)
    assert store.accounts.of_session(here) is None
    assert [action for action, _ in noted(store)] == [
        "account.password",
        "account.sessions_ended",
        "account.closed",
        "account.sessions_ended",
    ]


def test_no_step_of_a_second_factor_is_used_twice_or_backwards(store, administrator):
    with store.accounts.changing(administrator) as changes:
        changes.set_totp(administrator.id, sealed(new_secret(), VAULT), used=100)
        assert [changes.use_step(administrator.id, step) for step in (100, 101, 101, 99, 102)] == [
            False,
            True,
            False,
            False,
            True,
        ]


def test_an_account_that_an_administrator_makes_begins_with_a_link_that_is_good_once(team, store, administrator):
    made = team.add(administrator, "Col@exemple.test", COORDINATOR)
    kept = team.sign_in.linked(made.token)
    assert (kept.account.name, kept.account.territory, kept.password) == ("col@exemple.test", "pays-exemple", None)
    team.sign_in.choose(kept, PASSWORD, PASSWORD)
    with pytest.raises(SignInRefused, match=r"access\.refused\.link"):
        team.sign_in.linked(made.token)
    assert team.sign_in.by_password("col@exemple.test", PASSWORD, "127.0.0.1", "").account == kept.account
    assert noted(store) == [
        ("account.made", administrator.id),
        ("account.link_made", administrator.id),
        ("account.password", kept.account.id),
    ]


@pytest.mark.parametrize("name", ["", "\x00", "a" * 10_000, "é\ud7ff", "' OR 1=1 --"])
def test_a_name_that_cannot_be_one_is_only_unknown(team, administrator, name):
    with pytest.raises(SignInRefused, match=r"access\.refused\.password"):
        team.sign_in.by_password(name, PASSWORD, "127.0.0.1", "")


def test_a_link_lasts_a_week_and_a_forged_one_opens_nothing(team, clock, administrator):
    token = team.add(administrator, "col@exemple.test", COORDINATOR).token
    clock.now += LINK_LIFE - timedelta(minutes=1)
    assert team.sign_in.linked(token)
    clock.now += timedelta(minutes=2)
    for tried in (token, token[:-1], "", "é.é", "x.y"):
        with pytest.raises(SignInRefused, match=r"access\.refused\.link"):
            team.sign_in.linked(tried)


@pytest.mark.parametrize(
    ("password", "again", "message"),
    [
        ("onze lettre", "onze lettre", "short"),
        ("quatre mots bien ranges", "quatre mots bien range", "differ"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "guessed"),
        (NAME.upper(), NAME.upper(), "known"),
        ("1qaz2wsx3edc", "1qaz2wsx3edc", "common"),
        ("ab1c2" * 201, "ab1c2" * 201, "long"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(store, team, administrator, password, again, message):
    with pytest.raises(SignInRefused, match=rf"access\.password\.{message}"):
        team.sign_in.choose(store.accounts.kept(administrator.id), password, again)
    assert noted(store) == []


def test_an_administrator_touches_no_account_of_another_territory_nor_the_national_reader(team, store, administrator):
    elsewhere = store.accounts.add("col@voisin.test", COORDINATOR, "voisin")
    national = store.accounts.add("lecture@cler.test", NATIONAL, None)
    for other in (elsewhere.id, national.id, 999_999):
        for do in (team.close, team.reopen, team.link):
            with pytest.raises(TeamError, match=r"desk\.refused\.unknown"):
                do(administrator, other)
    assert [one.account.name for one in team.people(administrator)] == [NAME]
    assert noted(store) == []


def test_what_an_administrator_may_not_make_is_said_with_the_remedy(team, administrator):
    tries = {
        "team.refused.name": (administrator, "deux mots", COORDINATOR),
        "team.refused.known": (administrator, NAME, COORDINATOR),
        "team.refused.role": (administrator, "cler@exemple.test", NATIONAL),
    }
    for message, asked in tries.items():
        with pytest.raises(TeamError, match=message.replace(".", r"\.")):
            team.add(*asked)
    with pytest.raises(TeamError, match=r"team\.refused\.own"):
        team.close(administrator, administrator.id)


@pytest.mark.parametrize(
    ("most", "until", "field"),
    [
        ("0", "2026-12-01", "most"),
        ("501", "2026-12-01", "most"),
        ("dix", "2026-12-01", "most"),
        ("", "2026-11-25", "until"),
        ("", "2028-01-01", "until"),
        ("", "demain", "until"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_at_its_field(team, administrator, most, until, field):
    with pytest.raises(TeamError) as refused:
        team.invite(administrator, most, until)
    assert refused.value.field == field and team.invitations(administrator) == ([], 0)


def test_an_invitation_is_good_to_the_end_of_its_day_in_france_and_ended_by_its_territory_alone(
    team, store, administrator
):
    neighbour = store.accounts.add("adm@voisin.test", ADMINISTRATOR, "voisin")
    team.invite(administrator, "12", "2026-12-01")
    ((made,), _) = team.invitations(administrator)
    assert (made.until, made.most) == (datetime(2026, 12, 1, 23, tzinfo=UTC), 12)
    with pytest.raises(TeamError, match=r"desk\.refused\.unknown"):
        team.end(neighbour, made.id)
    team.end(administrator, made.id)
    assert team.invitations(administrator)[0][0].refusal(made.made_at) == "ended"
    with pytest.raises(TeamError, match=r"desk\.refused\.unknown"):
        team.end(administrator, made.id)
