"""A household's page in a real Chromium on a phone: whole conversations from right to left, and what is refused."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright
from starlette.applications import Starlette

from api.pages.household import household_page
from api.pages.household.visits import by_a_person
from api.storage.journal import now
from api.storage.sound import LARGEST_VOICE, media_of
from bot.followup.catalog import catalog
from bot.followup.message import render
from bot.followup.page_words import page_text
from bot.followup.templates import templates
from tests.api.household_site import BROWSER, PHONE, Listed, household_site, template
from tests.api.serving import free_port, running
from tests.chromium import LAUNCH_ARGS, chromium_path

APPOINTMENT = "rendez_vous_confirmation"
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with household_site(tmp_path_factory.mktemp("household")) as running_site:
        yield running_site


@contextmanager
def phone(*, javascript=True, **options):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=[*LAUNCH_ARGS, *MICROPHONE])
        page = browser.new_context(**PHONE, java_script_enabled=javascript, **options).new_page()
        page.set_default_timeout(30_000)
        page.told = []
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        yield page
        browser.close()


def words(name, language):
    return page_text(name, catalog(language))


def press(page, text):
    page.get_by_role("button", name=text, exact=True).last.click()


def event_in(text):
    return re.search(r'name="event" value="([\w-]+)"', text)[1]


def post(address, **fields):
    found = httpx.get(address)
    return httpx.post(address, data={"event": event_in(found.text), **fields})


def whole_conversation(page, site, language, *, speaks):
    """Open, read, press, tell a wrong day then the right one, write, speak, STOP, yes."""
    reference, said = site.open(language), catalog(language)
    sent = site.send(reference, APPOINTMENT)
    page.goto(site.page(sent))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == language
    assert site.thread(reference)[0].state == "read"
    good, *_ = (label.text for label in render(templates()[APPOINTMENT], sent.content["values"], language).buttons)
    press(page, good)
    expect(page.get_by_text(words("which_day", language))).to_be_visible()
    days = page.locator("#now .press")
    expect(days).to_have_count(3)
    wrong = 0 if "06" not in days.nth(0).inner_text() and " 6 " not in f" {days.nth(0).inner_text()} " else 1
    days.nth(wrong).click()
    expect(page.get_by_text(words("wrong_day", language).split("\n")[0])).to_be_visible()
    press(page, good)
    expect(page.get_by_text(words("which_day", language))).to_have_count(2)
    right = next(
        label for label in page.locator("#now .press").all() if re.search(r"0?6\D+(01|جنوری)", label.inner_text())
    )
    right.click()
    expect(page.get_by_text(words("right_day", language))).to_be_visible()
    page.get_by_label(words("write", language), exact=True).fill("شكرا <b>لكم</b>")
    press(page, words("send", language))
    expect(page.get_by_text("شكرا <b>لكم</b>")).to_be_visible()
    if speaks:
        speak(page, language)
    page.locator(".stop__open").click()
    press(page, said.words_to_write("stop")[0])
    expect(page.locator(".stop__open")).to_have_count(0)
    assert site.case(reference).consent == "stopped"
    page.get_by_label(words("write", language), exact=True).fill(said.words_to_write("yes")[0])
    press(page, words("send", language))
    expect(page.locator("#now")).to_contain_text(words("restarted", language).split("\n")[1])
    assert site.case(reference).consent == "given"
    return reference


def understood(site, reference):
    """Of each appointment, first to last: the one that was asked again after the wrong day is understood."""
    return [one.understood for one in site.thread(reference) if one.subject == APPOINTMENT and one.kind == "template"]


def speak(page, language):
    press(page, words("speak", language))
    expect(page.locator("[data-clock]")).to_have_text("0:01")
    page.locator("[data-speak]").click()
    page.locator("[data-send-voice]").click()
    expect(page.locator(".note--theirs audio")).to_have_count(1)
    length = "async a => { a.preload='auto'; a.load(); await new Promise(r => a.oncanplay = r); return a.readyState }"
    assert page.locator(".note--theirs audio").evaluate(length) >= 3


@pytest.mark.parametrize("language", ["ar", "fa-AF"])
def test_a_conversation_goes_the_whole_way_from_right_to_left(site, language):
    with phone() as page:
        reference = whole_conversation(page, site, language, speaks=True)
        assert page.told == []
    assert understood(site, reference) == [False, True]
    french = [one.content["french"] for one in site.answers(reference) if one.kind == "button"]
    assert french[0] == french[2] == "C’est bon"
    assert french[3] == "mercredi 06/01/2027" != french[1]
    [voice] = [one for one in site.answers(reference) if one.kind == "voice"]
    with site.desk.store.households(site.desk.vault) as households:
        media, sound = households.sound(voice.id)
    assert media == media_of(sound) == "audio/webm"


def test_it_goes_the_same_way_without_javascript(site):
    with phone(javascript=False) as page:
        reference = whole_conversation(page, site, "ar", speaks=False)
        expect(page.locator("[data-speaking]")).to_be_hidden()
    assert understood(site, reference) == [False, True]


def test_from_right_to_left_everything_is_mirrored(site):
    reference = site.open("ar")
    sent = site.send(reference, APPOINTMENT)
    with phone() as page:
        page.goto(site.page(sent))
        style = "e => [getComputedStyle(e).direction, getComputedStyle(e).textAlign]"
        assert page.locator("body").evaluate(style)[0] == "rtl"
        assert page.locator(".note__text[lang=ar]").evaluate(style)[0] == "rtl"
        assert page.locator(".note__text[lang=fr]").evaluate(style)[0] == "ltr"
        name, menu = page.locator(".bar__name").bounding_box(), page.locator(".tongues__open").bounding_box()
        assert menu["x"] + menu["width"] <= name["x"]
        boxes = [one.bounding_box() for one in page.locator(".press, .wide:visible, .stop__open, .tongues__open").all()]
        assert all(box["height"] >= 48 for box in boxes)
        rows = [one.bounding_box() for one in page.locator(".press").all()]
        assert all(above["y"] + above["height"] <= below["y"] for above, below in pairwise(rows))
        assert all(box["width"] > 250 for box in rows)
        size = "e => parseFloat(getComputedStyle(e).fontSize)"
        assert all(one.evaluate(size) >= 18 for one in page.locator(".note__text[lang=ar] p, .press, label").all())
        page.get_by_label(words("write", "ar"), exact=True).fill("نعم")
        press(page, words("send", "ar"))
        own = page.locator(".note--theirs").bounding_box()
        assert own["x"] < 40 and own["x"] + own["width"] < 340


def test_a_press_can_be_changed_until_another_question_comes(site):
    reference = site.open("fr")
    page = site.page(site.send(reference, "rendez_vous_annulation"))
    message = site.thread(reference)[0].id
    assert post(page, message=message, button="oui").status_code == 303
    assert 'aria-pressed="true"' in httpx.get(page).text
    post(page, message=message, button="appelez_moi")
    assert site.thread(reference)[0].pressed == "appelez_moi"
    assert httpx.get(page).text.count('name="button"') == 3


def test_a_double_tap_is_taken_once(site):
    reference = site.open("fr")
    address = site.page(site.send(reference, APPOINTMENT))
    form = {"event": event_in(httpx.get(address).text), "text": "Je serai là"}
    for _ in range(2):
        assert httpx.post(address, data=form).status_code == 303
    assert len(site.answers(reference)) == 1


def test_another_language_is_chosen_on_the_page_and_kept(site):
    reference = site.open("ar")
    address = site.page(site.send(reference, APPOINTMENT))
    with phone() as page:
        page.goto(address)
        page.locator(".tongues__open").click()
        page.get_by_role("button", name="বাংলা").click()
        expect(page.locator("html")).to_have_attribute("lang", "bn")
        expect(page.locator("html")).to_have_attribute("dir", "ltr")
    assert site.case(reference).language == "bn"
    assert httpx.post(address, data={"language": "../fr"}).status_code == 422


def test_a_text_written_without_network_is_kept_and_leaves_when_it_is_back(site):
    reference = site.open("fa-AF")
    with phone() as page:
        page.goto(site.page(site.send(reference, APPOINTMENT)))
        page.context.set_offline(True)
        page.get_by_label(words("write", "fa-AF"), exact=True).fill("سلام")
        press(page, words("send", "fa-AF"))
        expect(page.get_by_role("status")).to_contain_text(words("offline", "fa-AF").split("\n")[1])
        assert site.answers(reference) == []
        page.context.set_offline(False)
        expect(page.get_by_text("سلام")).to_be_visible()
        assert page.evaluate("localStorage.length") == 0
    assert [one.content["original"] for one in site.answers(reference)] == ["سلام"]


def test_without_a_microphone_the_words_say_to_write(site):
    with phone() as page:
        page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error())")
        page.goto(site.page(site.send(site.open("ar"), APPOINTMENT)))
        press(page, words("speak", "ar"))
        expect(page.get_by_role("status")).to_contain_text(words("no_microphone", "ar").split("\n")[1])


def test_a_sound_that_does_not_come_is_said_in_words(site):
    with phone() as page:
        page.goto(site.page(site.send(site.open("ar"), APPOINTMENT)))
        expect(page.locator(".note__voice")).to_have_text(words("synthetic", "ar"))
        page.route("**/son/*", lambda route: route.fulfill(status=404))
        page.locator(".note audio").evaluate("audio => { audio.play().catch(() => undefined) }")
        expect(page.get_by_role("status")).to_contain_text(words("not_played", "ar").split("\n")[1])


def test_a_language_without_a_catalog_has_the_recording_above_the_french_and_pretends_nothing(site):
    site.desk.store.recordings.put("aude", APPOINTMENT, "snk", "audio/ogg", b"OggS" + bytes(2000), "médiatrice")
    reference = site.open("snk", "aude")
    address = site.page(site.send(reference, APPOINTMENT))
    with phone() as page:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.locator(".note audio").bounding_box()["y"] < page.locator(".note__text").bounding_box()["y"]
        expect(page.get_by_text("Texte en français")).to_be_visible()
        expect(page.locator(".tongues__open")).to_contain_text("soninké")
    source = f"{address}/son/{site.thread(reference)[0].id}"
    assert httpx.get(source).headers["content-type"] == "audio/ogg"
    part = httpx.get(source, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"OggS", "bytes 0-3/2004")
    assert httpx.get(source, headers={"Range": "bytes=9000-"}).status_code == 416
    assert post(address, text="STOP").status_code == 303
    assert site.case(reference).consent == "stopped"


def test_nothing_is_kept_named_or_asked_of_anybody_else(site):
    answer = httpx.get(site.page(site.send(site.open("ar"), APPOINTMENT)))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"] and "set-cookie" not in answer.headers
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not re.search(r"""(src|href|action)="(https?:)?//""", answer.text)
    assert "<script>" not in answer.text and " style=" not in answer.text


