"""Who may ask: invitations, open territories, and an installation that is being tried out. On both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest
from sqlalchemy import event, select, text

from api.access.membership import Doorkeeper
from api.access.roles import COORDINATOR
from api.exchange import DurableExchange, keyed_hash
from api.parts import open_parts
from api.settings import load_settings
from api.storage.access_schema import visitors
from api.storage.invitations import Invitations
from api.storage.review_schema import audit
from api.storage.visitors import Visitor, Visitors
from bot.messages import Incoming
from bot.offline_questions import QuestionRefused
from rules.model import Convention, Territory
from tests.api.coordination import an_invitation
from tests.api.test_offline_questions import a_question

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OPENED = Convention(True, "Comité de pilotage", TODAY)
KNOWN = {
    "pays-exemple": Territory("pays-exemple", "Pays d’exemple"),
    "voisin": Territory("voisin", "Le voisin"),
    "ouvert": Territory("ouvert", "L’ouvert", MappingProxyType({}), open=OPENED),
}
ANSWERS = ("envoi_information", "informer_tiers")


@pytest.fixture
def parts(database_url, tmp_path):
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path), "AIGUILLAGE_DATABASE_URL": database_url})
    opened = open_parts(settings)
    yield opened
    opened.store.close()


@pytest.fixture
def exchange(parts):
    door = Doorkeeper(parts.vault, KNOWN.get, "https://aide.exemple", clock=lambda: NOW)
    key = parts.settings.secret_key
    return DurableExchange(parts.store, parts.rulesets, KNOWN.get, key, membership=door.at)


@pytest.fixture
def coordinator(parts):
    """There is an account: nobody asks without an invitation any more."""
    return parts.store.accounts.add("col@exemple.test", COORDINATOR, "pays-exemple")


class Phone:
    """A chat by Telegram."""

    def __init__(self, exchange, chat="4242", channel="telegram"):
        self.exchange, self.chat, self.channel, self.count = exchange, chat, channel, 0

    def says(self, **what):
        self.count += 1
        said = {"language": "fr", **what}
        return self.exchange.take_now(Incoming(self.channel, f"{self.chat}-{self.count}", self.chat, TODAY, **said))

    def starts(self, argument=None, **more):
        return self.says(command="start", argument=argument, **more)

    def asks(self):
        """A whole question, to its answer."""
        reply = self.says(command="sr_ou_n1")
        for choice in ANSWERS:
            turn = reply.buttons[0][0].data.rpartition(":")[0]
            reply = self.says(button=f"{turn}:{choice}")
        return reply

    @property
    def key(self):
        return keyed_hash(self.exchange.secret_key)(f"{self.channel}:{self.chat}")


def messages(reply):
    return [line.message for section in reply.sections for line in section.lines]


def invite(parts, account, most=None, days=30):
    return an_invitation(parts.store, account, most, days, NOW)


def of_territory(parts, territory="pays-exemple"):
    with parts.store.reading() as connection:
        return Invitations(connection).made_in(territory)


def rows(parts, table):
    with parts.store.reading() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608


def visitor(parts, key):
    with parts.store.engine.begin() as connection:
        return Visitors(connection, parts.vault).visitor(key)


def test_of_somebody_who_was_not_invited_nothing_is_kept_but_what_was_answered(parts, exchange, coordinator):
    phone = Phone(exchange)
    for reply in (phone.starts(), phone.says(text="bilan"), phone.says(button="a:0:bilan"), phone.starts("c-secret")):
        assert messages(reply) == ["membership.uninvited", "membership.how", "membership.nothing_kept"]
        assert reply.buttons == ()
        assert reply.sections[0].lines[1].params["guide"] == "https://aide.exemple/guide"
    heard = phone.says(command="ecouter")
    assert heard.aloud and not heard.written and messages(heard)[0] == "membership.uninvited"
    assert rows(parts, "dialogues") == rows(parts, "enquiries") == rows(parts, "visitors") == 0
    with parts.store.reading() as connection:
        kept = connection.execute(text("SELECT reply FROM events")).scalars().all()
    assert len(kept) == 5 and "bilan" not in str(kept)


def test_an_invitation_opens_the_chat_in_its_territory_and_is_counted_and_noted(parts, exchange, coordinator):
    phone = Phone(exchange)
    reply = phone.starts(f"i_{invite(parts, coordinator, most=3)}")
    assert "membership.joined" in messages(reply) and reply.buttons
    assert visitor(parts, phone.key) == Visitor(phone.key, "telegram", "pays-exemple", "fr", "4242")
    assert phone.asks().share
    (enquiry,) = parts.store.enquiries()
    assert enquiry.territory == "pays-exemple"
    (made,) = of_territory(parts)
    assert (made.joined, made.most) == (1, 3)
    with parts.store.reading() as connection:
        noted = connection.execute(select(audit.c.action, audit.c.role, audit.c.subject_id, audit.c.details)).all()
    assert noted == [
        ("invitation.made", COORDINATOR, str(made.id), None),
        ("visitor.joined", "program", str(made.id), {"territory": "pays-exemple"}),
    ]


def test_what_reaches_a_visitor_is_sealed_and_a_browser_has_nothing_to_reach(parts, exchange, coordinator):
    token = invite(parts, coordinator)
    Phone(exchange, chat="424242424242").starts(f"i_{token}")
    browser = Phone(exchange, chat="a-session-cookie", channel="web")
    browser.starts(f"i_{token}")
    assert visitor(parts, browser.key).address is None
    with parts.store.reading() as connection:
        kept = str([tuple(row) for row in connection.execute(select(visitors))])
    assert "424242424242" not in kept and "a-session-cookie" not in kept


def test_the_same_visitor_counts_once_however_often_the_link_is_opened(parts, exchange, coordinator):
    phone, token = Phone(exchange), invite(parts, coordinator, most=1)
    phone.starts(f"i_{token}")
    assert "membership.joined.before" in messages(phone.starts(f"i_{token}"))
    assert of_territory(parts)[0].joined == 1


@pytest.mark.parametrize("why", ["unknown", "ended", "expired", "full"])
def test_an_invitation_that_opens_nothing_says_why_and_what_to_do(parts, exchange, coordinator, why):
    token = invite(parts, coordinator, most=1, days=-1 if why == "expired" else 30)
    if why == "ended":
        with parts.store.transaction() as journal:
            assert Invitations(journal.connection).end(of_territory(parts)[0].id, coordinator, NOW)
    if why == "full":
        Phone(exchange, chat="first").starts(f"i_{token}")
    reply = Phone(exchange).starts(f"i_{token if why != 'unknown' else 'forged'}")
    assert messages(reply)[0] == f"membership.refused.{why}"
    assert rows(parts, "visitors") == rows(parts, "dialogues") == (1 if why == "full" else 0)


def test_whoever_joined_goes_on_when_another_invitation_is_refused(parts, exchange, coordinator):
    phone = Phone(exchange)
    phone.starts(f"i_{invite(parts, coordinator)}")
    reply = phone.starts("i_forged")
    assert "membership.refused.unknown" in messages(reply) and reply.buttons


def test_an_invitation_into_another_territory_moves_whoever_opens_it(parts, exchange, coordinator):
    neighbour = parts.store.accounts.add("voisine@exemple.test", COORDINATOR, "voisin")
    phone = Phone(exchange)
    phone.starts(f"i_{invite(parts, coordinator)}")
    assert "membership.not_yours" in messages(phone.starts("t_voisin"))
    phone.starts(f"i_{invite(parts, neighbour)}")
    phone.asks()
    assert parts.store.enquiries()[0].territory == visitor(parts, phone.key).territory == "voisin"


def test_the_last_place_of_an_invitation_is_taken_once(parts, exchange, coordinator):
    token = invite(parts, coordinator, most=1)
    phones = [Phone(exchange, chat=str(number)) for number in range(6)]
    with ThreadPoolExecutor(6) as at_once:
        replies = list(at_once.map(lambda phone: phone.starts(f"i_{token}"), phones))
    assert sum("membership.joined" in messages(reply) for reply in replies) == 1
    assert rows(parts, "visitors") == of_territory(parts)[0].joined == 1


def test_without_any_account_everybody_may_ask_and_joins_at_the_first_question(parts, exchange):
    phone = Phone(exchange)
    phone.starts()
    assert visitor(parts, phone.key) is None
    phone.asks()
    assert visitor(parts, phone.key) == Visitor(phone.key, "telegram", None, "fr", "4242")


def test_the_first_account_ends_the_trial_and_who_has_asked_stays(parts, exchange):
    before, after = Phone(exchange, chat="1"), Phone(exchange, chat="2")
    before.asks()
    parts.store.accounts.add("col@exemple.test", COORDINATOR, "pays-exemple")
    assert before.starts().buttons and not after.starts().buttons


def test_in_an_open_territory_everybody_may_ask_and_joins_it(parts, exchange, coordinator):
    phone = Phone(exchange)
    assert phone.starts("t_ouvert").buttons
    phone.asks()
    assert visitor(parts, phone.key).territory == "ouvert"
    assert not Phone(exchange, chat="2").starts("t_pays-exemple").buttons
    assert not Phone(exchange, chat="3").starts("t_nulle-part").buttons


def test_the_terminal_of_whoever_runs_the_program_is_always_open(parts, exchange, coordinator):
    terminal = Phone(exchange, channel="terminal")
    terminal.asks()
    assert rows(parts, "visitors") == 0 and rows(parts, "enquiries") == 1


def test_a_visitor_is_told_in_the_language_chosen_last(parts, exchange, coordinator):
    phone = Phone(exchange)
    phone.starts(f"i_{invite(parts, coordinator)}")
    phone.says(command="langue", argument="en")
    assert visitor(parts, phone.key).language == "en"


def test_somebody_who_was_not_invited_is_answered_in_their_language_too(exchange, coordinator):
    phone = Phone(exchange)
    assert phone.starts(language="en-GB").language == "en"
    assert phone.says(command="langue", argument="en").language == "en"


def test_who_has_left_has_to_be_invited_again(parts, exchange, coordinator):
    phone, token = Phone(exchange), invite(parts, coordinator)
    phone.starts(f"i_{token}")
    with parts.store.engine.begin() as connection:
        Visitors(connection, parts.vault).leave(phone.key, NOW)
    assert not phone.says(text="bilan").buttons
    assert phone.starts(f"i_{token}").buttons and of_territory(parts)[0].joined == 2


def test_a_question_answered_without_network_is_logged_for_those_who_joined_alone(parts, exchange, coordinator):
    with pytest.raises(QuestionRefused) as refused:
        exchange.keep_now(a_question(exchange), TODAY)
    assert refused.value.said.message == "membership.offline"
    assert rows(parts, "enquiries") == rows(parts, "events") == rows(parts, "visitors") == 0
    Phone(exchange, chat="visiteuse", channel="web").starts(f"i_{invite(parts, coordinator)}")
    exchange.keep_now(a_question(exchange), TODAY)
    exchange.keep_now(a_question(exchange, event="e2", territory="pays-exemple"), TODAY)
    exchange.keep_now(a_question(exchange, event="e3", territory="ouvert"), TODAY)
    with pytest.raises(QuestionRefused) as refused:
        exchange.keep_now(a_question(exchange, event="e4", territory="voisin"), TODAY)
    assert refused.value.said.message == "membership.offline.elsewhere"
    assert rows(parts, "enquiries") == 3


def test_whether_somebody_may_ask_is_one_read_of_an_index(parts, exchange, coordinator):
    phone = Phone(exchange)
    phone.starts(f"i_{invite(parts, coordinator)}")
    read = []

    def noted(_connection, _cursor, statement, *_rest):
        if any(table in statement for table in ("visitors", "accounts", "invitations")):
            read.append(statement)

    event.listen(parts.store.engine, "before_cursor_execute", noted)
    phone.says(text="bilan")
    assert len(read) == 1 and "FROM visitors" in read[0] and "key" in read[0].partition("WHERE")[2]
