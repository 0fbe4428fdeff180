"""The pages of exports, keys and data: who may open which, what they do, and that anybody can use them."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import expect, sync_playwright

from api.access.gate import COOKIE
from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.storage.store import Store
from tests.api.coordination import NOBODY, TERRITORY, cookie_of, log_questions, signed_in
from tests.api.examples import an_enquiry
from tests.api.kept_data import keep_everything
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path

NOW = datetime.now(UTC) - timedelta(hours=1)
FULL, EMPTY = TERRITORY, "pays-vide"
OPEN = ("/exports", "/exports/questions.csv", "/exports/doctrines.xlsx", "/exports/vignettes/dictionnaire.csv",
        "/donnees", "/donnees/registre.csv")  # fmt: skip
ADMINISTRATION = ("/exports/cles", "/donnees/personne", "/donnees/personne/efface")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A server with questions of two territories; its address, its store and its settings."""
    folder = tmp_path_factory.mktemp("data-pages")
    decided = "events: {days: 20, decided_by: Comité de pilotage, decided_on: 2026-01-15}\n"
    (folder / "retention.yaml").write_text(decided, encoding="utf-8")
    with serving(folder) as (address, settings), Store.open(settings.database_url) as store:
        yield address, store, settings


@pytest.fixture(scope="module")
def questions(site):
    _, store, _ = site
    mine = log_questions(store, 3)
    log_questions(store, 2, territory="lot")
    return mine


def form_of(client, page):
    """The mark that the page's forms bring back."""
    return {"csrf": re.search(r'name="csrf" value="([^"]+)"', client.get(page).text)[1]}


@pytest.mark.parametrize("role", [COORDINATOR, ADMINISTRATOR, NATIONAL, NOBODY])
def test_each_page_opens_to_its_roles_alone(site, questions, role):
    address, store, _ = site
    with signed_in(address, store, role) as client:
        for page in (*OPEN, *ADMINISTRATION):
            answer = client.get(page)
            if role == NOBODY:
                assert answer.status_code == 303 and answer.headers["location"].startswith("/connexion")
            else:
                allowed = page in OPEN or role == ADMINISTRATOR
                assert answer.status_code == (200 if allowed else 403), (role, page)
        for page in ("/exports/cles", "/donnees/personne", "/donnees/personne/export", "/donnees/personne/effacer"):
            expected = {NOBODY: 303, ADMINISTRATOR: 403}.get(role, 403)  # an administrator's form without its mark
            assert client.post(page, data={"reponse": questions[0]}).status_code == expected, (role, page)


@pytest.mark.parametrize(("role", "others"), [(COORDINATOR, False), (ADMINISTRATOR, False), (NATIONAL, True)])
def test_an_export_has_the_own_territory_and_nobody_in_it(site, questions, role, others):
    address, store, _ = site
    with signed_in(address, store, role) as client:
        written = client.get("/exports/questions.csv")
        assert "attachment" in written.headers["content-disposition"]
        assert questions[0] in written.text and ("q-0-lot" in written.text) is others
        assert "asker" not in written.text and "0f0f" not in written.text


def test_filters_choose_and_a_wrong_one_is_told(site, questions):
    address, store, _ = site
    with signed_in(address, store, COORDINATOR) as client:
        assert "3 questions choisies" in client.get("/exports").text
        assert "Aucune question dans cette période" in client.get("/exports?depuis=2027-01-01&jusqu=2027-01-02").text
        for wrong in ("depuis=hier", "depuis=2026-12-02&jusqu=2026-12-01", "etat=perdue"):
            refused = client.get(f"/exports?{wrong}")
            assert refused.status_code == 422 and 'role="alert"' in refused.text
            assert client.get(f"/exports/questions.xlsx?{wrong}").status_code == 422
        excel = client.get("/exports/questions.csv?excel=oui&etat=waiting").content
        assert excel.startswith(b"\xef\xbb\xbfasked_at;token;")
        assert client.get("/exports/people.csv").status_code == 404


def test_the_workbook_is_one_and_the_same_table(site, questions):
    address, store, _ = site
    with signed_in(address, store, COORDINATOR) as client:
        book = load_workbook(io.BytesIO(client.get("/exports/questions.xlsx").content))
        assert book["données"].max_row == 4 and book.sheetnames == ["données", "dictionnaire"]


def test_a_key_is_shown_once_reads_its_territory_and_ends(site, questions):
    address, store, _ = site
    with signed_in(address, store, ADMINISTRATOR) as client:
        form = form_of(client, "/exports/cles")
        assert client.post("/exports/cles", data={**form, "label": "x"}).status_code == 422
        made = client.post("/exports/cles", data={**form, "label": "Tableau de bord", "scope": "enquiries:read"})
        secret = re.search(r">(aig_[\w-]+)<", made.text)[1]
        page = client.get("/exports/cles").text
        assert "Tableau de bord" in page and secret not in page
        bearer = {"Authorization": f"Bearer {secret}"}
        found = httpx.get(f"{address}/v1/enquiries", headers=bearer).json()["enquiries"]
        assert [one["token"] for one in found] == questions[::-1]
        ending = re.search(r"/exports/cles/\d+/fin", page)[0]
        with signed_in(address, store, ADMINISTRATOR, "lot") as other:
            assert other.get(ending).status_code == 404
            assert other.post(ending, data=form_of(other, "/exports/cles")).status_code == 404
        assert client.get(ending).status_code == 200
        assert client.post(ending, data=form).status_code == 303
        assert httpx.get(f"{address}/v1/enquiries", headers=bearer).status_code == 401
        assert client.post(ending, data=form).status_code == 404


