"""Questions that come in after the network was away: replayed, logged once, or refused in words."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import httpx
import pytest

from api.exchange import DurableExchange
from api.parts import open_parts
from api.settings import load_settings
from bot.offline_questions import OfflineQuestion, QuestionRefused, settings_key
from rules.interview import Answer
from rules.model import Convention, Territory
from tests.api.serving import serving
from tests.api.test_rulesets import publish
from tests.rulesets import renamed

TODAY = date(2026, 11, 24)
ANSWERS = (("envoi_information", "action"), ("informer_tiers", "but"))
VALLEY = Territory("vallee", "La vallée", {"option_n1": Convention(True, "le comité", TODAY)})


@pytest.fixture
def exchange(database_url, tmp_path):
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path), "AIGUILLAGE_DATABASE_URL": database_url})
    parts = open_parts(settings)
    territories = {"vallee": VALLEY}
    yield DurableExchange(parts.store, parts.rulesets, territories.get, settings.secret_key)
    parts.store.close()


def a_question(exchange, **changes):
    values = {
        "event": "e1",
        "asker": "visiteuse",
        "started": TODAY,
        "ruleset_version": exchange.rulesets.version,
        "territory": None,
        "settings": settings_key(None),
        "language": "fr",
        "answers": tuple(Answer(question, choice) for choice, question in ANSWERS),
    }
    return OfflineQuestion(**(values | changes))


def refused(exchange, **changes):
    with pytest.raises(QuestionRefused) as caught:
        exchange.keep_now(a_question(exchange, **changes), TODAY)
    assert exchange.store.count() == 0
    return caught.value.said.message


def test_a_question_is_answered_again_and_logged(exchange):
    receipt = exchange.keep_now(a_question(exchange, started=date(2026, 11, 20)), TODAY)
    (enquiry,) = exchange.store.enquiries()
    assert (enquiry.token, enquiry.channel, enquiry.facts["aujourdhui"]) == (receipt.token, "web", "2026-11-20")
    assert enquiry.answer["status"] in ("settled", "referred")
    assert receipt.notices == ()


def test_the_same_question_again_gets_the_same_receipt_and_is_not_logged_again(exchange):
    first = exchange.keep_now(a_question(exchange), TODAY)
    assert exchange.keep_now(a_question(exchange, asker="without its cookie"), TODAY) == first
    assert exchange.store.count() == 1


def test_a_question_sent_by_several_at_once_is_logged_once(exchange):
    with ThreadPoolExecutor(4) as senders:
        receipts = list(senders.map(lambda _: exchange.keep_now(a_question(exchange), TODAY), range(4)))
    assert len({receipt.token for receipt in receipts}) == 1
    assert exchange.store.count() == 1


def test_a_correction_names_the_answer_that_it_replaces(exchange):
    first = exchange.keep_now(a_question(exchange), TODAY)
    second = exchange.keep_now(a_question(exchange, event="e2", replaces="e1"), TODAY)
    assert exchange.store.enquiry(second.token).replaces == first.token


def test_answers_that_lead_nowhere_are_refused(exchange):
    short = (Answer("action", "bilan"),)
    unasked = (Answer("dst", "en_cours"), Answer("action", "bilan"))
    unknown = (Answer("action", "danser"),)
    too_many = tuple(Answer(q, c) for c, q in (*ANSWERS, ("joint", "issue_contact")))
    impossible = (Answer("action", "=2026-01-01"),)
    for answers in (short, unasked, unknown, too_many, impossible):
        assert refused(exchange, answers=answers) == "offline.refused.answers"


def test_a_version_or_a_territory_that_is_not_known_is_refused(exchange):
    assert refused(exchange, ruleset_version="0123456789ab") == "offline.refused.version"
    assert refused(exchange, territory="ailleurs") == "offline.refused.territory"


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2026, 12, 1)])
def test_a_day_too_far_away_is_refused(exchange, day):
    assert refused(exchange, started=day) == "offline.refused.day"


def test_rules_that_changed_since_are_told_and_the_question_is_logged_under_its_own(exchange):
    before = a_question(exchange)
    publish(exchange.store, renamed("Aide numérique, autrement dite"))
    exchange.rulesets.refresh()
    receipt = exchange.keep_now(before, TODAY + datetime.timedelta(days=1))
    assert exchange.store.enquiry(receipt.token).ruleset_version == before.ruleset_version
    assert exchange.rulesets.version != before.ruleset_version
    assert [notice.message for notice in receipt.notices] == ["versions.began_under"]


def test_settings_of_the_territory_that_changed_since_are_told(exchange):
    receipt = exchange.keep_now(a_question(exchange, territory="vallee"), TODAY)
    assert [notice.message for notice in receipt.notices] == ["offline.settings_changed"]
    same = a_question(exchange, event="e2", territory="vallee", settings=settings_key(VALLEY))
    assert exchange.keep_now(same, TODAY).notices == ()


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (403, {"Sec-Fetch-Site": "cross-site"}, "{}", "autre site"),
        (413, {"Sec-Fetch-Site": "same-origin"}, "a" * 20_000, "trop long"),
        (422, {"Sec-Fetch-Site": "same-origin"}, "{}", "mal formée"),
        (422, {"Sec-Fetch-Site": "same-origin"}, '{"id": 3, "answers": [[]]}', "mal formée"),
        (422, {"Sec-Fetch-Site": "same-origin"}, "[" * 5000, "mal formée"),
    ],
)
def test_what_is_no_question_of_ours_is_refused_in_words(tmp_path, status, headers, body, words):
    with serving(tmp_path) as (address, _):
        reply = httpx.post(f"{address}/hors-ligne/questions", content=body, headers=headers)
        assert (reply.status_code, words in reply.json()["said"]) == (status, True)
        assert httpx.get(f"{address}/service-worker.js").status_code == 404
        assert httpx.get(f"{address}/hors-ligne").status_code == 200
