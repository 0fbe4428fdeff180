"""A native reader opens a link, reads beside the French, answers without an account, and the answer is marked."""

from __future__ import annotations

import re
from datetime import date, timedelta

import httpx
import pytest
from click.testing import CliRunner
from playwright.sync_api import expect, sync_playwright

from api.app import create_app
from api.cli import main
from api.pages.reading import reading_page
from api.reading_links import Invitation, InvitationError, opened, sign
from api.settings import load_settings
from api.storage import Store
from api.storage.readings import RIGHT, TO_CORRECT, Verdict
from bot.followup.catalog import catalog, po_file
from bot.followup.reading import seen
from bot.followup.templates import templates
from bot.wording import LOCALES
from tests.api.examples import MORNING
from tests.api.serving import free_port, running
from tests.chromium import LAUNCH_ARGS, chromium_path

DAY = date(2026, 11, 25)
SECRET = "s" * 40
PART = "rendez_vous_confirmation"


def invitation(part=PART, language="en", until=DAY, **changes):
    hashed = seen(part, catalog(language), catalog("fr"), templates())
    return Invitation(
        **{"language": language, "part": part, "seen": hashed, "reader": "relectrice", "until": until} | changes
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("data"), free_port()
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(folder)})
    app = create_app(settings)
    app.router.routes[:0] = reading_page(app.state.parts.store, settings.secret_key, lambda: DAY)  # before its own
    with running(app, port):
        yield f"http://127.0.0.1:{port}", settings


def address(server, **changes):
    url, settings = server
    return f"{url}/relire/{sign(invitation(**changes), settings.secret_key)}"


def kept(server):
    with Store.open(server[1].database_url) as store:
        return [reading.verdict for reading in store.readings.last()]


def test_a_link_carries_its_invitation_until_its_day():
    invited = invitation(reader="médiatrice, CCAS de Limoux")
    token = sign(invited, SECRET)
    assert opened(token, SECRET, DAY) == invited
    with pytest.raises(InvitationError, match=r"followup\.reading\.expired"):
        opened(token, SECRET, DAY + timedelta(days=1))


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "é." + t, lambda t: "", lambda t: "."]
)
def test_a_link_that_was_changed_opens_nothing(change):
    with pytest.raises(InvitationError, match=r"followup\.reading\.unknown"):
        opened(change(sign(invitation(), SECRET)), SECRET, DAY)
    with pytest.raises(InvitationError, match=r"followup\.reading\.unknown"):
        opened(sign(invitation(), SECRET), "t" * 40, DAY)


def test_the_page_shows_both_texts_with_example_values_and_no_name_of_anybody(server):
    page = httpx.get(address(server))
    assert page.status_code == 200
    for text in ("Jour\u202f: mercredi 06/01/2027", "Day: Wednesday 6 January 2027", "That is fine", "C’est juste"):
        assert text in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_an_answer_is_kept_with_the_hash_of_what_was_read(server):
    asked = address(server, reader="première relectrice")
    answered = httpx.post(asked, data={"verdict": "right", "proposal": ""}, follow_redirects=True)
    assert "Votre réponse est gardée" in answered.text
    verdict = Verdict("en", PART, invitation().seen, "première relectrice", RIGHT, None)
    assert kept(server).count(verdict) == 1
    httpx.post(asked, data={"verdict": "to_correct", "proposal": "Your visit is noted."})
    last = [one for one in kept(server) if one.reader == "première relectrice"]
    assert [(one.verdict, one.proposal) for one in last] == [(TO_CORRECT, "Your visit is noted.")]


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        ({"verdict": "to_correct", "proposal": " "}, 422, "Écrivez d’abord ce qu’il faudrait dire"),
        ({"verdict": "to_correct", "proposal": "x" * 2001}, 422, "2000 caractères au plus"),
        ({"verdict": "approve"}, 422, "card--notice"),
        ({"verdict": "right", "proposal": "x" * 20000}, 413, "card--notice"),
    ],
)
def test_an_answer_that_says_nothing_is_not_kept(server, data, status, said):
    answer = httpx.post(address(server, reader="muette"), data=data)
    assert answer.status_code == status
    assert said in answer.text
    assert "muette" not in [one.reader for one in kept(server)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": DAY - timedelta(days=1)}, "sa date est passée"),
        ({"seen": "0000000000"}, "Le texte a changé depuis"),
        ({"language": "de", "seen": "0", "part": PART}, "Le texte a changé depuis"),
    ],
)
def test_a_link_that_is_past_or_shows_another_text_is_refused_in_words(server, changes, said):
    url, settings = server
    base = invitation()
    fields = {name: changes.get(name, getattr(base, name)) for name in ("language", "part", "seen", "reader", "until")}
    link = f"{url}/relire/{sign(Invitation(**fields), settings.secret_key)}"
    for answer in (httpx.get(link), httpx.post(link, data={"verdict": "right"})):
        assert answer.status_code == 404
        assert said in answer.text


