"""Speaking and listening in the web chat, in a real Chromium that hears a file: every way it goes, and goes wrong."""

from __future__ import annotations

import os
import re
import wave
from contextlib import contextmanager

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from bot.speech.espeak import EspeakNG
from bot.speech.limits import LARGEST
from bot.speech.sounds import opus
from tests.api.serving import serving
from tests.chromium import LAUNCH_ARGS, chromium_path

SAID = "je ne sais pas"
PHONE, DESKTOP = (390, 844), (1280, 900)
SPEAK, LISTEN = "Répondre en parlant", "Écouter"
UNDERSTOOD = ".card--proposal"
LONG = 60_000  # milliseconds, on a busy machine
SPOKEN = re.compile(r"0:(0[2-9]|[1-5]\d) / 1:00")  # long enough to have said it
FAILS = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{}'))"
SAYS_WHY = {
    "NotFoundError": "Aucun micro n’a été trouvé",
    "NotReadableError": "pris par une autre application",
    "TypeError": "L’enregistrement n’a pas marché",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("voice")) as (served, _):
        yield served


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the browser's microphone hears once it is open, and then nothing."""
    return recorded(tmp_path_factory.mktemp("said") / "said.wav", EspeakNG().speak(SAID, "fr"))


@pytest.fixture(scope="module")
def unknown():
    """« Je ne sais pas », spoken, as a file."""
    return opus(EspeakNG().speak(SAID, "fr"))


def recorded(file, sound):
    """A file for the microphone, which is open some moments before the recorder hears it."""
    before = np.zeros(sound.rate, sound.samples.dtype)
    with wave.open(str(file), "wb") as opened:
        opened.setparams((1, 2, sound.rate, 0, "NONE", ""))
        opened.writeframes(np.concatenate([before, sound.samples]).tobytes())
    return file


@contextmanager
def browser(*flags, javascript=True, size=PHONE, scheme="light", locale="fr-FR"):
    """A page of a new visitor, which must not be told anything on its console. ``flags``: of Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=[*LAUNCH_ARGS, *flags])
        viewport = {"width": size[0], "height": size[1]}
        context = chromium.new_context(
            locale=locale, viewport=viewport, color_scheme=scheme, java_script_enabled=javascript
        )
        page = context.new_page()
        page.set_default_timeout(2 * LONG)
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        yield page
        assert page.wrong == []
        chromium.close()


def hearing(file):
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={file}%noloop",
    )


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def told(page):
    return page.locator(".voice__said")


def begin(page):
    button(page, SPEAK).click()
    expect(button(page, "Annuler")).to_be_visible()


def speak(page):
    """Say it until it is understood: a busy machine cuts what the browser hears."""
    for _ in range(4):
        begin(page)
        expect(page.locator("[data-clock]")).to_have_text(SPOKEN)
        with something_new(page):
            button(page, "Envoyer").first.click()
        if page.locator(UNDERSTOOD).count():
            break
    expect(page.locator("#now")).to_contain_text("C’est bien ça")


def send_file(page, sound):
    page.get_by_label("Un enregistrement d’une minute au plus").set_input_files(
        {"name": "note.ogg", "mimeType": "audio/ogg", "buffer": sound}
    )
    page.locator("[data-by-file]").get_by_role("button", name="Envoyer").click()


def until(page, condition):
    """Wait for what the browser shows by no text: a minute at most."""
    for _ in range(1200):
        if condition():
            return
        page.wait_for_timeout(50)
    raise TimeoutError


@contextmanager
def something_new(page):
    """Wait for another question, answer or notice to be shown."""
    page.locator("#log > *").first.evaluate("shown => { shown.dataset.old = '' }")
    yield
    expect(page.locator("[data-old]")).to_have_count(0)


def picture(page, name):
    if shots := os.environ.get("AIGUILLAGE_SHOTS"):
        page.screenshot(path=f"{shots}/{name}.png", full_page=True)


def faultless(page):
    """Whether nothing scrolls sideways and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_axe_finds_nothing_at_rest_while_recording_after_it_and_with_what_was_understood(address, said, size, scheme):
    with browser(*hearing(said), size=size, scheme=scheme) as page:
        page.goto(address)
        listen, speaking = button(page, LISTEN).bounding_box(), button(page, SPEAK).bounding_box()
        assert listen["y"] == speaking["y"] and listen["height"] == speaking["height"]
        faultless(page)
        picture(page, f"voice-rest-{size[0]}-{scheme}")
        begin(page)
        expect(button(page, LISTEN)).to_be_hidden()
        expect(page.get_by_role("meter", name="Niveau du son")).to_be_visible()
        expect(page.locator("[data-clock]")).to_have_text(SPOKEN)
        faultless(page)
        picture(page, f"voice-recording-{size[0]}-{scheme}")
        page.keyboard.press("Escape")
        faultless(page)
        picture(page, f"voice-cancelled-{size[0]}-{scheme}")
        speak(page)
        faultless(page)
        picture(page, f"voice-understood-{size[0]}-{scheme}")


