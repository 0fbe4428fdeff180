"""The queue and its questions over HTTP: what each role sees and may do, the forms, and what is refused in words."""

from __future__ import annotations

import asyncio
import html
import re
from datetime import date

import pytest
from sqlalchemy import select

from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.parts import open_parts
from api.review.verdicts import Verdicts
from api.settings import load_settings
from api.storage.review_schema import audit, reviews
from api.storage.store import Store
from api.storage.verdicts import Opinion, verdict_that_counts
from bot.messages import Incoming
from tests.api.coordination import NOBODY, TERRITORY, an_invitation, signed_in
from tests.api.examples import REFERRED, an_enquiry
from tests.api.serving import serving

SETTLED = {"status": "settled", "missions": ["soutien_renforce"], "certainty": "stated", "flips": []}
PHONE = "06 12 34 56 78"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    with serving(folder) as (address, settings), Store.open(settings.database_url) as store:
        yield address, store


@pytest.fixture
def store(site):
    return site[1]


@pytest.fixture
def asked(store, request):
    """A settled question of the territory, and its token."""
    token = re.sub(r"\W", "-", request.node.name)[:60]
    with store.transaction() as journal:
        journal.log(an_enquiry(token=token, territory=TERRITORY, answer=SETTLED))
    return token


def client(site, role=COORDINATOR, territory=TERRITORY):
    return signed_in(site[0], site[1], role, territory)


