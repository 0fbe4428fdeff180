"""The web chat in a real Chromium, over a scripted conversation: what a visitor sees, taps and shares."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import httpx
import pytest
import uvicorn
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from starlette.applications import Starlette

from bot import wording as words
from bot.channels.web import web_routes
from bot.channels.web_page.assets import read_assets
from bot.channels.web_page.pages import read_pages
from bot.expert import EXPERT_FORM, FieldErrors
from bot.messages import Button, Incoming, Reply, Section, Text

TODAY = date(2026, 11, 24)
PAGE = Path(__file__).parents[2] / "bot" / "channels" / "web_page"
SCRIPT = {
    "fr": {
        "script.step": "Question {step} sur 3",
        "script.back": "Retour",
        "script.restart": "Recommencer",
        "script.correct": "Corriger : réponse {number}",
        "script.help": "Répondez en touchant un bouton.",
        "script.unread": "Je n’ai pas compris. Touchez une des réponses.",
        "script.stale": "Cette réponse était celle d’une question passée.",
        "script.over": "Cela relève de",
        "mission.suivi_n1": "Suivi N+1",
        "script.certainty": "C’est dit dans le texte.",
        "script.why": "Pourquoi",
        "script.reason.pause": "Il y a eu une pause dans l’accompagnement : énoncé {statement}, {source}.",
        "script.reason.delay": "Quelques mois suffisent : énoncé {statement}, {source}.",
        "script.source": "Atelier n°2, introduction",
        "script.excluded": "Ce que ce n’est pas",
        "script.excluded.sr": "Pas un soutien renforcé : l’accompagnement n’a pas continué (énoncé 21).",
        "script.flips": "Ce qui changerait la réponse",
        "script.flip": "« {fact} » : {value}. Ce serait alors un soutien renforcé.",
        "script.open": "Ce qui reste ouvert",
        "script.open.who": "Le texte ne dit pas ce que veut dire « quelques mois ». Le CLER en décide.",
        "script.open.ask": "À partir de combien de mois sans contact une pause en est-elle une ?",
        "script.advice": "Conseil",
        "script.advice.alert": "Prévenez le donneur d’alerte des suites données.",
        "script.given": "{question} : {answer}",
        "script.wrong": "Cette date n’existe pas. Écrivez l’année, le mois et le jour.",
    },
    "en": {
        "script.step": "Question {step} of 3",
        "script.back": "Back",
        "script.restart": "Start again",
        "script.correct": "Correct: answer {number}",
        "script.help": "Answer by tapping a button.",
    },
}
QUESTIONS = (
    ("action", ("nouvelle_visite_apres_chauffe", "bilan", "relance_relais", "conseil")),
    ("accompagnement_continu", ("true", "false")),
    ("sr", ("aucun", "en_cours", "termine")),
)


def question(step: int, answers: tuple[str, ...], notice: str | None = None, language: str = "fr") -> Reply:
    """The question of a step; the answer after the last one."""
    given = tuple(
        Text(
            "script.given",
            {
                "question": Text(f"fact.{fact}.hint"),
                "answer": Text(f"value.{fact}.{value}"),
                "given": f"{fact} {value}",
            },
        )
        for (fact, _), value in zip(QUESTIONS, answers, strict=False)
    )
    correct = tuple(
        (Button(f"c:{i}:{QUESTIONS[i][0]}", Text("script.correct", {"number": i + 1}), "correct"),)
        for i in range(len(given))
    )
    restart = (Button("restart", Text("script.restart"), "restart"),)
    above = (Section("recap", given),) if given else ()
    above += (Section("notice", (Text(notice),)),) if notice else ()
    if step == len(QUESTIONS):
        return Reply((*above, *answer_sections()), (*correct, restart), share="token-1", language=language)
    fact, values = QUESTIONS[step]
    choices = tuple((Button(f"{step}:{value}", Text(f"value.{fact}.{value}")),) for value in values)
    skip = (Button(f"{step}:inconnu", Text("value.unknown"), "skip"),)
    back = (Button("back", Text("script.back"), "back"), *restart) if step else ()
    asked = (
        Section("progress", (Text("script.step", {"step": step + 1}),)),
        Section("question", (Text(f"fact.{fact}.hint"),)),
    )
    return Reply((*above, *asked), (*choices, skip, back, *correct), language=language)


def answer_sections() -> tuple[Section, ...]:
    source = Text("script.source")
    reasons = (
        Text("script.reason.pause", {"statement": 23, "source": source}),
        Text("script.reason.delay", {"statement": 22, "source": source}),
    )
    flip = {"fact": Text("fact.accompagnement_continu"), "value": Text("value.accompagnement_continu.true")}
    return (
        Section("answer", (Text("mission.suivi_n1"), Text("script.certainty")), Text("script.over")),
        Section("reasons", reasons, Text("script.why")),
        Section("excluded", (Text("script.excluded.sr"),), Text("script.excluded")),
        Section("flips", (Text("script.flip", flip),), Text("script.flips")),
        Section("open", (Text("script.open.who"), Text("script.open.ask")), Text("script.open")),
        Section("advice", (Text("script.advice.alert"),), Text("script.advice")),
    )


@dataclass
class ScriptedExchange:
    """Three questions and an answer, kept for each asker; every event is taken in once and recorded."""

    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    shown_events: set[str] = field(default_factory=set)
    taken: list[Incoming] = field(default_factory=list)

    async def take(self, incoming: Incoming) -> Reply | None:
        if incoming.event in self.shown_events:
            return None
        if incoming.event not in self.replies:
            self.taken.append(incoming)
            self.replies[incoming.event] = self._reply(incoming)
        return self.replies[incoming.event]

    async def understood(self, incoming: Incoming) -> Reply | None:
        return None

    async def shown(self, incoming: Incoming) -> None:
        self.shown_events.add(incoming.event)

    @property
    def presses(self) -> list[str]:
        return [i.button for i in self.taken if i.button]

    def _reply(self, incoming: Incoming) -> Reply:
        asker = incoming.asker
        language = self.languages.setdefault(asker, incoming.language or "fr")
        answers, notice = self.answers.get(asker, ()), None
        step, _, value = (incoming.button or "").partition(":")
        if incoming.command == "langue":
            language = self.languages[asker] = incoming.argument or language
        elif incoming.command == "aide":
            notice = "script.help"
        elif incoming.text:
            notice = "script.unread"
        elif incoming.button == "back":
            answers = answers[:-1]
        elif incoming.button == "restart":
            answers = ()
        elif step == "c":
            answers = answers[: int(value.partition(":")[0])]
        elif step == str(len(answers)):
            answers = (*answers, value)
        elif incoming.button:
            notice = "script.stale"
        self.answers[asker] = answers
        return question(len(answers), answers, notice, language)


async def answer_page(token: str, language: str) -> Reply | None:
    return Reply(answer_sections(), share=token, language="fr") if token == "token-1" else None


async def decide(facts: Mapping[str, object], language: str) -> Reply | FieldErrors:
    if facts.get("date_dst") == "2026-02-30":
        return FieldErrors({"date_dst": (Text("script.wrong"),)})
    decided.append(facts)
    return Reply(answer_sections(), share="token-1", language=language)


decided: list[Mapping[str, object]] = []


def compiled(po: Path | str, mo: Path) -> None:
    lines = po.read_bytes().splitlines(True) if isinstance(po, Path) else po.encode().splitlines(True)
    with mo.open("wb") as file:
        write_mo(file, read_po(iter(lines)))


def script_catalog(language: str) -> str:
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    said = {**SCRIPT["fr"], **SCRIPT[language]}
    return header + "".join(f'msgid "{key}"\nmsgstr "{sentence}"\n\n' for key, sentence in said.items())


@pytest.fixture(scope="module", autouse=True)
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The page's own catalogs and the script's words, in place of the conversation's."""
    folder = tmp_path_factory.mktemp("locales")
    with pytest.MonkeyPatch.context() as patch:
        for language in ("fr", "en"):
            target = folder / language / "LC_MESSAGES"
            target.mkdir(parents=True)
            for domain in ("web", "offline", "facts", "speech", "understanding"):
                compiled(words.LOCALES / language / "LC_MESSAGES" / f"{domain}.po", target / f"{domain}.mo")
            compiled(script_catalog(language), target / "messages.mo")
        patch.setattr(words, "LOCALES", folder)
        words.languages.cache_clear()
        words.wording.cache_clear()
        yield
    words.languages.cache_clear()
    words.wording.cache_clear()


