"""The page by which a case is followed: what was said both ways, what may leave, and how it is handed over."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from api.households.desk import LINK, Event, Voice
from api.pages.followup.drafts import Draft, DraftError, draft_of, signed
from bot.followup.catalog import catalog
from bot.followup.content import FREE, Content
from bot.messages import Text
from bot.translation.doubts import Doubt
from bot.translation.errors import TranslationError
from bot.translation.translator import MachineText
from tests.api.household_site import PHONE, household_site, template
from tests.chromium import LAUNCH_ARGS, chromium_path

APPOINTMENT = "rendez_vous_confirmation"
FILLED = {"modele": APPOINTMENT, "jour": "2027-01-06", "heure": "14:30", "lieu": "chez_vous", "duree": "45"}
FILLED |= {"lieu.adresse": "3 rue des Lilas", "prenom": "Amina", "structure": "Aude", "telephone": "01 23 45 67 89"}


async def machine(text, source, target, names):
    """What an engine may answer, by the first word of the text."""
    if text.startswith("Panne"):
        raise TranslationError("dead")
    doubts = (Doubt("number_lost", {"value": "14"}),) if text.startswith("Faux") else (Doubt("no_back"),)
    return MachineText(text, "سنأتي غدا", source, target, (source, target), doubts, "Nous viendrons demain", 0.82)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    card = lambda language, territory: (Text("visitor.language", {"language": language}),)  # noqa: E731
    with household_site(tmp_path_factory.mktemp("followup"), translate=machine, card=card) as running_site:
        yield running_site


def agreed(site, language="ar", *, paired=None):
    """A case that said yes to messages. ``paired``: the network of its chat."""
    reference = site.open(language, "aude")
    asked = site.send(reference, "accord_messages")
    link = site.link(asked)
    site.desk.take(Event("link", f"yes-{reference}", reference, link.key, asked.id, "oui"))
    if paired:
        with site.desk.store.households(site.desk.vault) as households:
            households.pair(reference, paired, "4242", f"hash-{reference}")
    return reference


def look(site, reference, **changes):
    return httpx.post(f"{site.followup(reference)}/apercu", data=FILLED | changes)


def send(site, reference, previewed, way):
    draft = re.search(r'name="brouillon" value="([\w.-]+)"', previewed.text)[1]
    return httpx.post(f"{site.followup(reference)}/envoyer", data={"brouillon": draft, "voie": way})


def ways(previewed):
    return re.findall(r'name="voie" value="(\w+)"', previewed.text)


def test_the_answers_of_a_household_are_read_in_french_with_its_words_beside(site):
    reference = agreed(site)
    sent = site.send(reference, APPOINTMENT)
    link = site.link(sent)
    site.desk.take(Event("link", f"1-{reference}", reference, link.key, sent.id, "bon"))
    question = site.thread(reference)[-1]
    site.desk.take(Event("link", f"2-{reference}", reference, link.key, question.id, "jour.2027-01-06"))
    taken = site.desk.take(Event("link", f"3-{reference}", reference, link.key, text="متى <b>تأتون</b>؟"))
    page = httpx.get(site.followup(reference)).text
    for said in ("C’est bon", "mercredi 06/01/2027", "compris", "Oui, je veux bien", "À traiter", "Langue"):
        assert said in page
    assert "متى &lt;b&gt;تأتون&lt;/b&gt;؟" in page and "Pas traduit" in page
    with site.desk.store.households(site.desk.vault) as households:
        told = {"subject": "", "original": "متى تأتون؟", "french": "Quand venez-vous ?", "doubts": ["Un nombre manque"]}
        households.mark(taken.received.id, content=households.box(reference).seal(told))
    page = httpx.get(site.followup(reference)).text
    for said in ("متى تأتون؟", "Quand venez-vous ?", "Traduit par une machine", "Un nombre manque"):
        assert said in page


def test_a_voice_is_heard_by_who_follows_the_case_and_by_nobody_else(site):
    reference, other = agreed(site), agreed(site)
    sent = site.send(reference, APPOINTMENT)
    httpx.post(f"{site.page(sent)}/voix?event=v", content=b"OggS" + bytes(100))
    voice = site.answers(reference)[-1].id
    heard = httpx.get(f"{site.followup(reference)}/son/{voice}")
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/ogg")
    assert httpx.get(f"{site.followup(other)}/son/{voice}").status_code == 404
    assert f"/son/{voice}" in httpx.get(site.followup(reference)).text


def test_words_that_a_machine_wrote_say_so_and_a_sound_says_why_it_has_none(site):
    reference = site.open("en")
    sent = site.send(reference, "materiel_pose")
    for event, said, unheard in (("a", "We have no heating.", ""), ("b", None, "no_engine")):
        spoken = Event(LINK, f"{reference}-{event}", reference, sent.link, voice=Voice("audio/ogg", b"OggS" + bytes(9)))
        site.desk.heard(site.desk.take(spoken).received.id, said, unheard)
    written, kept = [one for one in site.answers(reference) if one.kind == "voice"]
    page = httpx.get(site.followup(reference)).text
    assert "transcrit par une machine" in page and "We have no heating." in page
    assert f"/son/{written.id}" not in page and f"/son/{kept.id}" in page
    assert "aucune machine d’ici ne sait écrire cette langue" in page
    assert httpx.get(f"{site.followup(reference)}/son/{written.id}").status_code == 404
    theirs = httpx.get(site.page(sent)).text
    assert "We have no heating." in theirs and catalog("en").text("household.page.transcribed") in theirs


def test_a_template_is_filled_seen_and_handed_over(site):
    reference = agreed(site)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        page = browser.new_context(**PHONE, locale="fr-FR").new_page()
        told = []
        page.on("console", lambda message: told.append(message.text))
        page.goto(site.followup(reference))
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("link", name="Rendez-vous : confirmer").click()
        assert page.locator("#prenom").input_value() == "Amina"
        page.get_by_role("button", name="Voir avant").click()
        expect(page.locator("#jour-error")).to_be_visible()
        page.locator("#jour").fill("2027-01-06")
        page.locator("#heure").fill("14:30")
        page.locator("#lieu").select_option("chez_vous")
        page.locator("#duree").fill("45")
        page.get_by_role("button", name="Voir avant").click()
        expect(page.get_by_text("mercredi 06/01/2027")).to_be_visible()
        page.get_by_role("button", name="Corriger").click()
        assert page.locator("#jour").input_value() == "2027-01-06"
        assert page.locator("#lieu").input_value() == "chez_vous"
        page.get_by_role("button", name="Voir avant").click()
        assert page.locator(".said[lang=ar]").evaluate("e => getComputedStyle(e).direction") == "rtl"
        page.get_by_role("button", name="faire un lien").click()
        expect(page.get_by_role("heading", name="À remettre")).to_be_visible()
        assert page.locator(".square img").evaluate("e => e.decode().then(() => e.naturalWidth > 0)")
        address = page.locator("#adresse").input_value()
        page.evaluate("() => { navigator.share = async (what) => { window.shared = what.url } }")
        page.get_by_role("button", name="Partager").click()
        page.wait_for_function("address => window.shared === address", arg=address)
        browser.close()
    assert [message for message in told if "422" not in message] == []
    assert "06/01/2027" in httpx.get(address).text


@pytest.mark.parametrize(
    ("changes", "slot", "said"),
    [
        ({"jour": "2027-02-30"}, "jour", "n’est pas dans le calendrier"),
        ({"heure": "25:00"}, "heure", "n’est pas une heure"),
        ({"telephone": "0123"}, "telephone", "n’est pas un numéro de téléphone"),
        ({"duree": ""}, "duree", "Remplissez cette ligne"),
        ({"lieu": "", "lieu.adresse": ""}, "lieu", "Remplissez cette ligne"),
        ({"prenom": "<b>x</b>\u202e"}, "prenom", "caractère invisible"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(site, changes, slot, said):
    refused = look(site, agreed(site), **changes)
    assert refused.status_code == 422
    beside = re.search(rf'id="{slot}-error">([^<]*)<', refused.text)[1]
    assert said in beside
    assert refused.text.count("field__error") == 1 and "<b>x</b>" not in refused.text


def test_a_day_that_is_past_is_told_before_it_leaves(site):
    previewed = look(site, agreed(site), jour="2025-01-06")
    assert "ce jour est passé" in previewed.text
    assert "ce jour est passé" not in look(site, agreed(site)).text


def test_the_ways_out_follow_the_consent_and_the_channel(site):
    for network in ("telegram", "matrix"):
        assert ways(look(site, agreed(site, paired=network))) == [network, "link", "print"]
    assert ways(look(site, agreed(site))) == ["link", "print"]
    unasked = look(site, site.open("ar", "aude"))
    assert ways(unasked) == ["link", "print"] and "n’a pas encore dit oui" in unasked.text
    stopped = agreed(site)
    site.desk.take(Event("link", f"stop-{stopped}", stopped, text="STOP"))
    held = look(site, stopped)
    assert ways(held) == ["print"] and "a arrêté les messages" in held.text


@pytest.mark.parametrize(("network", "other"), [("telegram", "matrix"), ("matrix", "telegram")])
def test_what_leaves_by_the_household_s_network_is_queued_once_and_by_no_other(site, network, other):
    reference = agreed(site, paired=network)
    assert f"Reçoit par {network.capitalize()}." in httpx.get(site.followup(reference)).text
    previewed = look(site, reference)
    assert send(site, reference, previewed, other).status_code == 422
    assert send(site, reference, previewed, network).headers["location"].endswith("?sent=1#now")
    again = send(site, reference, previewed, network)
    assert "already=1" in again.headers["location"]
    assert [one.state for one in site.thread(reference) if one.subject == APPOINTMENT] == ["queued"]


def test_a_message_that_promises_what_the_territory_has_not_taken_is_held(site):
    reference = agreed(site)
    values = {"modele": "n1_proposition", "prenom": "Amina", "structure": "Aude", "mois_visite": "2025-12"}
    held = httpx.post(f"{site.followup(reference)}/apercu", data=values)
    assert held.status_code == 409 and ways(held) == []
    assert "n’a pas dit s’il prend l’option" in held.text


def test_what_has_not_left_can_be_withdrawn_and_what_was_read_cannot(site):
    reference = agreed(site)
    for read in (False, True):
        sent = send(site, reference, look(site, reference), "link")
        message = sent.headers["location"].rpartition("/")[2]
        if read:
            stored = next(one for one in site.thread(reference) if one.id == message)
            httpx.get(site.page(stored), headers={"User-Agent": "Mozilla/5.0"})
        told = httpx.post(f"{site.followup(reference)}/annuler", data={"message": message})
        assert ("too_late" if read else "withdrawn") in told.headers["location"]
        handed = httpx.get(f"{site.followup(reference)}/message/{message}")
        assert handed.status_code == (200 if read else 404)
    others = site.send(agreed(site), APPOINTMENT)
    assert httpx.post(f"{site.followup(reference)}/annuler", data={"message": others.id}).status_code == 404
    assert httpx.get(f"{site.followup(reference)}/message/{others.id}").status_code == 404


def test_the_letter_and_its_square_are_of_this_message(site):
    reference = agreed(site)
    handed = send(site, reference, look(site, reference), "print").headers["location"]
    letter = httpx.get(f"{site.url}{handed}/lettre.pdf", timeout=60)
    assert letter.headers["content-type"] == "application/pdf" and letter.content.startswith(b"%PDF-")
    assert httpx.get(f"{site.url}{handed}/carre.svg").headers["content-type"] == "image/svg+xml"


def test_a_free_text_is_seen_with_the_machine_s_words_its_doubts_and_the_way_back(site):
    reference = agreed(site)
    previewed = httpx.post(f"{site.followup(reference)}/apercu", data={"libre": "Nous venons demain."})
    for said in ("سنأتي غدا", "Nous viendrons demain", "82\u202f%", "Traduit par une machine"):
        assert said in previewed.text
    sent = send(site, reference, previewed, "link")
    stored = site.thread(reference)[-1]
    assert stored.content["values"] == {"french": "Nous venons demain.", "translated": "سنأتي غدا"}
    page = httpx.get(site.page(stored)).text
    assert page.index("سنأتي غدا") < page.index("Nous venons demain.") and "note__machine" in page
    assert "سنأتي غدا" in httpx.get(site.followup(reference)).text and sent.status_code == 303


def test_what_was_previewed_can_be_corrected_as_it_was_filled(site):
    page = site.followup(agreed(site))
    text = 'Nous venons "demain".\r\nEst-ce possible ?'
    free = httpx.post(f"{page}/apercu", data={"libre": text, "corriger": "1"})
    assert free.status_code == 200 and "&#34;demain&#34;.\nEst-ce possible ?</textarea>" in free.text
    papers = {"modele": "papiers_a_preparer", "papiers": ["avis_impot", "revenus"]}
    assert httpx.post(f"{page}/apercu", data=papers).text.count('name="papiers"') == 2
    again = httpx.post(f"{page}/apercu", data=papers | {"corriger": "1"}).text
    assert re.findall(r'value="(\w+)" checked', again) == ["avis_impot", "revenus"]


def test_a_free_text_that_the_guards_hold_does_not_leave(site):
    reference = agreed(site)
    held = httpx.post(f"{site.followup(reference)}/apercu", data={"libre": "Faux : à 14 h."})
    assert held.status_code == 409 and ways(held) == [] and "brouillon" not in held.text
    assert "Un nombre manque" in held.text and "سنأتي غدا" in held.text


@pytest.mark.parametrize(
    ("text", "said"),
    [(" \n ", "Écrivez d’abord"), ("x" * 1001, "trop long"), ("Panne de la machine", "n’a pas répondu")],
)
def test_a_free_text_that_cannot_be_tried_is_given_back(site, text, said):
    refused = httpx.post(f"{site.followup(agreed(site))}/apercu", data={"libre": text})
    assert refused.status_code == 422 and said in refused.text and text.strip() in refused.text


def test_a_free_text_stays_in_the_language_it_was_translated_for(site):
    reference = agreed(site)
    previewed = httpx.post(f"{site.followup(reference)}/apercu", data={"libre": "Nous venons."})
    with site.desk.store.households(site.desk.vault) as households:
        households.change(reference, language="ps")
    assert send(site, reference, previewed, "link").status_code == 409


def test_a_language_without_a_catalog_is_said_to_have_none(site):
    reference = agreed(site, "snk")
    assert "Aucun texte n’est écrit ici en soninké" in httpx.get(site.followup(reference)).text
    previewed = look(site, reference)
    assert "Aucun texte n’est écrit ici en soninké" in previewed.text and "Ce que le ménage lit" not in previewed.text
    assert "Part dans la langue du ménage" not in previewed.text
    assert "Part dans la langue du ménage" in look(site, agreed(site, "fr")).text


def test_only_what_was_previewed_for_this_case_leaves(site):
    reference, other = agreed(site), agreed(site)
    draft = Draft(reference, "ar", "event", Content(FREE, "", {"french": "a", "translated": "b"}))
    written = signed(draft, site.secret)
    assert draft_of(written, reference, site.secret) == draft
    for forged, case in ((written, other), (written[:-1], reference), ("é." + written, reference), ("", reference)):
        with pytest.raises(DraftError):
            draft_of(forged, case, site.secret)
    with pytest.raises(DraftError):
        draft_of(signed(replace(draft, case=other), "x" * 40), other, site.secret)
    told = httpx.post(f"{site.followup(reference)}/envoyer", data={"brouillon": "x.y", "voie": "link"})
    assert told.status_code == 422
    assert send(site, reference, look(site, reference), "pigeon").status_code == 422


def test_an_address_that_was_guessed_opens_no_case(site):
    reference = site.open("ar")
    address = site.followup(reference)
    for guessed in (
        address[:-1],
        address.replace(reference, "M-2222-2222"),
        f"{site.url}/suivi/{reference}",
        address + "é",
    ):
        assert httpx.get(guessed).status_code == 404, guessed
    with site.desk.store.households(site.desk.vault) as households:
        households.erase(reference)
    assert httpx.get(address).status_code == 410


def test_the_page_is_private_and_asks_nobody_else(site):
    answer = httpx.get(site.followup(agreed(site)))
    assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"] and "set-cookie" not in answer.headers
    assert not re.search(r"""(src|href|action)="(https?:)?//""", answer.text)


def test_every_message_for_households_can_be_written_and_the_alert_giver_s_cannot(site):
    reference = agreed(site)
    listed = re.findall(r"ecrire\?modele=(\w+)", httpx.get(site.followup(reference)).text)
    assert len(listed) == 21 and "donneur_alerte_information" not in listed
    for name in listed:
        form = httpx.get(f"{site.followup(reference)}/ecrire?modele={name}")
        assert form.status_code == 200
        fields = set(re.findall(r'name="(\w+)"', form.text)) - {"modele", "viewport"}
        assert set(template(name).values) <= fields, name
    assert httpx.get(f"{site.followup(reference)}/ecrire?modele=donneur_alerte_information").status_code == 404
