"""Vignettes: written without names, told to every visitor, answered once, compared only when enough have answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select

from api.access.gate import COOKIE
from api.access.roles import COORDINATOR, NATIONAL
from api.review.vignettes import VignetteError, check_words, vignette_address, vignette_of
from api.storage.review_schema import audit, tidings, vignette_answers
from api.storage.store import Store
from api.storage.vault import Vault
from api.storage.visitors import Visitor, Visitors
from tests.api.coordination import TERRITORY, cookie_of, signed_in
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
FACTS = {
    "dst": "fait", "date_dst": "2025-10-12", "sr": "aucun", "accompagnement_continu": "false", "but": "accompagner",
    "cadre_contact": "suivi", "action": "bilan", "option_n1": "true", "issue_contact": "joint",
    "date_contact": "2026-11-16",
}  # fmt: skip
WORDS = {"title": "Retour en avril", "said": "Mme B., visitée le 12/10/2025, rappelle au printemps."}


@pytest.mark.parametrize(
    "said",
    ["Appeler le 06 12 34 56 78", "+33 6.12.34.56.78", "0612345678", "b.dupont@exemple.fr", "Mme Dupont rappelle"],
)
def test_what_may_tell_who_somebody_is_is_refused(said) -> None:
    with pytest.raises(VignetteError) as refused:
        check_words("Un cas", said)
    assert refused.value.field == "said"


@pytest.mark.parametrize("said", ["Mme B., visitée le 12/10/2025", "Une facture de 1 450 €", "DST du 2025-10-12"])
def test_initials_days_and_amounts_are_no_names(said) -> None:
    check_words("Un cas", said)


def test_a_forged_address_is_nobody_s() -> None:
    token = vignette_address(7, "0f-0f", "s" * 32, "").removeprefix("/cas-decole/")
    assert vignette_of(token, "s" * 32) == (7, "0f-0f")
    assert vignette_of(token.replace("7", "8", 1), "s" * 32) is None
    assert vignette_of("é", "s" * 32) is None


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("vignettes")) as (address, told), Store.open(told.database_url) as store:
        with store.engine.begin() as connection:
            known = Visitors(connection, Vault(("k" * 32,)))
            for key in ("one", "two", "three", "four"):
                known.join(Visitor(key, "web", TERRITORY, "en" if key == "two" else "fr", None), NOW)
            known.join(Visitor("elsewhere", "web", "ailleurs", "fr", None), NOW)
        yield address, store, told.secret_key


def mark(client) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', client.get("/vignettes/nouveau").text)
    assert found
    return found.group(1)


def written(client, **changes) -> str:
    """The address of a new draft."""
    made = client.post("/vignettes/nouveau", data={**WORDS, **FACTS, **changes, "csrf": mark(client)})
    assert made.status_code == 303, made.text
    return made.headers["location"]


def test_a_vignette_goes_from_draft_to_its_results(site) -> None:
    address, store, secret = site
    with signed_in(address, store, COORDINATOR) as client:
        one, csrf = written(client), {"csrf": mark(client)}
        number = int(one.rpartition("/")[2])
        pages = {key: vignette_address(number, key, secret, "") for key in ("one", "two", "three")}
        assert client.get(pages["one"]).status_code == 404
        assert client.post(f"{one}/publier", data=csrf).status_code == 303
        with store.engine.connect() as connection:
            told = connection.scalars(select(tidings.c.visitor).where(tidings.c.about == str(number))).all()
        assert sorted(told) == ["four", "one", "three", "two"]
        assert "Ce que disent les règles" not in client.get(pages["one"]).text
        for key, mission in (("one", "evaluation"), ("one", "suivi_n1"), ("two", "suivi_n1"), ("two", "nonsense")):
            assert client.post(pages[key], data={"mission": mission}).status_code == 303
        assert "What the rules say" in client.get(pages["two"]).text
        assert "Moins de 3 réponses" in client.get(one).text and "2 sur 2" not in client.get(one).text
        client.post(pages["three"], data={"mission": "ne_sait_pas"})
        assert "Suivi à N+1\u00a0: 2 sur 3" in client.get(one).text
        assert "2 sur 3" not in client.get(pages["one"]).text
        assert client.post(f"{one}/clore", data=csrf).status_code == 303
        client.post(pages["three"], data={"mission": "evaluation"})
        assert "Suivi à N+1\u00a0: 2 sur 3" in client.get(pages["one"]).text
        assert "Retour en avril;3;66,7;33,3;2" in client.get("/chiffres/agreement.csv").text
    with store.engine.connect() as connection:
        kept = connection.execute(select(vignette_answers).where(vignette_answers.c.vignette == number)).all()
        assert {row.visitor: row.mission for row in kept} == {
            "one": "suivi_n1",
            "two": "suivi_n1",
            "three": "ne_sait_pas",
        }
        wanted = select(audit.c.action).where(audit.c.subject == "vignette", audit.c.subject_id == str(number))
        actions = connection.scalars(wanted.order_by(audit.c.id))
        assert list(actions) == ["vignette.written", "vignette.published", "vignette.closed"]


def test_another_territory_s_vignette_is_not_there(site) -> None:
    address, store, _ = site
    with signed_in(address, store, COORDINATOR) as client:
        one = written(client, title="À nous seuls")
    for role, territory in ((COORDINATOR, "ailleurs"), (NATIONAL, None)):
        with signed_in(address, store, role, territory) as client:
            assert client.get(one).status_code == 404
            for change in ("publier", "clore", "effacer", "annoncer"):
                assert client.post(f"{one}/{change}", data={"csrf": mark(client)}).status_code == 404
            assert "À nous seuls" not in client.get("/vignettes").text


def test_the_national_reader_s_vignette_is_for_all_once_published_and_nobody_else_changes_it(site) -> None:
    address, store, _ = site
    with signed_in(address, store, NATIONAL, None) as national, signed_in(address, store, COORDINATOR) as client:
        one = written(national, title="Pour tous")
        assert client.get(one).status_code == 404
        national.post(f"{one}/publier", data={"csrf": mark(national)})
        assert client.get(one).status_code == 200
        assert client.post(f"{one}/clore", data={"csrf": mark(client)}).status_code == 404
    with store.engine.connect() as connection:
        told = connection.scalars(select(tidings.c.visitor).where(tidings.c.about == one.rpartition("/")[2])).all()
    assert "elsewhere" in told and len(told) == 5


def test_a_published_vignette_is_not_changed_and_a_wrong_fact_is_told_at_its_field(site) -> None:
    address, store, _ = site
    with signed_in(address, store, COORDINATOR) as client:
        one = written(client)
        csrf = mark(client)
        wrong = client.post(f"{one}/modifier", data={**WORDS, "date_dst": "hier", "csrf": csrf})
        assert wrong.status_code == 422 and 'id="date_dst-error"' in wrong.text
        client.post(f"{one}/publier", data={"csrf": csrf})
        again = client.post(f"{one}/modifier", data={**WORDS, **FACTS, "csrf": csrf})
        assert again.status_code == 422 and "déjà publié" in again.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_can_be_read_on_any_screen_without_a_violation(site, scheme, width) -> None:
    address, store, secret = site
    with signed_in(address, store, COORDINATOR) as client:
        one = written(client)
        client.post(f"{one}/publier", data={"csrf": mark(client)})
    page_of_visitor = vignette_address(int(one.rpartition("/")[2]), "four", secret, "")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale="fr-FR", bypass_csp=True
        )
        for place, territory in ((TERRITORY, TERRITORY), ("vide", "vide")):
            cookie = cookie_of(store, COORDINATOR, territory, f"{place}@ecran.test")
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
            page = context.new_page()
            for path in ("/chiffres", "/vignettes", "/vignettes/nouveau", *([one] if place == TERRITORY else [])):
                page.goto(address + path)
                assert Axe().run(page).response["violations"] == [], path
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.goto(address + page_of_visitor)
        page.get_by_role("button", name="Suivi à N+1").click()
        expect(page.get_by_role("status")).to_contain_text("Suivi à N+1")
        assert Axe().run(page).response["violations"] == []
        browser.close()