def test_opening_by_a_person_reads_and_a_preview_does_not(site):
    reference = site.open("ar")
    address = site.page(site.send(reference, APPOINTMENT))
    httpx.head(address, headers=BROWSER)
    httpx.get(address, headers={"User-Agent": "WhatsApp/2.23.20.0 A"})
    httpx.get(address, headers={**BROWSER, "Sec-Purpose": "prefetch"})
    assert site.thread(reference)[0].state == "ready"
    httpx.get(address, headers=BROWSER)
    assert site.thread(reference)[0].state == "read"


@pytest.mark.parametrize(
    "agent",
    [
        "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "python-httpx/0.28",
        "",
    ],
)
def test_a_program_that_looks_at_links_is_no_person(agent):
    assert not by_a_person("GET", {"user-agent": agent})


@pytest.mark.parametrize("model", ["SM-A105FN", "CUBOT NOTE 7", "CUBOT_NOVA"])
def test_a_phone_s_browser_is_a_person(model):
    agent = f"Mozilla/5.0 (Linux; Android 10; {model}) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
    assert by_a_person("GET", {"user-agent": agent}) and not by_a_person("HEAD", {"user-agent": agent})


def test_a_guessed_address_opens_nothing_and_says_so_kindly(site):
    for answer in (
        httpx.get(f"{site.url}/m/guessed"),
        httpx.post(f"{site.url}/m/guessed", data={"event": "e", "text": "x"}),
    ):
        assert answer.status_code == 404
        assert words("unknown_link", "fr").split("\n")[0] in answer.text
        assert words("unknown_link", "ar").split("\n")[0] in answer.text
    assert httpx.get(f"{site.url}/m/guessed/son/x").status_code == 404
    assert httpx.post(f"{site.url}/m/guessed/voix?event=e", content=b"OggS").status_code == 404