@dataclass
class Site:
    address: str
    exchange: ScriptedExchange

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.address, headers={"Origin": self.address, **headers}, timeout=60)


@pytest.fixture
def site(catalogs: None) -> Iterator[Site]:
    """The routes behind a real server on a free port."""
    exchange = ScriptedExchange()
    routes = web_routes(
        exchange,
        answer_page=answer_page,
        decide=decide,
        public_url="http://127.0.0.1:8000",
        today=lambda: TODAY,
    )
    config = uvicorn.Config(Starlette(routes=routes), port=0, ws="none", lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(f"http://127.0.0.1:{port}", exchange)
    server.should_exit = True
    thread.join()


def phone(browser: Browser, site: Site, **options: object) -> BrowserContext:
    wanted = {
        "viewport": {"width": 360, "height": 740},
        "locale": "fr-FR",
        "base_url": site.address,
        **options,
    }
    context = browser.new_context(**wanted)
    context.set_default_timeout(30_000)
    return context


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The chat on a phone. Whatever a test does, no script fails and nothing breaks the security policy."""
    context = phone(browser, site)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    opened = context.new_page()
    opened.goto("/")
    opened.wait_for_selector("html[data-ready]")
    yield opened
    context.close()
    assert [c for c in complaints if "script:" in c or "Content Security Policy" in c] == []


@pytest.fixture
def plain_page(browser: Browser, site: Site) -> Iterator[Page]:
    """The chat on a phone without JavaScript."""
    context = phone(browser, site, java_script_enabled=False)
    opened = context.new_page()
    opened.goto("/")
    yield opened
    context.close()


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def tap_through(page: Page) -> None:
    for name, following in (
        ("Nouvelle visite après la période de chauffe", "L’accompagnement du ménage"),
        ("Non, il y a eu une coupure", "Ce ménage a-t-il eu"),
        ("Terminé", "Cela relève de"),
    ):
        tap(page, name)
        expect(page.locator("#now")).to_contain_text(following)


def widths(page: Page) -> tuple[int, int]:
    seen, full = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
    return seen, full


def test_a_first_visit_shows_the_first_question_at_once(page: Page, site: Site) -> None:
    expect(page.locator("#now")).to_have_text("Ce qui a été fait, ou le sera, pendant ce contact.")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    first = site.exchange.taken[0]
    assert (first.channel, first.today, first.button, first.text, first.command) == (
        "web",
        TODAY,
        None,
        None,
        None,
    )


def test_tapping_through_reaches_the_answer_without_a_page_load(page: Page, site: Site) -> None:
    page.evaluate("window.sameDocument = true")
    tap_through(page)
    expect(page.locator(".mission")).to_have_text("Suivi N+1")
    expect(page.locator(".card--reasons li")).to_have_count(2)
    expect(page.locator(".card--open blockquote")).to_contain_text("À partir de combien de mois")
    assert page.evaluate("window.sameDocument")
    assert site.exchange.presses == ["0:nouvelle_visite_apres_chauffe", "1:false", "2:termine"]
    assert len({incoming.asker for incoming in site.exchange.taken}) == 1


def test_tapping_through_reaches_the_answer_without_javascript(plain_page: Page, site: Site) -> None:
    tap_through(plain_page)
    expect(plain_page.locator(".mission")).to_have_text("Suivi N+1")
    assert site.exchange.presses == ["0:nouvelle_visite_apres_chauffe", "1:false", "2:termine"]
    assert "/?suite=" in plain_page.url


def test_what_was_answered_stays_above_and_can_be_corrected(page: Page) -> None:
    tap_through(page)
    given = page.locator("#given li")
    expect(given).to_have_count(3)
    expect(given.nth(1)).to_contain_text("Non, il y a eu une coupure")
    given.nth(1).get_by_role("button", name="Corriger : réponse 2").click()
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")
    expect(given).to_have_count(1)


def test_an_answer_without_a_mission_is_a_sentence_and_offers_no_mission_name(site: Site) -> None:
    pages = read_pages(read_assets())
    referred = Reply((Section("answer", (Text("script.open.who"),), Text("script.over")),))
    assert 'class="mission mission--none"' in bytes(pages.answer(referred).body).decode()


def test_going_back_and_starting_again_work_with_and_without_javascript(page: Page, plain_page: Page) -> None:
    for chat in (page, plain_page):
        tap(chat, "Donner un conseil")
        expect(chat.locator("#now")).to_contain_text("L’accompagnement du ménage")
        tap(chat, "Retour")
        expect(chat.locator("#now")).to_contain_text("Ce qui a été fait")
        tap(chat, "Donner un conseil")
        tap(chat, "Recommencer")
        expect(chat.locator("#now")).to_contain_text("Ce qui a été fait")
        expect(chat.locator("#given li")).to_have_count(0)


def test_the_conversation_is_where_it_was_after_a_reload(page: Page) -> None:
    tap(page, "Donner un conseil")
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")
    page.reload()
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")
    assert page.url.endswith("/")


def test_without_javascript_a_notice_survives_the_redirection_and_is_shown_once(plain_page: Page) -> None:
    tap(plain_page, "Aide")
    expect(plain_page.locator(".card--notice")).to_have_text("Répondez en touchant un bouton.")
    plain_page.reload()
    expect(plain_page.locator(".card--notice")).to_have_count(0)
    expect(plain_page.locator("#now")).to_be_visible()


def test_what_is_written_is_sent_as_text(page: Page, site: Site) -> None:
    page.get_by_label("Racontez la situation").fill("une visite <b>en mars</b>")
    page.keyboard.press("Enter")
    expect(page.locator(".card--notice")).to_contain_text("Je n’ai pas compris")
    assert site.exchange.taken[-1].text == "une visite <b>en mars</b>"


def test_a_command_can_be_written(page: Page, site: Site) -> None:
    for written, shown in (("/aide", "Répondez en touchant un bouton."), ("/langue en", "during this contact")):
        page.get_by_role("textbox").fill(written)
        page.keyboard.press("Enter")
        expect(page.get_by_role("log")).to_contain_text(shown)
    assert [(i.command, i.argument) for i in site.exchange.taken if i.command] == [("aide", None), ("langue", "en")]


def test_the_keyboard_alone_is_enough(page: Page, site: Site) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Nouvelle visite après la période de chauffe")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#now")).to_contain_text("Ce ménage a-t-il eu")
    assert site.exchange.presses == ["0:bilan", "1:true"]


def test_the_language_menu_opens_and_closes_with_the_keyboard(page: Page) -> None:
    summary = page.locator("details.menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="English")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="English")).to_be_hidden()
    expect(summary).to_be_focused()


def test_focus_goes_to_the_new_question_and_into_view(page: Page) -> None:
    tap(page, "Donner un conseil")
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")
    expect(page.locator("#now")).to_be_focused()
    expect(page.locator("#now")).to_be_in_viewport()


def test_help_is_in_view_when_it_comes_above_a_long_answer(page: Page, plain_page: Page) -> None:
    for chat in (page, plain_page):
        tap_through(chat)
        tap(chat, "Aide")
        expect(chat.locator(".card--notice")).to_be_in_viewport()


def test_new_messages_come_into_one_live_log_that_stays(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    kept = log.element_handle()
    tap(page, "Donner un conseil")
    expect(log).to_contain_text("L’accompagnement du ménage")
    assert kept.evaluate("element => element.isConnected && element.id === 'log'")
    expect(log.locator("#given")).to_have_count(0)


def test_nothing_scrolls_sideways_at_360_pixels(page: Page) -> None:
    seen, full = widths(page)
    assert full == seen == 360
    tap_through(page)
    for address in (None, "/reponse/token-1", "/expert", "/reponse/none"):
        if address:
            page.goto(address)
        seen, full = widths(page)
        assert full == seen == 360, address


def test_every_target_is_at_least_44_pixels_high(page: Page) -> None:
    too_small = """() => [...document.querySelectorAll("button, summary, select, input, textarea, a:not(.skip)")]
        .filter(e => e.offsetParent && e.type !== "hidden" && e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML)"""
    assert page.evaluate(too_small) == []
    tap_through(page)
    assert page.evaluate(too_small) == []
    page.goto("/expert")
    assert page.evaluate(too_small) == []


def test_a_retry_after_a_lost_request_keeps_the_event(page: Page, site: Site) -> None:
    events: list[str] = []

    def lose_the_first(route: Route) -> None:
        events.append(re.findall("event=([^&]+)", route.request.post_data or "")[0])
        route.abort() if len(events) == 1 else route.continue_()

    page.route("**/chat", lose_the_first)
    tap(page, "Donner un conseil")
    expect(page.get_by_role("alert")).to_contain_text("Rien n’est perdu")
    expect(page.get_by_role("button", name="Réessayer")).to_be_focused()
    tap(page, "Réessayer")
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")
    assert len(events) == 2 and len(set(events)) == 1


def test_a_retry_after_a_lost_answer_is_counted_once(page: Page, site: Site) -> None:
    tries: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        tries.append(route.fetch().status)
        route.abort() if len(tries) == 1 else route.continue_()

    page.route("**/chat", lose_the_first_answer)
    tap(page, "Aide")
    tap(page, "Réessayer")
    expect(page.locator(".card--notice")).to_have_text("Répondez en touchant un bouton.")
    assert [incoming.command for incoming in site.exchange.taken].count("aide") == 1


def test_a_waiting_bubble_shows_while_the_answer_is_on_its_way(page: Page) -> None:
    held: list[Route] = []
    page.route("**/chat", lambda route: held.append(route))
    tap(page, "Donner un conseil")
    expect(page.locator("#wait .bubble--said")).to_have_text("Donner un conseil")
    expect(page.locator("#wait .waiting")).to_contain_text("La réponse arrive")
    expect(page.locator("#dialogue")).to_have_attribute("aria-busy", "true")
    tap(page, "Faire le point avec le ménage")
    held[0].continue_()
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")
    expect(page.locator("#wait")).to_have_count(0)
    assert len(held) == 1


def test_a_refusal_is_said_in_words_and_not_tried_again(page: Page) -> None:
    page.locator("button[value='0:conseil']").evaluate("button => { button.value = 'x'.repeat(65); }")
    tap(page, "Donner un conseil")
    expect(page.get_by_role("alert")).to_contain_text("Cette demande est mal formée")
    expect(page.get_by_role("button", name="Réessayer")).to_have_count(0)
    tap(page, "Faire le point avec le ménage")
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")


def test_offline_is_said_and_the_press_goes_out_when_the_network_is_back(page: Page, site: Site) -> None:
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    tap(page, "Donner un conseil")
    expect(page.get_by_role("alert")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#now")).to_contain_text("L’accompagnement du ménage")
    expect(page.locator("#offline")).to_be_hidden()
    assert site.exchange.presses == ["0:conseil"]


def test_the_language_switch_changes_the_whole_page(page: Page, plain_page: Page) -> None:
    for chat in (page, plain_page):
        chat.locator("details.menu summary").click()
        tap(chat, "English")
        expect(chat.locator("#now")).to_have_text("What was done, or will be, during this contact.")
        expect(chat.locator("html")).to_have_attribute("lang", "en")
        expect(chat.get_by_role("button", name="Help")).to_be_visible()
        chat.goto("/expert")
        expect(chat.get_by_role("heading", level=1)).to_have_text("Everything on one page")


def test_the_browser_language_decides_at_first(browser: Browser, site: Site) -> None:
    context = phone(browser, site, locale="en-GB")
    chat = context.new_page()
    chat.goto("/?territoire=val-de-loire")
    expect(chat.locator("html")).to_have_attribute("lang", "en")
    context.close()
    assert (site.exchange.taken[0].language, site.exchange.taken[0].territory) == ("en", "val-de-loire")


def test_the_address_of_an_answer_opens_for_anyone(page: Page, browser: Browser, site: Site) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tap_through(page)
    tap(page, "Partager")
    expect(page.get_by_role("status").filter(has_text="Adresse copiée.")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address == f"{site.address}/reponse/token-1"
    other = phone(browser, site, java_script_enabled=False).new_page()
    response = other.goto(address)
    expect(other.locator(".mission")).to_have_text("Suivi N+1")
    assert response is not None
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in response.headers["x-robots-tag"]
    other.context.close()


def test_an_address_that_cannot_be_copied_is_shown_to_be_copied_by_hand(page: Page, site: Site) -> None:
    page.evaluate("delete Navigator.prototype.clipboard; delete Navigator.prototype.share")
    tap_through(page)
    tap(page, "Partager")
    expect(page.locator(".share__said input")).to_have_value(f"{site.address}/reponse/token-1")


def test_the_question_for_the_one_who_decides_can_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tap_through(page)
    tap(page, "Copier la question")
    expect(page.get_by_role("button", name="Question copiée")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("À partir de combien de mois")


def test_an_answer_prints_without_the_tools(page: Page) -> None:
    page.goto("/reponse/token-1")
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
    expect(page.locator(".mission")).to_be_visible()


def test_an_answer_that_is_not_kept_is_a_404_in_words(page: Page) -> None:
    response = page.goto("/reponse/none")
    assert response is not None and response.status == 404
    expect(page.locator("main")).to_contain_text("Aucune réponse n’est gardée à cette adresse")


def test_the_expert_form_gives_the_answer_on_the_same_page(page: Page, plain_page: Page) -> None:
    for form in (page, plain_page):
        form.goto("/expert")
        form.get_by_label("Continuité de l’accompagnement").select_option("Non, il y a eu une coupure")
        form.get_by_label("Nombre d’orientations préconisées").fill("2")
        form.get_by_label("Date du DST", exact=True).fill("2025-11-03")
        form.get_by_label("Orientation 1").select_option("Faite")
        tap(form, "Ajouter une orientation")
        form.get_by_label("Orientation 2").select_option("En cours")
        tap(form, "De quelle mission s’agit-il ?")
        expect(form.locator(".mission")).to_have_text("Suivi N+1")
        expect(form.get_by_label("Orientation 2")).to_have_value("en_cours")
        assert decided.pop() == {
            "accompagnement_continu": False,
            "orientations_donnees": 2,
            "date_dst": "2025-11-03",
            "orientations": [{"etat": "faite"}, {"etat": "en_cours"}],
        }


def test_errors_of_the_expert_form_are_said_next_to_their_field(page: Page) -> None:
    page.goto("/expert")
    page.locator("#date_dst").evaluate("e => { e.type = 'text'; e.value = '2026-02-30'; }")
    page.get_by_label("But du contact").select_option("Mesurer des résultats")
    tap(page, "De quelle mission s’agit-il ?")
    expect(page.locator("#date_dst-error")).to_have_text(
        "Cette date n’existe pas. Écrivez l’année, le mois et le jour."
    )
    expect(page.locator("#date_dst")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#date_dst")).to_have_attribute("aria-describedby", "date_dst-hint date_dst-error")
    expect(page.locator("#now")).to_be_focused()
    expect(page.get_by_role("alert").get_by_role("link", name="Date du DST")).to_be_visible()
    expect(page.get_by_label("But du contact")).to_have_value("mesurer")


def test_dark_mode_and_light_mode_differ(browser: Browser, site: Site) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        context = phone(browser, site, color_scheme=scheme)
        chat = context.new_page()
        chat.goto("/")
        grounds.add(chat.evaluate("getComputedStyle(document.body).backgroundColor"))
        context.close()
    assert len(grounds) == 2


def test_the_session_cookie_is_random_and_out_of_reach_of_scripts(site: Site) -> None:
    with site.client() as one, site.client() as other:
        cookies = [client.get("/").headers.get_list("set-cookie") for client in (one, other)]
        assert one.cookies["aiguillage_session"] != other.cookies["aiguillage_session"]
        assert len(one.cookies["aiguillage_session"]) == 43
    session = next(c for c in cookies[0] if c.startswith("aiguillage_session"))
    assert "HttpOnly" in session and "SameSite=lax" in session and "Max-Age=2592000" in session
    assert "Secure" not in session


def test_every_page_carries_the_security_headers(site: Site) -> None:
    with site.client() as client:
        for path in ("/", "/expert", "/reponse/token-1", "/reponse/none"):
            headers = client.get(path).headers
            assert headers["content-security-policy"].startswith("default-src 'self'")
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"


def test_files_are_kept_for_ever_under_their_content(site: Site) -> None:
    with site.client() as client:
        page = client.get("/").text
        paths = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert {path.rpartition("/")[2] for path in paths} == {
            "mark.svg",
            "icon-192.png",
            "page.css",
            "chat.js",
            "install.js",
        }
        for path in paths:
            assert "immutable" in client.get(path).headers["cache-control"]
        assert client.get("/static/older/page.css").headers["cache-control"] == "no-cache"
        assert client.get("/static/older/web.py").status_code == 404
    assert not re.findall(r'(?:href|src)="(?:https?:)?//', page)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_of_another_site_is_refused_in_words(site: Site, headers: dict[str, str]) -> None:
    with site.client(**headers) as client:
        for path in ("/chat", "/expert"):
            refused = client.post(path, data={"event": "e1", "button": "0:conseil"})
            assert refused.status_code == 403
            assert "vient d’un autre site" in refused.text
    assert site.exchange.taken == []


@pytest.mark.parametrize(
    ("status", "request_of"),
    [
        (413, {"data": {"event": "e1", "text": "é" * 9000}}),
        (413, {"content": iter([b"event=e1&text=" + b"a" * 25000]), "headers": {"Content-Type": "x"}}),
        (415, {"content": b"<event/>", "headers": {"Content-Type": "text/xml"}}),
        (422, {"data": {"button": "0:conseil"}}),
        (422, {"data": {"event": "e 1", "button": "0:conseil"}}),
        (422, {"data": {"event": "e1", "button": "0" * 65}}),
        (422, {"data": {"event": "e1", "button": "0:conseil", "text": "conseil"}}),
        (422, {"data": {"event": "e1", "text": ["conseil", "bilan"]}}),
        (422, {"data": {"event": ["e1", "e2"], "button": "0:conseil"}}),
        (422, {"data": {"event": "e1", "text": "a\x00b"}}),
        (422, {"data": {"event": "e1", "text": "a" * 2001}}),
        (422, {"content": b"event=%ff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}),
        (422, {"content": b'{"event": ', "headers": {"Content-Type": "application/json"}}),
        (422, {"json": ["e1"]}),
        (422, {"json": {"event": "e1", "button": ["0:conseil"]}}),
        (
            422,
            {
                "content": b'{"event": "e1", "text": "\\ud800"}',
                "headers": {"Content-Type": "application/json"},
            },
        ),
    ],
)
def test_a_body_that_is_too_long_or_malformed_is_refused_and_changes_nothing(
    site: Site, status: int, request_of: dict[str, object]
) -> None:
    with site.client() as client:
        refused = client.post("/chat", **request_of)
    assert refused.status_code == status
    assert "rien n’a été changé" in refused.text
    assert site.exchange.taken == []


def test_a_press_can_be_posted_as_json_and_twice_is_once(site: Site) -> None:
    press = {"event": "e1", "button": "0:conseil"}
    with site.client(**{"Aiguillage-Fragment": "1"}) as client:
        client.get("/")
        answers = [client.post("/chat", json=press) for _ in range(2)]
    assert answers[0].status_code == 200
    assert all("L’accompagnement du ménage" in answer.text for answer in answers)
    assert site.exchange.presses == ["0:conseil"]


def test_the_same_event_of_two_browsers_is_two_events(site: Site) -> None:
    for _ in range(2):
        with site.client() as client:
            client.get("/")
            client.post("/chat", data={"event": "e1", "button": "0:conseil"})
    assert site.exchange.presses == ["0:conseil", "0:conseil"]


def test_a_browser_without_cookies_is_told_why_it_does_not_move_on(site: Site) -> None:
    with site.client() as client:
        asked = client.get("/?suite=abc").text
    assert "refuse les cookies" in asked


def test_the_catalogs_have_every_message_of_the_page_and_of_the_facts() -> None:
    sources = (*PAGE.rglob("*.html"), *PAGE.glob("*.py"), PAGE.with_name("web.py"))
    named = {found for path in sources for found in re.findall(r"""["'](web\.[\w.]*\w)["']""", path.read_text())}
    named |= {f"web.expert.group.{group.name}" for group in EXPERT_FORM}
    for fact in (fact for group in EXPERT_FORM for fact in group.fields):
        named |= {f"fact.{fact.fact}", f"fact.{fact.fact}.hint"}
        named |= {f"value.{fact.fact}.{value}" for value in fact.choices}
    for language in ("fr", "en"):
        assert {message for message in named if not words.wording(language).has(message)} == set()