def test_the_level_follows_what_is_said(address, said):
    with browser(*hearing(said)) as page:
        page.goto(address)
        begin(page)
        meter = page.get_by_role("meter", name="Niveau du son")
        until(page, lambda: meter.evaluate("meter => meter.value") > 0.4)


def test_silence_is_said_while_there_is_time_to_speak(address, tmp_path):
    silence = EspeakNG().speak(SAID, "fr")
    silence = type(silence)(silence.samples * 0, silence.rate)
    with browser(*hearing(recorded(tmp_path / "silence.wav", silence))) as page:
        page.goto(address)
        begin(page)
        expect(told(page)).to_have_text("On n’entend rien. Parlez plus près du micro.")


def test_escape_cancels_and_nothing_is_sent(address, said):
    with browser(*hearing(said)) as page:
        sent = []
        page.on("request", lambda request: sent.append(request.url) if "/voix" in request.url else None)
        page.goto(address)
        begin(page)
        expect(button(page, "Envoyer").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(told(page)).to_have_text("Enregistrement annulé : rien n’a été envoyé.")
        expect(button(page, SPEAK)).to_be_focused()
        expect(button(page, LISTEN)).to_be_visible()
        begin(page)
        button(page, "Annuler").click()
        expect(button(page, SPEAK)).to_be_visible()
        assert sent == []
        expect(button(page, "Je ne sais pas")).to_be_enabled()


def test_at_the_limit_it_is_sent_by_itself_and_says_so(address, said):
    with browser(*hearing(said)) as page:
        page.goto(address)
        page.locator("[data-record]").evaluate("place => place.dataset.longest = 3")
        with page.expect_request(lambda request: "/voix?event=" in request.url) as posted:
            begin(page)
        assert posted.value.method == "POST"
        expect(page.locator(f"{UNDERSTOOD}, .card--notice").first).to_be_visible()


def test_a_browser_that_cannot_record_says_so_and_sends_a_file_without_leaving_the_page(address, unknown):
    with browser() as page:
        page.add_init_script("delete globalThis.MediaRecorder")
        page.goto(address)
        expect(button(page, SPEAK)).to_be_hidden()
        page.locator("summary", has_text="Envoyer un enregistrement").click()
        expect(page.get_by_text("Ce navigateur ne peut pas enregistrer")).to_be_visible()
        faultless(page)
        picture(page, "voice-by-file")
        send_file(page, b"x" * (LARGEST + 1))
        expect(told(page)).to_contain_text("trop lourd")
        expect(button(page, "Je ne sais pas")).to_be_enabled()
        send_file(page, unknown)
        expect(page.locator("#now")).to_contain_text("C’est bien ça")


def test_a_file_longer_than_a_minute_is_said_in_words_with_the_buttons_still_there(address):
    minute = EspeakNG().speak(SAID, "fr")
    minute = type(minute)(np.tile(minute.samples, int(61 / minute.seconds) + 1), minute.rate)
    with browser() as page:
        page.add_init_script("delete globalThis.MediaRecorder")
        page.goto(address)
        page.locator("summary", has_text="Envoyer un enregistrement").click()
        send_file(page, opus(minute))
        expect(page.locator(".card--notice")).to_contain_text("plus d’une minute")
        expect(button(page, "Je ne sais pas")).to_be_enabled()


def test_a_refused_microphone_is_said_in_words_with_the_buttons_still_there(address):
    with browser("--use-fake-device-for-media-stream", "--deny-permission-prompts") as page:
        page.goto(address)
        button(page, SPEAK).click()
        expect(told(page)).to_contain_text("Le micro n’est pas autorisé pour ce site")
        faultless(page)
        expect(button(page, SPEAK)).to_be_visible()
        page.get_by_role("button", name="Je ne sais pas").click()
        expect(page.locator("[data-given]")).to_have_count(1)


@pytest.mark.parametrize(("error", "words"), SAYS_WHY.items())
def test_no_microphone_and_one_that_is_taken_are_said_in_words(address, error, words):
    with browser() as page:
        page.add_init_script(FAILS.format(error))
        page.goto(address)
        button(page, SPEAK).click()
        expect(told(page)).to_contain_text(words)
        expect(button(page, LISTEN)).to_be_visible()
        expect(button(page, "Je ne sais pas")).to_be_enabled()


def test_listening_goes_on_after_a_reload(address, said):
    with browser(*hearing(said)) as page:
        page.goto(address)
        page.route("**/voix/*", lambda route: route.fulfill(status=202))
        begin(page)
        expect(page.locator("[data-clock]")).to_have_text(SPOKEN)
        button(page, "Envoyer").first.click()
        expect(page.get_by_text("J’écoute…")).to_be_visible()
        page.wait_for_function("() => sessionStorage.length === 1")
        page.reload()
        expect(page.get_by_text("J’écoute…")).to_be_visible()
        page.unroute("**/voix/*")
        expect(page.locator(f"{UNDERSTOOD}, .card--notice").first).to_be_visible()
        expect(page.get_by_text("J’écoute…")).to_have_count(0)
        assert page.evaluate("sessionStorage.length") == 0


def test_what_does_not_come_is_said_and_asked_for_again(address, said):
    with browser(*hearing(said)) as page:
        page.goto(address)
        page.evaluate("document.getElementById('listening').content.firstElementChild.dataset.patience = 1")
        page.route("**/voix/*", lambda route: route.fulfill(status=202))
        begin(page)
        expect(page.locator("[data-clock]")).to_have_text(SPOKEN)
        button(page, "Envoyer").first.click()
        expect(page.get_by_role("alert")).to_contain_text("L’écoute dure plus longtemps que prévu")
        expect(button(page, "Demander de nouveau")).to_be_focused()
        expect(button(page, "Je ne sais pas")).to_be_enabled()
        faultless(page)
        picture(page, "voice-slow")
        page.unroute("**/voix/*")
        page.evaluate("document.getElementById('listening').content.firstElementChild.dataset.patience = 180")
        button(page, "Demander de nouveau").click()
        expect(page.locator(f"{UNDERSTOOD}, .card--notice").first).to_be_visible()


def test_a_recording_that_did_not_get_through_is_kept_and_sent_again(address, said):
    with browser(*hearing(said)) as page:
        page.goto(address)
        page.route("**/voix?event=*", lambda route: route.abort())
        begin(page)
        expect(page.locator("[data-clock]")).to_have_text(SPOKEN)
        button(page, "Envoyer").first.click()
        expect(page.get_by_role("alert")).to_contain_text("Rien n’est perdu")
        page.unroute("**/voix?event=*")
        button(page, "Réessayer").click()
        expect(page.locator(f"{UNDERSTOOD}, .card--notice").first).to_be_visible()


def test_yes_leads_on_no_asks_again_and_another_answer_is_taken(address, said):
    with browser(*hearing(said)) as page:
        page.goto(address)
        speak(page)
        button(page, "Non").click()
        expect(page.locator(".card--notice")).to_contain_text("redites-le autrement")
        assert page.locator("[data-given]").count() == 0
        speak(page)
        button(page, "Oui, c’est ça").click()
        expect(page.locator("[data-given]")).to_have_count(1)
        expect(page.locator(".progress")).to_have_text("Question 2")
        speak(page)
        page.locator(".choices .button").first.click()
        expect(page.locator("[data-given]")).to_have_count(2)
        expect(page.locator(UNDERSTOOD)).to_have_count(0)


def test_by_keyboard_alone_one_speaks_and_confirms(address, said):
    with browser(*hearing(said)) as page:
        page.goto(address)
        for _ in range(4):
            button(page, SPEAK).focus()
            page.keyboard.press("Enter")
            expect(button(page, "Envoyer").first).to_be_focused()
            expect(page.locator("[data-clock]")).to_have_text(SPOKEN)
            page.keyboard.press("Enter")
            expect(page.locator(f"{UNDERSTOOD}, .card--notice").first).to_be_visible()
            if page.locator(UNDERSTOOD).count():
                break
        expect(page.locator("#now")).to_be_focused()
        page.keyboard.press("Tab")
        expect(button(page, "Oui, c’est ça")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[data-given]")).to_have_count(1)


def test_without_javascript_a_recording_is_sent_confirmed_and_leads_on(address, unknown):
    with browser(javascript=False) as page:
        page.goto(address)
        expect(button(page, SPEAK)).to_be_hidden()
        listen = page.get_by_role("link", name=LISTEN)
        summary = page.locator("summary", has_text="Envoyer un enregistrement")
        assert listen.bounding_box()["y"] == summary.bounding_box()["y"]
        assert page.request.get(f"{address}{listen.get_attribute('href')}").headers["content-type"] == "audio/mpeg"
        summary.click()
        picture(page, "voice-without-javascript")
        send_file(page, unknown)
        expect(button(page, "Oui, c’est ça")).to_be_visible()
        button(page, "Oui, c’est ça").click()
        expect(page.locator("[data-given]")).to_have_count(1)


def test_a_question_and_an_answer_are_listened_to_and_stopped(address):
    with browser("--autoplay-policy=user-gesture-required") as page:
        page.goto(address)
        for _ in range(20):
            listens(page)
            if page.locator(".card--answer").count():
                break
            with something_new(page):
                page.locator(".choices .button--skip").first.click()
        shared = page.locator("a[data-share]").get_attribute("href")
        page.goto(f"{address}{shared}")
        listens(page)


def listens(page):
    """Whether the sound comes, under a button that then stops it."""
    with page.expect_response(lambda response: "/ecouter" in response.url) as heard:
        button(page, LISTEN).click()
    assert heard.value.status in (200, 206) and heard.value.headers["content-type"] == "audio/ogg"
    expect(button(page, "Arrêter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, LISTEN)).to_be_visible()
    expect(told(page)).to_be_empty()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_answer_to_all_facts_on_one_page_is_listened_to_and_they_stand_in_no_address(address, javascript):
    with browser(javascript=javascript) as page:
        page.goto(f"{address}/expert")
        page.locator("#dst").select_option("fait")
        page.locator("form.facts .button--first").click()
        expect(page.locator("#result")).to_be_visible()
        if javascript:
            faultless(page)
        with page.expect_response(lambda response: "/ecouter" in response.url) as heard:
            button(page, LISTEN).click()
        assert heard.value.status == 200 and heard.value.headers["content-type"] == "audio/mpeg"
        assert heard.value.url == f"{address}/ecouter" and heard.value.headers["cache-control"] == "no-store"
        if javascript:
            expect(button(page, "Arrêter")).to_be_visible()
            page.keyboard.press("Escape")
            expect(button(page, LISTEN)).to_be_visible()


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ({"status": 500, "body": "<h1>Bad gateway</h1>"}, "La lecture à voix haute n’a pas marché."),
        ({"status": 404, "body": "<p>Aucune voix ne parle cette langue ici.</p>"}, "Aucune voix ne parle cette langue"),
        ({}, "le réseau est coupé"),
    ],
)
def test_a_sound_that_does_not_come_is_said_in_words_and_can_be_asked_for_again(address, way, words):
    with browser() as page:
        page.goto(address)
        page.route("**/ecouter*", lambda route: route.fulfill(**way) if way else route.abort())
        button(page, LISTEN).click()
        expect(told(page)).to_contain_text(words)
        expect(told(page)).not_to_contain_text("Bad gateway")
        page.unroute("**/ecouter*")
        listens(page)


def test_in_english_it_is_said_that_telling_by_voice_is_for_french(address, said):
    with browser(*hearing(said), locale="en-GB") as page:
        page.goto(address)
        button(page, "Answer by speaking").click()
        expect(page.locator("[data-recording]")).to_contain_text("Telling the whole situation works in French only.")


def test_with_less_motion_the_level_moves_twice_a_second_at_most(address, said):
    with browser(*hearing(said)) as page:
        page.emulate_media(reduced_motion="reduce")
        page.goto(address)
        begin(page)
        changed = page.locator(".recording meter").evaluate(
            """meter => new Promise((resolve) => {
              const times = [];
              const seen = new MutationObserver(() => times.push(Date.now()));
              seen.observe(meter, { attributes: true, attributeFilter: ["value"] });
              setTimeout(() => resolve(times), 2000);
            })"""
        )
        assert 0 < len(changed) <= 5