def test_a_link_that_is_past_says_so_in_the_last_language_known(site):
    reference = site.open("ps")
    address = site.page(site.send(reference, APPOINTMENT))
    later = household_page(site.desk, lambda _: None, lambda: now() + timedelta(days=15))
    port = free_port()
    with running(Starlette(routes=later), port):
        past = httpx.get(address.replace(site.url, f"http://127.0.0.1:{port}"))
    assert past.status_code == 410
    assert words("expired", "ps").split("\n")[0] in past.text and 'dir="rtl"' in past.text


def test_an_erased_case_is_gone(site):
    reference = site.open("ar")
    address = site.page(site.send(reference, APPOINTMENT))
    with site.desk.store.households(site.desk.vault) as households:
        households.erase(reference)
    assert httpx.get(address).status_code == 410
    assert httpx.post(address, data={"event": "e", "text": "x"}).status_code == 410


def test_a_message_that_was_withdrawn_is_shown_no_more(site):
    reference = site.open("ar")
    sent = site.send(reference, APPOINTMENT)
    address = site.page(sent)
    with site.desk.store.households(site.desk.vault) as households:
        assert households.withdraw(sent)
        assert not households.withdraw(sent)
    assert httpx.get(address).status_code == 410


def test_forged_buttons_and_another_case_s_message_are_refused(site):
    mine, other = site.open("ar"), site.open("ar")
    address = site.page(site.send(mine, APPOINTMENT))
    message, others = site.thread(mine)[0].id, site.send(other, APPOINTMENT).id
    forged = ({"message": message, "button": "jour.2027-01-06"}, {"message": others, "button": "bon"})
    forged += ({"message": message, "button": "x" * 200}, {"message": message}, {"button": "bon"})
    for form in forged:
        assert post(address, **form).status_code == 422, form
    assert httpx.post(address, data={"text": "sans événement"}).status_code == 422
    assert httpx.get(f"{address}/son/{others}").status_code == 404
    assert site.answers(mine) == site.answers(other) == []