def test_the_register_says_what_was_decided_here(site):
    address, store, _ = site
    with signed_in(address, store, NATIONAL) as client:
        page = client.get("/donnees").text
        assert "20 jours" in page and "Comité de pilotage" in page
        assert "enquiries.asker" in client.get("/donnees/registre.csv").text


def test_a_person_is_found_given_out_and_erased_by_an_answer(site):
    address, store, _ = site
    with store.transaction() as journal:
        for token, territory in (("mine", TERRITORY), ("theirs", "lot")):
            journal.log(an_enquiry(token=token, asker=f"{token}-hash", territory=territory))
    with signed_in(address, store, ADMINISTRATOR) as client:
        form = form_of(client, "/donnees/personne")
        for wrong in ({}, {"reponse": "theirs"}, {"reponse": "nothing"}, {"reponse": "mine", "compte": "x"}):
            refused = client.post("/donnees/personne", data=form | wrong)
            assert refused.status_code == 422 and 'role="alert"' in refused.text
        who = form | {"reponse": "https://exemple.fr/reponse/mine"}
        assert "Questions posées" in client.post("/donnees/personne", data=who).text
        whole = client.post("/donnees/personne/export", data=who).json()
        assert whole["enquiries"][0]["token"] == "mine"
        said = client.post("/donnees/personne/export", data=who | {"forme": "texte"}).text
        assert "Ce qui est gardé de vous" in said and "Suivi à N+1" in said
        assert client.post("/donnees/personne/effacer", data=who).status_code == 422
        assert store.enquiry("mine").asker == "mine-hash"
        assert client.post("/donnees/personne/effacer", data=who | {"sur": "oui"}).status_code == 303
        assert store.enquiry("mine").asker == "" and store.enquiry("theirs").asker == "theirs-hash"


def test_an_account_of_the_territory_is_erased_but_not_one_s_own(site):
    address, store, _ = site
    store.accounts.add("madame.b@exemple.test", COORDINATOR, TERRITORY)
    with signed_in(address, store, ADMINISTRATOR) as client:
        sure = form_of(client, "/donnees/personne") | {"sur": "oui"}
        own = f"{ADMINISTRATOR}@{TERRITORY}.test"
        refused = client.post("/donnees/personne/effacer", data=sure | {"compte": own})
        assert refused.status_code == 422 and store.accounts.named(own) is not None
        assert (
            client.post("/donnees/personne/effacer", data=sure | {"compte": "madame.b@exemple.test"}).status_code == 303
        )
        assert store.accounts.named("madame.b@exemple.test") is None


SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_every_page_is_usable_by_anybody(site, questions, size, scheme):
    address, store, _ = site
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        for territory in (FULL, EMPTY):
            context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, bypass_csp=True, base_url=address)
            cookie = cookie_of(store, ADMINISTRATOR, territory)
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
            page = context.new_page()
            for path in ("/exports", "/exports/cles", "/donnees", "/donnees/personne", "/donnees/personne/efface"):
                page.goto(path)
                for details in page.locator("main details").all():
                    details.evaluate("one => one.open = true")
                _sound(page, f"{path} {territory}")
            context.close()
        browser.close()


def _sound(page, where):
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], where
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{where}: wider than the screen by {wide}px"


def test_a_key_and_a_person_by_the_keyboard_alone(site, questions):
    address, store, _ = site
    keep_everything(store, NOW, "313131313131", "madame.c@exemple.test")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        context = browser.new_context(viewport=SIZES["phone"], bypass_csp=True, base_url=address)
        context.add_cookies([{"name": COOKIE, "value": cookie_of(store, ADMINISTRATOR), "url": address}])
        page = context.new_page()
        page.goto("/exports/cles")
        page.get_by_label("Quel programme").focus()
        page.keyboard.type("Relevé")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Voici la clé")).to_be_visible()
        _sound(page, "the key")
        page.goto("/exports/cles")
        page.get_by_role("link", name="Mettre fin à la clé Relevé").click()
        _sound(page, "its end")
        page.get_by_role("button", name="Oui, y mettre fin").press("Enter")
        expect(page.get_by_text("finie le").first).to_be_visible()
        page.goto("/donnees/personne")
        page.get_by_label("Nom d’un compte").fill("madame.c@exemple.test")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Ce qui est gardé de cette personne")).to_be_visible()
        _sound(page, "a person")
        page.get_by_label("Je le confirme").press("Space")
        page.get_by_role("button", name="Effacer cette personne").press("Enter")
        expect(page.get_by_text("C’est effacé").first).to_be_visible()
        browser.close()
    assert store.accounts.named("madame.c@exemple.test") is None


def test_the_count_follows_the_filters_without_a_new_page(site, questions):
    address, store, _ = site
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        context = browser.new_context(base_url=address)
        context.add_cookies([{"name": COOKIE, "value": cookie_of(store, COORDINATOR), "url": address}])
        page = context.new_page()
        page.goto("/exports")
        expect(page.locator("#counted")).not_to_contain_text("Aucune question")
        page.get_by_label("Où en est la relecture").select_option("corrected")
        expect(page.locator("#counted")).to_contain_text("Aucune question")
        with page.expect_download() as download:
            page.get_by_role("button", name="Télécharger en CSV").click()
        assert download.value.suggested_filename == "aiguillage-questions.csv"
        browser.close()