def mark(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


def post(browser, token, where, **form):
    page = browser.get(f"/revue/{token}")
    return browser.post(f"/revue/{token}/{where}", data={"csrf": mark(page), **form})


def state(store, token):
    with store.engine.connect() as connection:
        return connection.scalar(select(reviews.c.state).where(reviews.c.token == token))


@pytest.mark.parametrize("role", [COORDINATOR, ADMINISTRATOR, NATIONAL])
def test_the_queue_is_read_by_each_role(site, asked, role):
    with client(site, role) as browser:
        assert f'href="/revue/{asked}"' in browser.get("/revue").text
        assert browser.get(f"/revue/{asked}").status_code == 200


@pytest.mark.parametrize("path", ["/revue", "/revue/x"])
def test_nobody_signed_in_is_led_to_the_sign_in(site, path):
    with client(site, NOBODY) as browser:
        answered = browser.get(path)
    assert answered.status_code == 303 and answered.headers["location"].startswith("/connexion?vers=")


def test_another_territory_finds_nothing_at_its_address(site, asked):
    with client(site, COORDINATOR, "gard") as browser:
        assert asked not in browser.get("/revue?etat=all").text
        refused = browser.get(f"/revue/{asked}")
        assert refused.status_code == 404 and "appartient à un autre territoire" in refused.text
        csrf = mark(browser.get("/revue"))
        for where in ("verdict", "apercu", "modifier", "assigner", "second-avis"):
            sent = browser.post(f"/revue/{asked}/{where}", data={"csrf": csrf, "avis": "confirmed", "a": "1"})
            assert sent.status_code == 404


def test_the_national_reader_is_shown_no_form_no_name_and_no_asker(site, store, asked):
    with client(site) as browser:
        post(browser, asked, "assigner", a=str(store.accounts.named(f"coordinator@{TERRITORY}.test").id))
    with client(site, NATIONAL) as browser:
        page = browser.get(f"/revue/{asked}").text
        assert TERRITORY in page and f"coordinator@{TERRITORY}.test" not in page and an_enquiry().asker not in page
        assert "/verdict" not in page and "/apercu" not in page
        refused = browser.post(f"/revue/{asked}/verdict", data={"avis": "confirmed"})
    assert refused.status_code == 403 and state(store, asked) == "waiting"


def test_a_verdict_is_looked_at_then_sent_then_kept_once(site, store, asked):
    form = {"avis": "corrected", "mission": "suivi_n1", "motif": "Une pause de quatre mois.", "enonces": "24, 21"}
    with client(site) as browser:
        looked = post(browser, asked, "apercu", **form)
        assert looked.status_code == 200 and state(store, asked) == "waiting"
        for said in ("Suivi à N+1", "Une pause de quatre mois.", "Énoncés cités", "Telegram", "page web"):
            assert (said in looked.text) == (said != "Telegram")
        edited = post(browser, asked, "modifier", **form)
        assert "Une pause de quatre mois.</textarea>" in edited.text and 'value="21, 24"' in edited.text
        sent = post(browser, asked, "verdict", **form)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/revue/{asked}?fait=corrected#fait")
        page = browser.get(sent.headers["location"]).text
    assert "C’est corrigé" in page and "Avis rendu par vous" in page
    with store.engine.connect() as connection:
        found = verdict_that_counts(connection, asked)
    assert found.opinion == Opinion("corrected", ("suivi_n1",), "Une pause de quatre mois.", (21, 24))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"avis": "corrected", "motif": "Oui"}, "Choisissez la bonne mission"),
        ({"avis": "corrected", "mission": "soutien_renforce", "motif": "Oui"}, "déjà la réponse"),
        ({"avis": "corrected", "mission": ["amont", "suivi_n1"], "motif": "Oui"}, "ne vont pas ensemble"),
        ({"avis": "corrected", "mission": "suivi_n1"}, "Dites pourquoi"),
        ({"avis": "to_cler"}, "Dites ce que le texte ne dit pas"),
        ({"avis": "returned"}, "Écrivez votre question"),
        ({"avis": "confirmed", "motif": f"Appeler le {PHONE}"}, f"«\u00a0{PHONE}\u00a0» ressemble à un numéro"),
        ({"avis": "confirmed", "motif": "x" * 1001}, "1001 signes"),
        ({"avis": "to_cler", "motif": "Oui", "enonces": "21, 999"}, "999"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(site, store, asked, form, said):
    with client(site) as browser:
        for where in ("apercu", "verdict"):
            refused = post(browser, asked, where, **form)
            assert refused.status_code == 422 and said in refused.text
    assert state(store, asked) == "waiting"


@pytest.mark.parametrize("form", [{}, {"avis": "maybe"}, {"avis": "confirmed", "compte": "x"}])
def test_a_form_that_no_page_made_is_refused(site, store, asked, form):
    with client(site) as browser:
        assert post(browser, asked, "verdict", **form).status_code == 422
    assert state(store, asked) == "waiting"


def test_who_judges_second_sees_the_first_verdict_and_may_replace_it(site, store, asked):
    form = {"avis": "corrected", "mission": "suivi_n1", "motif": "Une pause."}
    with client(site) as first, client(site, ADMINISTRATOR) as second:
        opened = mark(second.get(f"/revue/{asked}"))
        post(first, asked, "verdict", avis="confirmed", motif="Tout est clair.")
        refused = second.post(f"/revue/{asked}/verdict", data={"csrf": opened, "compte": "", **form})
        assert refused.status_code == 409
        for said in ("quelqu’un d’autre a rendu un avis", "Tout est clair.", "Une pause.</textarea>"):
            assert said in refused.text
        counted = re.search(r'name="compte" value="(\d+)"', refused.text)[1]
        looked = post(second, asked, "apercu", compte=counted, **form)
        assert "Cela remplacera l’avis" in looked.text
        assert post(second, asked, "verdict", compte=counted, **form).status_code == 303
        history = second.get(f"/revue/{asked}").text
    assert state(store, asked) == "corrected" and "remplacé depuis" in history


def test_a_second_opinion_is_shown_beside_and_the_first_account_then_decides(site, store, asked):
    with client(site) as first, client(site, ADMINISTRATOR) as second:
        post(first, asked, "second-avis", demande="1")
        assert asked in second.get("/revue?qui=second").text
        assert "demande un second avis" in second.get(f"/revue/{asked}").text
        told = post(second, asked, "verdict", avis="confirmed", motif="Je suis d’accord.", second="1")
        assert told.headers["location"].endswith("?fait=second#fait") and state(store, asked) == "waiting"
        again = post(second, asked, "verdict", avis="confirmed", second="1")
        assert again.status_code == 409 and "n’est plus demandé" in again.text
        assert "Second avis donné" in first.get("/revue?qui=mine").text
        page = first.get(f"/revue/{asked}").text
        assert "Je suis d’accord." in page and "second avis" in page
        post(first, asked, "verdict", avis="confirmed")
    assert state(store, asked) == "confirmed"


def test_a_question_is_taken_from_the_list_with_and_without_htmx(site, store, asked):
    account = store.accounts.named(f"coordinator@{TERRITORY}.test") or store.accounts.add(
        f"coordinator@{TERRITORY}.test", COORDINATOR, TERRITORY
    )
    with client(site) as browser:
        csrf = mark(browser.get("/revue"))
        form = {"csrf": csrf, "de": "liste", "a": str(account.id)}
        taken = browser.post(f"/revue/{asked}/assigner?mission=suivi_n1", data=form)
        assert taken.headers["location"] == f"/revue?mission=suivi_n1#q-{asked}"
        part = browser.post(f"/revue/{asked}/assigner", data=form | {"a": ""}, headers={"HX-Request": "true"})
        assert part.text.lstrip().startswith(f'<li id="q-{asked}"') and "Prendre" in part.text
        assert browser.post(f"/revue/{asked}/assigner", data=form | {"a": "9999"}).status_code == 404
    with store.engine.connect() as connection:
        noted = select(audit.c.action).where(audit.c.subject_id == asked).order_by(audit.c.id)
        assert connection.scalars(noted).all() == ["question.assigned", "question.released"]


def test_filters_stay_in_the_address_and_htmx_gets_the_list_alone(site, asked):
    with client(site) as browser:
        page = browser.get("/revue?mission=soutien_renforce&langue=fr")
        assert f"/revue/{asked}?mission=soutien_renforce&amp;langue=fr" in page.text
        part = browser.get("/revue?mission=soutien_renforce", headers={"HX-Request": "true"})
        assert part.text.lstrip().startswith('<section id="queue"') and asked in part.text
        question = browser.get(f"/revue/{asked}?mission=soutien_renforce")
        assert f'href="/revue?mission=soutien_renforce#q-{asked}"' in question.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("du=2026-02-30", "2026-02-30"),
        ("du=2026-03-01&au=2026-02-01", "finit avant de commencer"),
        ("mission=sr", "n’existe pas"),
        ("etat=confirmed&qui=mine&mission=amont&langue=en", "ne correspond à tous ces filtres"),
        ("apres=waiting.3.0.0", "Rien de plus ici"),
        ("apres=x&avant=waiting.9.1.1", ""),
        ("etat=to_cler&apres=confirmed.0.99999999999999999.1", ""),
    ],
)
def test_what_cannot_be_read_or_found_is_said(site, asked, query, said):
    with client(site) as browser:
        page = browser.get(f"/revue?{query}")
    assert page.status_code == 200 and said in page.text


