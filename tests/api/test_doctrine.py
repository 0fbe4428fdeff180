"""A doctrine is written, signed, tried on the log, seen group by group, published; answers say it; then it ends."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from api.access.gate import COOKIE
from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.review.doctrine import DoctrineError, Doctrines, UnknownDoctrineError
from api.review.replays import Replays
from api.storage.doctrines import IN_FORCE
from api.storage.store import Store
from api.territories import Territories
from rules.compile import compile_ruleset
from rules.doctrine import is_doctrine
from rules.engine import examine
from rules.load import SLIME_PLUS, load_ruleset
from rules.model import Territory
from rules.situation import parse
from tests.api.coordination import TERRITORY, cookie_of, log_questions, signed_in
from tests.api.examples import REFERRED, an_enquiry
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.rules.test_doctrine import THREE_MONTHS, TODAY

SLIME = compile_ruleset(load_ruleset(SLIME_PLUS))
ZONE = "pause_a_trancher"
SAID = "Nous comptons un suivi à N+1 à partir de deux mois de pause."
FACTS = {**THREE_MONTHS, "date_contact": "2026-11-02"}


@pytest.fixture
def doctrines(store: Store) -> Doctrines:
    files = {TERRITORY: Territory(TERRITORY, "Pays d'exemple")}
    clock = lambda: datetime(2026, 11, 26, 9, tzinfo=UTC)  # noqa: E731
    return Doctrines(store, lambda: SLIME, Territories(files, store), Replays(), clock)


def people(store: Store) -> tuple[object, ...]:
    roles = ((COORDINATOR, TERRITORY), (ADMINISTRATOR, TERRITORY), (ADMINISTRATOR, "autre"), (NATIONAL, None))
    return tuple(store.accounts.add(f"{role}@{place}.test", role, place) for role, place in roles)


def ended(doctrines: Doctrines, by: object, number: int):
    """The changes, once the replay has ended."""
    deadline = time.monotonic() + 60
    while (replay := doctrines.replay(by, number)).changes is None:
        assert time.monotonic() < deadline and replay.failed is None
        time.sleep(0.02)
    return replay.changes


def said(doctrines: Doctrines) -> list[str]:
    situation = parse(SLIME.ruleset.vocabulary, FACTS, TODAY)
    found = examine(SLIME, situation, doctrines.territories[TERRITORY], final=True)
    assert found.status == "referred"
    return [advice.params["said"] for advice in found.advice if is_doctrine(advice)]


def test_from_the_first_word_to_the_end(store: Store, doctrines: Doctrines) -> None:
    coordinator, administrator, *_ = people(store)
    log_questions(store, 3, facts=FACTS, answer=REFERRED)
    log_questions(store, 2, facts=FACTS, answer=REFERRED, territory="autre")
    number = doctrines.write(coordinator, ZONE, ("suivi_n1",), SAID)
    assert said(doctrines) == []
    doctrines.sign(administrator, number, "Comité de pilotage", date(2026, 11, 20), TODAY)
    (change,) = ended(doctrines, administrator, number)
    assert (change.count, change.was.reason, len(change.examples)) == (3, "threshold_undefined", 3)
    with pytest.raises(DoctrineError, match="unsigned"):
        doctrines.publish(administrator, number)
    doctrines.sign_change(administrator, number, change.key)
    doctrines.publish(administrator, number)
    assert (doctrines.one(coordinator, number).state, said(doctrines)) == (IN_FORCE, [SAID])
    doctrines.end(administrator, number)
    assert said(doctrines) == []


def test_questions_that_came_meanwhile_must_be_seen_as_well(store: Store, doctrines: Doctrines) -> None:
    coordinator, administrator, *_ = people(store)
    log_questions(store, 2, facts=FACTS, answer=REFERRED)
    number = doctrines.write(coordinator, ZONE, (), SAID)
    doctrines.sign(administrator, number, "Comité de pilotage", TODAY, TODAY)
    (change,) = ended(doctrines, administrator, number)
    doctrines.sign_change(administrator, number, change.key)
    with store.transaction() as journal:
        journal.log(an_enquiry(token="later", facts=FACTS, answer=REFERRED, territory=TERRITORY))
    ended(doctrines, administrator, number)
    with pytest.raises(DoctrineError, match="unsigned"):
        doctrines.publish(administrator, number)


def test_a_newer_one_takes_the_place_of_the_one_in_force(store: Store, doctrines: Doctrines) -> None:
    coordinator, administrator, *_ = people(store)
    for text in (SAID, "Désormais, trois mois."):
        number = doctrines.write(coordinator, ZONE, (), text)
        doctrines.sign(administrator, number, "Comité de pilotage", TODAY, TODAY)
        ended(doctrines, administrator, number)
        doctrines.publish(administrator, number)
    assert said(doctrines) == ["Désormais, trois mois."]
    assert [one.state for one in doctrines.seen_by(coordinator)] == ["in_force", "ended"]


def test_only_the_territory_writes_and_only_its_administrator_goes_on(store: Store, doctrines: Doctrines) -> None:
    coordinator, administrator, neighbour, national = people(store)
    number = doctrines.write(coordinator, ZONE, (), SAID)
    with pytest.raises(UnknownDoctrineError):
        doctrines.write(national, ZONE, (), SAID)
    with pytest.raises(UnknownDoctrineError):
        doctrines.sign(coordinator, number, "Comité", TODAY, TODAY)
    for stranger in (neighbour,):
        with pytest.raises(UnknownDoctrineError):
            doctrines.one(stranger, number)
        with pytest.raises(UnknownDoctrineError):
            doctrines.end(stranger, number)
    assert doctrines.one(national, number).said == SAID
    with pytest.raises(DoctrineError, match="future"):
        doctrines.sign(administrator, number, "Comité", date(2026, 12, 1), TODAY)


@pytest.mark.parametrize(
    ("zone", "missions", "text", "code"),
    [
        ("nowhere", (), SAID, "zone"),
        (ZONE, (), "", "empty"),
        (ZONE, (), "x" * 601, "long"),
        (ZONE, ("evaluation",), SAID, "missions"),
        (ZONE, (), "Appelez le 01 23 45 67 89.", "personal"),
        ("dates_de_sr_sans_sr", (), SAID, "zone"),
    ],
)
def test_what_cannot_be_written_is_refused(
    store: Store, doctrines: Doctrines, zone: str, missions: tuple[str, ...], text: str, code: str
) -> None:
    coordinator, *_ = people(store)
    with pytest.raises(DoctrineError) as refused:
        doctrines.write(coordinator, zone, missions, text)
    assert refused.value.code == code
    assert doctrines.seen_by(coordinator) == []


def test_the_whole_way_in_the_browser(tmp_path: Path) -> None:
    """On a phone; no page breaks a rule of accessibility; then the API says the doctrine."""
    with serving(tmp_path) as (address, settings), Store.open(settings.database_url) as store:
        log_questions(store, 2, facts=FACTS, answer=REFERRED)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
            context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True, locale="fr")
            cookie = cookie_of(store, ADMINISTRATOR)
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
            page = context.new_page()
            page.goto(f"{address}/doctrine")
            clean(page)
            page.click("text=Écrire une doctrine")
            clean(page)
            page.click("text=à partir de combien de mois de pause")
            page.fill("textarea", SAID)
            page.check("input[value=suivi_n1]")
            clean(page)
            page.click("text=Garder ce texte")
            page.fill("#instance", "Comité de pilotage")
            page.fill("#decide_le", "2026-11-20")
            clean(page)
            page.click("button:has-text('Signer')")
            page.click("text=J’ai vu ces réponses")
            clean(page)
            page.click("button:has-text('Publier')")
            page.wait_for_selector("text=En vigueur")
            clean(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.goto(f"{address}/doctrine")
            clean(page)
            browser.close()
        with signed_in(address, store, COORDINATOR) as client:
            asked = {"situation": FACTS, "territory": TERRITORY, "final": True}
            found = client.post("/v1/decisions", json=asked).json()
            assert found["status"] == "referred"
            assert SAID in found["advice"][0] and "Ce n’est pas le texte" in found["advice"][0]
            assert re.search("Comité de pilotage", client.get("/doctrine").text)


def clean(page) -> None:
    page.wait_for_load_state("networkidle")
    assert Axe().run(page).response["violations"] == []
