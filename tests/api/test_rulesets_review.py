"""A ruleset is proposed by a command, tried on the log, seen group by group on its page, and then in force."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import sync_playwright

from api.access.gate import COOKIE
from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.cli import main
from api.review.replays import Replays
from api.review.rulesets import RulesetRefusedError, RulesetReview, UnknownRulesetError
from api.rulesets import Rulesets
from api.storage.publications import Kept, UnsignedError
from api.storage.store import Store
from api.territories import Territories
from rules.load import ruleset_of
from tests.api.coordination import TERRITORY, cookie_of, log_questions
from tests.api.examples import an_enquiry
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.rulesets import less_sure

FACTS = {
    "dst": "pas_fait", "but": "accompagner", "cadre_contact": "suivi", "action": "aide_dossier",
    "date_contact": "2026-11-02",
}  # fmt: skip
REFERRED = {
    "status": "referred", "missions": [], "certainty": "open", "reasons": [], "excluded": [],
    "open": {"reason": "text_silent", "decider": "cler", "question": "…"},
}  # fmt: skip


def proposal() -> Kept:
    """Rules under which a coordinator decides what the CLER did."""
    files = less_sure()
    found = ruleset_of(files).id
    return Kept(found.version, found.name, files)


@pytest.fixture
def review(store: Store) -> RulesetReview:
    return RulesetReview(store, Rulesets.open(store), Territories({}, store), Replays())


def ended(review: RulesetReview, version: str):
    """The changes, once the replay has ended."""
    deadline = time.monotonic() + 60
    while (replay := review.replay(version)).changes is None:
        assert time.monotonic() < deadline and replay.failed is None
        time.sleep(0.02)
    return replay.changes


def test_what_is_proposed_is_in_force_only_once_all_that_it_changes_was_seen(
    store: Store, review: RulesetReview
) -> None:
    by = store.accounts.add("adm@exemple.test", ADMINISTRATOR, TERRITORY)
    log_questions(store, 3, facts=FACTS, answer=REFERRED)
    kept, before = proposal(), review.rulesets.version
    store.publications.propose(kept, "coordination nationale")
    assert [(one.version, one.state) for one in review.versions()] == [(kept.version, "proposed"), (before, "in_force")]
    (change,) = ended(review, kept.version)
    assert (change.count, change.was.decider, change.becomes.decider) == (3, "cler", "coordinateur")
    with pytest.raises(UnsignedError):
        review.publish(by, kept.version)
    assert review.rulesets.version == before
    review.sign_change(by, kept.version, change.key)
    review.publish(by, kept.version)
    assert review.rulesets.version == kept.version
    assert [one.state for one in review.versions()] == ["in_force", "before"]
    with pytest.raises(UnknownRulesetError):
        review.replay(kept.version)


def test_a_question_that_came_meanwhile_must_be_seen_as_well(store: Store, review: RulesetReview) -> None:
    by = store.accounts.add("adm@exemple.test", ADMINISTRATOR, TERRITORY)
    log_questions(store, 1, facts=FACTS, answer=REFERRED)
    kept = proposal()
    store.publications.propose(kept, "coordination nationale")
    (change,) = ended(review, kept.version)
    review.sign_change(by, kept.version, change.key)
    with store.transaction() as journal:
        journal.log(an_enquiry(token="later", facts=FACTS, answer=REFERRED, territory=TERRITORY))
    ended(review, kept.version)
    with pytest.raises(UnsignedError):
        review.publish(by, kept.version)


def test_where_several_territories_ask_whoever_runs_the_installation_publishes(
    store: Store, review: RulesetReview
) -> None:
    by = store.accounts.add("adm@exemple.test", ADMINISTRATOR, TERRITORY)
    log_questions(store, 1, facts=FACTS, answer=REFERRED, territory="autre")
    store.publications.propose(proposal(), "coordination nationale")
    assert not review.may_publish(by)
    with pytest.raises(RulesetRefusedError, match="not_here"):
        review.publish(by, proposal().version)


def test_the_whole_way_in_the_browser_on_a_phone(tmp_path: Path) -> None:
    folder = tmp_path / "proposed"
    for name, text in less_sure().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    with serving(tmp_path) as (address, settings), Store.open(settings.database_url) as store:
        log_questions(store, 2, facts=FACTS, answer=REFERRED)
        command = ["rules", "publish", str(folder), "--propose", "--by", "coordination nationale"]
        done = CliRunner().invoke(main, command, env={"AIGUILLAGE_DATA_DIR": str(tmp_path)})
        assert done.exit_code == 0 and "/regles/" in done.output, done.output
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
            page = signed_in(browser, address, store, ADMINISTRATOR)
            page.click(f"a:has-text('{proposal().version}')")
            page.click("text=J’ai vu ces réponses")
            clean(page)
            page.click("text=Mettre ces règles en vigueur")
            page.wait_for_selector("text=Les nouvelles règles sont en vigueur.")
            clean(page)
            reader = signed_in(browser, address, store, NATIONAL)
            clean(reader)
            assert "pas ouverte à votre rôle" in signed_in(browser, address, store, COORDINATOR).inner_text("main")
            browser.close()


def signed_in(browser, address: str, store: Store, role: str):
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True, locale="fr")
    context.add_cookies([{"name": COOKIE, "value": cookie_of(store, role), "url": address}])
    page = context.new_page()
    page.goto(f"{address}/regles")
    return page


def clean(page) -> None:
    page.wait_for_load_state("networkidle")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