def test_an_empty_queue_says_what_to_do_next(site):
    with client(site, COORDINATOR, "vide") as browser:
        page = browser.get("/revue").text
    assert "Rien n’attend votre avis." in page and "/revue?etat=returned" in page


def test_a_period_is_of_days_in_paris(site, store):
    with store.transaction() as journal:
        late = an_enquiry(token="late", territory="jour", answer=SETTLED)
        journal.log(late)
    with client(site, COORDINATOR, "jour") as browser:
        day = late.asked_at.date()  # 9 h UTC: the same day in Paris
        assert "/revue/late" in browser.get(f"/revue?du={day}&au={day}").text
        assert "/revue/late" not in browser.get("/revue?au=2026-11-23").text


async def answered(exchange, today, invitation):
    """The token of a question that a visitor answered on the web chat."""
    press = lambda number, **more: Incoming("web", f"e{number}", "visitor", today, territory=TERRITORY, **more)  # noqa: E731
    reply = await exchange.take(press(0, command="start", argument=f"i_{invitation}"))
    for number in range(1, 20):
        if reply.share:
            return reply.share
        reply = await exchange.take(press(number, button=reply.buttons[0][0].data))
    raise AssertionError("the interview did not end")


def test_the_visitor_s_own_replies_and_answer_are_read(site, store, tmp_path):
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path), "AIGUILLAGE_DATABASE_URL": str(store.engine.url)})
    parts = open_parts(settings)
    try:
        account = store.accounts.add("invites@exemple.test", COORDINATOR, TERRITORY)
        token = asyncio.run(answered(parts.exchange, date(2026, 11, 24), an_invitation(store, account)))
    finally:
        parts.store.close()
    with client(site) as browser:
        page = html.unescape(browser.get(f"/revue/{token}").text)
    for said in ("<dt>Qu'avez-vous fait", "<dd>Nouvelle visite", "Réponse", "Énoncé n°", "Atelier n°2"):
        assert said in page, said


def test_a_referred_question_says_who_decides_and_why_it_is_here(site, store):
    with store.transaction() as journal:
        journal.log(an_enquiry(token="silent", territory="seul", answer=REFERRED))
    with client(site, COORDINATOR, "seul") as browser:
        page = browser.get("/revue").text
    assert "À trancher par le CLER" in page and "quelques mois" in page and "Le texte ne tranche pas" in page


def test_each_verdict_calls_what_follows_it(site, store, asked):
    account = store.accounts.named(f"coordinator@{TERRITORY}.test")
    called = []
    jobs = type("Nothing", (), {"add": lambda *_: None})()
    Verdicts(store, jobs, lambda connection, number: called.append(number)).give(account, asked, Opinion("confirmed"))
    assert len(called) == 1