def test_a_text_too_long_is_given_back_with_the_reason(site):
    reference = site.open("bn")
    address = site.page(site.send(reference, APPOINTMENT))
    refused = post(address, text="ক" * 1001)
    assert refused.status_code == 422
    assert words("text_too_long", "bn").split("\n")[0] in refused.text and "ক" * 1001 in refused.text
    assert post(address, text="ক" * 5000).status_code == 413
    assert post(address, text="  \r\n ").status_code == 303
    assert site.answers(reference) == []


@pytest.mark.parametrize(
    ("sound", "status"),
    [
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(64), 204),
        (b"OggS" + bytes(64), 204),
        (b"\x00\x00\x00\x1cftypmp42" + bytes(64), 204),
        (b"RIFF\x00\x00\x00\x00WAVE", 422),
        (b"<html><script>alert(1)</script>", 422),
        (b"\x1a\x45\xdf\xa3matroska", 422),
        (b"", 422),
        (b"OggS" + bytes(LARGEST_VOICE), 413),
    ],
)
def test_only_what_a_browser_records_is_taken(site, sound, status):
    reference = site.open("ar")
    address = site.page(site.send(reference, APPOINTMENT))
    for _ in range(2):
        told = httpx.post(f"{address}/voix?event=abc", content=sound, headers={"Content-Type": "audio/webm"})
        assert told.status_code == status
    assert [one.kind for one in site.answers(reference)] == (["voice"] if status == 204 else [])


def test_what_a_household_writes_is_words_and_never_markup(site):
    reference = site.open("ar")
    address = site.page(site.send(reference, APPOINTMENT))
    attack = '<script>document.title="x"</script><img src=x onerror=alert(1)>\x1b"\'</textarea>'
    assert post(address, text=attack).status_code == 303
    with phone() as page:
        page.goto(address)
        expect(page.locator(".note--theirs")).to_contain_text('<script>document.title="x"</script>')
        assert page.locator(".note--theirs img").count() == 0 and page.title() != "x"
        assert page.told == []
    assert "\x00" not in site.answers(reference)[0].content["original"]


@pytest.mark.parametrize("language", ["ar", "fa-AF", "bn", "fr", "ps", "ru"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_longest_messages_hold_on_a_small_phone(site, language, scheme):
    with phone(color_scheme=scheme) as page:
        page.set_viewport_size({"width": 320, "height": 600})
        for name in ("choix_langue", "accord_messages", "papiers_a_preparer"):
            page.goto(site.page(site.desk.send(site.open(language), template(name), channel="link")))
            assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert page.told == []


def test_the_jobs_of_a_page_s_answer_name_ids_alone(site):
    jobs: Listed = site.jobs
    before = len(jobs.added)
    post(site.page(site.send(site.open("ar"), APPOINTMENT)), text="رقمي 0600000000")
    assert [job for job, _, _ in jobs.added[before:]] == ["tell_visitor"]
    assert "0600000000" not in str(jobs.added)
