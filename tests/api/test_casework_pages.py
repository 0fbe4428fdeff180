"""The coordinators' pages about households over HTTP, on both databases: what is seen, done, refused and noted."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta

import httpx
import pytest

from api.access.roles import ADMINISTRATOR, NATIONAL, OF_A_TERRITORY
from api.storage.households import ErasedCaseError
from api.storage.readings import Verdict
from bot.followup.catalog import catalog
from bot.followup.reading import seen
from bot.followup.templates import templates
from tests.api.casework import ARABIC, BENGALI, office, plain, post
from tests.api.coordination import NOBODY, TERRITORY
from tests.api.household_site import template

NEW = {"langue": "ar", "prenom": "Amina", "structure": "Aude", "telephone": "01 23 45 67 89"}
NEW |= {"contact": "dpo@exemple.fr"}


@pytest.fixture
def desk(tmp_path, database_url):
    with office(tmp_path, database_url) as running:
        yield running


@pytest.fixture
def client(desk):
    with desk.signed() as signed:
        yield signed


def test_each_page_knows_its_roles_and_shows_nothing_of_another_territory(desk):
    reference = desk.agreed()
    desk.says(reference, ARABIC)
    doors = [door for door in desk.doors if door.path.startswith("/menages")]
    assert len(doors) > 25 and all(door.roles == frozenset(OF_A_TERRITORY) for door in doors)
    with desk.signed(NOBODY) as nobody, desk.signed(NATIONAL) as national:
        for door in doors:
            path = re.sub(r"\{number:int\}", "1", door.path).replace("{reference}", reference)
            path = re.sub(r"\{\w+\}", "x", path)
            asked = nobody.request(door.method, path)
            assert asked.status_code == 303 and asked.headers["location"].startswith("/connexion")
            refused = national.request(door.method, path)
            assert refused.status_code == 403 and reference not in refused.text
    with desk.signed(ADMINISTRATOR, "autre") as other:
        page = other.get("/menages")
        assert page.status_code == 200 and reference not in page.text
        assert other.get(f"/menages?reference={reference}").status_code == 200
        message = desk.thread(reference)[-1].id
        for path in (f"/menages/{reference}", f"/menages/{reference}/effacer", f"/menages/{reference}/son/{message}"):
            hidden = other.get(path)
            assert hidden.status_code == 404 and "appartient à un autre territoire" in hidden.text
        for path in (
            f"/menages/{reference}/clore",
            f"/menages/{reference}/effacer",
            f"/menages/reponses/{message}/traite",
        ):
            assert post(other, page, path, reference=reference).status_code == 404
    assert desk.case(reference).closed_at is None


def test_a_form_of_another_session_changes_nothing(desk, client):
    reference = desk.agreed()
    assert client.post(f"/menages/{reference}/clore", data={"csrf": "0" * 64}).status_code == 403
    assert desk.case(reference).closed_at is None


def test_the_list_finds_by_reference_language_consent_what_is_due_and_what_waits(desk, client):
    assert "Aucun suivi n’est ouvert" in client.get("/menages").text
    arabic, bengali, unasked = desk.visited(desk.agreed("ar")), desk.agreed("bn"), desk.open("snk")
    desk.parts.planning().plan_day(desk.desk._clock())
    desk.says(bengali, BENGALI)

    def found(query):
        page = client.get(f"/menages?{query}").text
        return {one for one in (arabic, bengali, unasked) if f"/menages/{one}" in page}

    assert found("") == {arabic, bengali, unasked}
    assert found("langue=bn") == {bengali} and found("accord=unasked") == {unasked}
    assert found("semaine=1") == {arabic} and found("attente=1") == {bengali} == found("urgent=1")
    assert found("etat=closed") == set() and "Aucun suivi ne correspond" in client.get("/menages?etat=closed").text
    assert found(f"reference={arabic[:6].lower()}") == {
        one for one in (arabic, bengali, unasked) if one[:6] == arabic[:6]
    }
    typed = arabic.replace("-", "").lower()
    assert client.get(f"/menages?reference={typed}").headers["location"] == f"/menages/{arabic}"
    assert "Proposer un N+1" in client.get("/menages").text and "soninké" in client.get("/menages").text


def test_a_case_is_opened_with_the_checks_of_the_command_and_gives_the_visitor_s_link(desk, client):
    form = client.get("/menages/nouveau")
    wrong = post(client, form, "/menages/nouveau", **NEW | {"langue": "", "telephone": "demain", "contact": "moi"})
    assert wrong.status_code == 422
    for said in (
        "Remplissez cette ligne",
        "« demain » n’est pas un numéro",
        "« moi » n’est ni une adresse",
        'value="Amina"',
    ):
        assert said in plain(wrong)
    other = post(client, form, "/menages/nouveau", **NEW | {"langue": "autre", "code": "klingon"})
    assert other.status_code == 422 and "« klingon » n’est pas un code de langue" in plain(other)
    opened = post(client, form, "/menages/nouveau", **NEW | {"langue": "autre", "code": "snk"})
    reference = opened.url.path.removeprefix("/menages/")
    case = desk.case(reference)
    assert (case.language, case.territory, case.sender.prenom) == ("snk", TERRITORY, "Amina")
    visitor = re.search(r'readonly value="([^"]+)"', opened.text)[1]
    assert httpx.get(visitor).status_code == 200
    assert desk.changes() == [("case.opened", "case", None)]


def test_what_is_due_is_seen_in_both_languages_and_sent_once_by_one_press(desk, client):
    reference = desk.visited(desk.agreed("ar"))
    page = client.get(f"/menages/{reference}")
    assert "Voulez-vous un rendez-vous" in page.text and 'dir="rtl"' in page.text and "هل تريدون موعدًا؟" in page.text
    number, seen_then = re.search(r'/a-faire/(\d+)/envoyer">.*?name="vu" value="(\w+)"', page.text, re.S).groups()
    path = f"/menages/{reference}/a-faire/{number}/envoyer"
    sent = post(client, page, path, vu=seen_then, voie="telegram")
    assert sent.status_code == 200 and "part sur la messagerie" in sent.text
    assert [one.subject for one in desk.thread(reference)].count("n1_proposition") == 1
    again = post(client, page, path, vu=seen_then, voie="telegram")
    assert again.status_code == 409 and "Rien n’est parti une seconde fois" in again.text
    assert [one.subject for one in desk.thread(reference)].count("n1_proposition") == 1
    assert ("due.accepted", "due", {"case": reference}) in desk.changes()
    other = desk.visited(desk.agreed("fr"))
    assert post(client, page, f"/menages/{other}/a-faire/{number}/envoyer", voie="telegram").status_code == 404


def test_what_changed_since_it_was_looked_at_does_not_leave(desk, client):
    reference = desk.visited(desk.agreed("ar"))
    page = client.get(f"/menages/{reference}")
    number, seen_then = re.search(r'/a-faire/(\d+)/envoyer">.*?name="vu" value="(\w+)"', page.text, re.S).groups()
    with desk.cases() as households:
        households.change(reference, language="tr")
    path = f"/menages/{reference}/a-faire/{number}/envoyer"
    refused = post(client, page, path, vu=seen_then, voie="link")
    assert refused.status_code == 409 and "a changé depuis" in refused.text and "En turc" in refused.text
    assert "n1_proposition" not in [one.subject for one in desk.thread(reference)]
    again = re.search(r'name="vu" value="(\w+)"', refused.text)[1]
    handed = post(client, refused, path, vu=again, voie="link")
    assert "prêt sur un lien" in handed.text and "/suivi/" in handed.text


def test_a_value_that_only_a_person_knows_is_asked_before(desk, client):
    reference = desk.visited(desk.agreed("fr"))
    desk.desk.send(reference, template("n1_proposition", mois_visite="2025-12"))
    desk.days_ago(reference, 30)
    page = client.get(f"/menages/{reference}")
    path = re.search(rf'href="(/menages/{reference}/a-faire/\d+)"', page.text)[1]
    form = client.get(path)
    assert 'name="sujet"' in form.text and 'value="Amina"' in form.text
    empty = post(client, form, path, rempli="1", prenom="Amina", structure="Aude", sujet="")
    assert empty.status_code == 422 and "Remplissez cette ligne" in empty.text
    looked = post(client, form, path, rempli="1", prenom="Amina", structure="Aude", sujet="chauffage")
    assert looked.status_code == 200 and "chauffage" in looked.text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', looked.text))
    sent = post(client, looked, f"{path}/envoyer", **hidden, voie="telegram")
    assert (
        "part sur la messagerie" in sent.text and desk.thread(reference)[-1].content["values"]["sujet"] == "chauffage"
    )


def test_the_alert_giver_is_told_by_hand_with_the_reference_alone(desk, client):
    reference, today = desk.visited(desk.agreed("fr")), date.today()
    with desk.cases() as households:
        households.keep_episode(reference, "soutien_renforce", today - timedelta(390), today - timedelta(20))
        households.agree_alert(reference, today - timedelta(30), "mairie@exemple.fr")
    page = client.get(f"/menages/{reference}")
    [*_, path] = re.findall(rf'href="(/menages/{reference}/a-faire/\d+)"', page.text)
    form = client.get(path)
    values = {"rempli": "1", "reference": reference, "jour_visite": "2026-01-05", "suites_sr": "termine"}
    values |= {"suites_n1": "non_prevu", "orientations": "oui", "prenom": "Amina", "structure": "Aude"}
    looked = post(client, form, path, **values, telephone="01 23 45 67 89")
    assert "mairie@exemple.fr" in looked.text and reference in looked.text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', looked.text))
    told = post(client, looked, f"{path}/transmis", **hidden)
    assert "le donneur d’alerte est informé" in told.text
    assert ("due.handed", "due", {"case": reference}) in desk.changes()
    assert "donneur_alerte_information" not in [one.subject for one in desk.thread(reference)]


def test_what_is_set_aside_does_not_come_back(desk, client):
    reference = desk.visited(desk.agreed("fr"))
    page = client.get(f"/menages/{reference}")
    path = re.search(r'action="([^"]+/ecarter)"', page.text)[1]
    assert "C’est écarté" in post(client, page, path).text
    assert 'name="voie"' not in client.get(f"/menages/{reference}").text
    assert post(client, page, path).status_code == 409
    assert client.get(f"/menages/{reference}/a-faire/{10**30}").status_code == 404


def test_a_reply_is_read_dealt_with_and_taken_back(desk, client, caplog):
    caplog.set_level(logging.DEBUG)
    first, second = desk.agreed("ar"), desk.agreed("bn")
    words = desk.says(first, ARABIC)
    desk.translated(words, "Je ne peux pas le 12", "Un nombre à vérifier")
    desk.says(second, BENGALI)
    voice, lost = desk.speaks(second), desk.fails(first)
    page = client.get("/menages/reponses")
    for said in (ARABIC, BENGALI, "Je ne peux pas le 12", "Un nombre à vérifier", "a bloqué la conversation"):
        assert said in page.text
    order = re.findall(r'data-message="([\w-]+)"', page.text)
    assert order[0] == words.id and order[-1] == lost.id and len(order) == 4
    assert re.findall(r'data-message="([\w-]+)"', client.get("/menages/reponses?seulement=voice").text) == [voice.id]
    assert re.findall(r'data-message="([\w-]+)"', client.get("/menages/reponses?seulement=lost").text) == [lost.id]
    assert client.get(f"/menages/{second}/son/{voice.id}").headers["content-type"] == "audio/ogg"
    done = post(client, page, f"/menages/reponses/{words.id}/traite")
    assert "C’est traité" in done.text and ARABIC not in done.text
    assert ARABIC in client.get("/menages/reponses?traitees=1").text
    back = post(client, done, f"/menages/reponses/{words.id}/rouvrir")
    assert "attend de nouveau" in back.text and ARABIC in back.text
    from_case = post(client, page, f"/menages/reponses/{words.id}/traite", retour="suivi")
    assert from_case.url.path == f"/menages/{first}"
    actions = [(action, subject) for action, subject, _ in desk.changes()]
    assert actions == [("reply.handled", "message"), ("reply.waits_again", "message"), ("reply.handled", "message")]
    assert not any(said in caplog.text for said in (ARABIC, BENGALI, "Je ne peux pas", "Amina"))


def test_an_episode_is_kept_or_refused_beside_the_form(desk, client):
    reference = desk.agreed("fr")
    page = client.get(f"/menages/{reference}")
    path = f"/menages/{reference}/episodes"
    assert "Premier jour : il manque" in plain(post(client, page, path, nature="dst"))
    assert "« hier » n’est pas un jour" in plain(post(client, page, path, nature="dst", debut="hier"))
    kept = post(client, page, path, nature="dst", debut="2025-11-20")
    assert "C’est noté dans la frise" in kept.text and "Diagnostic sociotechnique" in kept.text
    wrong = post(client, page, path, nature="soutien_renforce", debut="2026-02-01", fin="2026-01-01")
    assert wrong.status_code == 422 and 'value="2026-02-01"' in wrong.text
    assert ("case.episode", "case", None) in desk.changes()


def test_a_case_is_closed_reopened_and_erased_once_its_reference_is_typed(desk, client):
    reference = desk.visited(desk.agreed("ar"))
    desk.says(reference, ARABIC)
    page = client.get(f"/menages/{reference}")
    closed = post(client, page, f"/menages/{reference}/clore")
    assert "Le suivi est clos" in closed.text and desk.case(reference).closed_at is not None
    assert "rouvert" in post(client, page, f"/menages/{reference}/rouvrir").text
    assert desk.case(reference).closed_at is None
    ask = client.get(f"/menages/{reference}/effacer")
    assert "Restent pour les chiffres" in ask.text
    wrong = post(client, ask, f"/menages/{reference}/effacer", reference="M-AAAA-AAAA")
    assert wrong.status_code == 422 and "rien n’est effacé" in wrong.text
    erased = post(client, ask, f"/menages/{reference}/effacer", reference=reference.lower())
    assert erased.status_code == 200 and "effacé" in erased.text and ARABIC not in erased.text
    with pytest.raises(ErasedCaseError):
        desk.case(reference)
    assert reference not in client.get("/menages").text and reference in client.get("/menages?etat=erased").text
    assert (
        ARABIC not in client.get("/menages/reponses").text and "Rien n’attend" in client.get("/menages/reponses").text
    )
    assert client.get(f"/menages/{reference}").status_code == 200
    assert [action for action, _, _ in desk.changes()] == ["case.closed", "case.reopened", "case.erased"]


def test_a_renewed_link_opens_and_the_one_before_does_not(desk, client):
    reference = desk.agreed("ar", paired=False)
    with desk.cases() as households:
        [link] = households.links(reference)
    page = client.get(f"/menages/{reference}")
    assert "Oui" in page.text and "Les mots qu’il a lus" in page.text and "هل تريدون أن تصلكم رسائلنا؟" in page.text
    done = post(client, page, f"/menages/{reference}/lien", lien=link.key)
    assert "n’ouvre plus rien" in done.text
    with desk.cases() as households:
        fresh, old = households.links(reference)
    assert old.key == link.key
    assert httpx.get(f"{desk.url}/m/{link.token}").status_code == 410
    assert httpx.get(f"{desk.url}/m/{fresh.token}").status_code == 200
    assert post(client, page, f"/menages/{reference}/lien", lien="x").status_code == 404


def test_the_messages_show_their_states_what_readers_said_and_make_an_invitation(desk, client):
    told = Verdict("ar", "accord_messages", "", "médiatrice arabophone", "to_correct", "هل تقبلون؟")
    now = seen("accord_messages", catalog("ar"), catalog("fr"), templates())
    for one in ("older", now):
        desk.parts.store.readings.add(
            Verdict(told.language, told.part, one, told.reader + one[:3], "to_correct", told.proposal)
        )
    desk.parts.store.recordings.put(TERRITORY, "accord_messages", "ar", "audio/ogg", b"OggS" + bytes(9), "médiatrice")
    table = client.get("/menages/messages")
    assert "Comité de pilotage" in table.text and "Brouillon" in table.text and "1 sur 23" in table.text
    assert "Personne" in table.text
    language = client.get("/menages/messages/ar")
    assert "lieux" in language.text and "reponses_proprietaire" not in language.text
    page = client.get("/menages/messages/ar/accord_messages")
    for said in ('dir="rtl"', "هل تقبلون؟", "le texte a changé depuis", "à corriger", "Dans les deux"):
        assert said in page.text
    assert client.get("/menages/messages/ar/accord_messages/son").headers["content-type"] == "audio/ogg"
    path = "/menages/messages/ar/accord_messages/inviter"
    assert "par son rôle, en une ligne" in post(client, page, path, relecteur="", jours="30").text
    assert "de 1 à 365" in post(client, page, path, relecteur="médiatrice", jours="0").text
    invited = post(client, page, path, relecteur="médiatrice arabophone", jours="30")
    [link] = re.findall(r'readonly value="([^"]+/relire/[^"]+)"', invited.text)
    assert httpx.get(link).status_code == 200
    whole = post(client, language, "/menages/messages/ar/inviter", relecteur="médiatrice", jours="7")
    assert len(re.findall(r'readonly value="[^"]+/relire/', whole.text)) > 30
    assert [action for action, _, _ in desk.changes()] == ["reading.invited"] * 2
    for lost in ("/menages/messages/xx", "/menages/messages/fr", "/menages/messages/ar/rien"):
        assert client.get(lost).status_code == 404
    for code in ("bn", "fa-AF", "ps", "tr"):
        assert all(client.get(f"/menages/messages/{code}/{one.id}").status_code == 200 for one in list(templates())[:3])


def test_a_campaign_is_looked_at_started_once_followed_and_stopped(desk, client):
    ready = [desk.agreed("ar"), desk.agreed("bn")]
    desk.agreed("ar", paired=False), desk.open("tr"), desk.agreed("fr", territory="autre")
    desk.hold_jobs()
    form = client.get("/menages/campagnes/nouvelle?modele=materiel_pose")
    assert 'name="prenom"' not in form.text
    values = {"modele": "materiel_pose", "langue": "", "materiel": "ampoules"}
    wrong = post(client, form, "/menages/campagnes/apercu", **values)
    assert wrong.status_code == 422 and "Remplissez cette ligne" in wrong.text
    looked = post(client, form, "/menages/campagnes/apercu", **values, conseil="volets")
    assert "2 messages partiraient" in looked.text and "2 ne partiraient pas" in looked.text
    assert "Aucune messagerie n’est reliée" in looked.text and "pas encore demandé si" in looked.text
    assert 'dir="rtl"' in looked.text and "bengali" in looked.text
    only = post(client, form, "/menages/campagnes/apercu", **values | {"langue": "bn"}, conseil="volets")
    assert "1 message partirait" in only.text
    plan = re.search(r'name="plan" value="([^"]+)"', looked.text)[1]
    started = post(client, looked, "/menages/campagnes/lancer", plan=plan)
    made = started.url.path.rsplit("/", 1)[1]
    again = post(client, looked, "/menages/campagnes/lancer", plan=plan)
    assert again.url.path == "/menages/campagnes" and again.text.count("aria-labelledby") == 2
    assert post(client, looked, "/menages/campagnes/lancer", plan=plan[:-2]).status_code == 404
    desk.until_planned(made)
    followed = client.get(f"/menages/campagnes/{made}")
    assert "0 sur 2" in followed.text and "en cours" in followed.text and 'http-equiv="refresh"' in followed.text
    with desk.signed(territory="autre") as other:
        assert other.get(f"/menages/campagnes/{made}").status_code == 404
        page = other.get("/menages")
        assert post(other, page, f"/menages/campagnes/{made}/arreter").status_code == 404
    asked = client.get(f"/menages/campagnes/{made}/arreter")
    assert "2 messages ne sont pas encore partis" in asked.text
    stopped = post(client, asked, f"/menages/campagnes/{made}/arreter")
    assert "arrêtée" in stopped.text and "2 sur 2" in stopped.text and 'http-equiv="refresh"' not in stopped.text
    assert all(desk.thread(one)[-1].state == "cancelled" for one in ready)
    assert [action for action, _, _ in desk.changes()] == ["campaign.started", "campaign.stopped"]


def test_an_address_that_nobody_wrote_is_told_in_words(desk, client):
    page = client.get("/menages?reference=%00&langue=%00&apres=%00&accord=x&etat=x&semaine=x")
    assert page.status_code == 200 and "Aucun suivi ne correspond" in page.text
    for path in ("/menages/%00", "/menages/reponses/%00/son", "/menages/campagnes/%00", "/menages/messages/%00/x/son"):
        assert client.get(path).status_code == 404
    for path in ("/menages/reponses?apres=%00&seulement=x&traite=%00", "/menages/campagnes?apres=%00"):
        assert client.get(path).status_code == 200
    assert post(client, page, "/menages/reponses/%00/traite").status_code == 404


def test_pages_are_in_english_for_who_reads_english(desk):
    desk.visited(desk.agreed("ar"))
    account = desk.parts.store.accounts.add("reader@exemple.test", ADMINISTRATOR, TERRITORY, language="en")
    assert account.language == "en"
    with desk.signed_as(account) as client:
        assert "Households followed" in client.get("/menages").text
        assert "Nothing waits" in client.get("/menages/reponses").text
        for path in ("/menages/nouveau", "/menages/messages", "/menages/campagnes/nouvelle"):
            assert client.get(path).status_code == 200