@pytest.mark.parametrize("part", ["words", "choices: sujets", "choix_langue", PART])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_whole_on_a_phone_and_blocked_by_nothing(server, scheme, part):
    told = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, locale="fr-FR")
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.goto(address(server, part=part, reader=f"{scheme} {part}"))
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        page.get_by_label("Que faudrait-il écrire").fill("Like this")
        page.get_by_role("button", name="À corriger").click()
        expect(page.get_by_role("status")).to_contain_text("Merci")
        browser.close()
    assert told == []


def test_verdicts_are_kept_the_last_of_each_reader(database_url):
    times = iter(MORNING + timedelta(minutes=n) for n in range(10))
    with Store.open(database_url, clock=lambda: next(times)) as store:
        assert store.readings.last() == []
        first, second = (Verdict("ar", PART, "a", reader, RIGHT) for reader in ("une", "deux"))
        changed = Verdict("ar", PART, "b", "une", TO_CORRECT, "كذا")
        for verdict in (first, second, changed):
            store.readings.add(verdict)
        assert [(r.verdict, r.read_at) for r in store.readings.last()] == [
            (second, MORNING + timedelta(minutes=1)),
            (changed, MORNING + timedelta(minutes=2)),
        ]


@pytest.fixture
def locales(tmp_path, monkeypatch):
    """A command, a database of its own, and a copy of the catalogs in which nobody has reviewed anything."""
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path / "data"))
    for language in ("fr", "en"):
        file = po_file(language, tmp_path)
        file.parent.mkdir(parents=True)
        text = re.sub(r"#\. reviewed-.*\n", "", po_file(language, LOCALES).read_text(encoding="utf-8"))
        file.write_text(text.replace("#. state: reviewed", "#. state: draft"), encoding="utf-8")

    def run(*words):
        done = CliRunner().invoke(main, ["locales", *words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return tmp_path, run


def answer(*verdicts):
    with Store.open(load_settings().database_url) as store:
        for part, reader, verdict, changes in verdicts:
            hashed = seen(part, catalog("en"), catalog("fr"), templates())
            store.readings.add(
                Verdict("en", part, changes.get("seen", hashed), reader, verdict, changes.get("proposal"))
            )


def test_what_readers_found_right_is_marked_and_what_they_dispute_is_not(locales):
    folder, run = locales
    assert "Personne n’a encore répondu." in run("readings", "--locales", str(folder)).output
    answer(
        (PART, "une", RIGHT, {}),
        ("sr_relais", "une", RIGHT, {}),
        ("sr_relais", "deux", TO_CORRECT, {"proposal": "Another team continues."}),
        ("n1_resume", "une", RIGHT, {"seen": "0"}),
    )
    seen_only = run("readings", "--locales", str(folder))
    for said in (
        "rendez_vous_confirmation\u202f: juste, selon une",
        "Another team continues.",
        "le texte a changé depuis",
        "--apply",
    ):
        assert said in seen_only.output
    assert "reviewed" not in po_file("en", folder).read_text(encoding="utf-8")
    applied = run("readings", "--apply", "--locales", str(folder))
    assert "sr_relais\u202f: pas noté comme relu" in applied.stderr
    assert "4 textes notés comme relus" in applied.output
    assert po_file("en", folder).read_text(encoding="utf-8").count("#. reviewed-by: une") == 4
    again = run("readings", "--apply", "--locales", str(folder))
    assert "notés comme relus" not in again.output


def test_links_are_made_for_each_message_and_open_it(locales):
    _, run = locales
    made = run("invite", "en", "M05", "words", "--by", "médiatrice")
    assert made.exit_code == 0, made.output
    links = [line.rpartition("/relire/")[2] for line in made.stdout.splitlines()]
    assert [opened(link, load_settings().secret_key, date.today()).part for link in links] == [PART, "words"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("invite", "en", "M77", "--by", "x"), "n’est pas une partie du catalogue"),
        (("invite", "fr", "--by", "x"), "le français est la source"),
        (("invite", "en", "--by", ""), "dites qui a relu, par son rôle"),
        (("invite", "xx", "--by", "x"), "Pour en ajouter une"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_in_words(locales, words, said):
    refused = locales[1](*words)
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.replace("│", " ").split())
