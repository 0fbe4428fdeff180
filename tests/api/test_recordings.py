"""Recordings, and opening a case, as the commands are run: what is kept, and what is refused in words."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from api.cli import main
from api.households.asking import case_of
from api.settings import contact_keys, load_settings
from api.storage.recordings import Recordings
from api.storage.sound import LARGEST_RECORDING, media_of
from api.storage.store import Store
from api.storage.vault import Vault

SENDER = ("--prenom", "Amina", "--structure", "Aude", "--telephone", "+33 1 23 45 67 89", "--contact", "dpo@exemple.fr")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A command over data of its own, with one territory."""
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("AIGUILLAGE_PUBLIC_URL", "https://exemple.fr")
    (tmp_path / "territories").mkdir()
    (tmp_path / "territories" / "aude.yaml").write_text("id: aude\nname: Aude\n", encoding="utf-8")

    def command(*words):
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return command


@pytest.fixture
def sound(tmp_path):
    def written(content, name="m.ogg"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return written


def test_a_recording_is_kept_once_a_territory_template_and_language(store):
    recordings = Recordings(store.engine)
    recordings.put("aude", "n1_resume", "snk", "audio/ogg", b"OggS-1", "une")
    recordings.put("aude", "n1_resume", "snk", "audio/mpeg", b"ID3-23", "deux")
    recordings.put("gers", "n1_resume", "snk", "audio/ogg", b"OggS-3", "une")
    assert recordings.sound("aude", "n1_resume", "snk") == ("audio/mpeg", b"ID3-23")
    assert recordings.sound("aude", "n1_resume", "bm") is recordings.sound(None, "n1_resume", "snk") is None
    assert recordings.templates("aude", "snk") == {"n1_resume"} and recordings.templates(None, "snk") == frozenset()
    [first, second] = recordings.all()
    assert (first.territory, first.size, first.made_by, second.territory) == ("aude", 6, "deux", "gers")
    assert recordings.remove("aude", "n1_resume", "snk") and not recordings.remove("aude", "n1_resume", "snk")
    assert [one.territory for one in recordings.all()] == ["gers"] and recordings.all("aude") == []


@pytest.mark.parametrize(
    ("head", "media"),
    [
        (b"OggS", "audio/ogg"),
        (b"\x1a\x45\xdf\xa3\x42\x82\x84webm", "audio/webm"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"RIFF\x24\x00\x00\x00WAVE", "audio/wav"),
        (b"RIFF\x24\x00\x00\x00AVI ", None),
        (b"\xff\xf1\x50\x80", None),
        (b"\xff\xff\xff\xff", None),
        (b"MZ", None),
        (b"", None),
    ],
)
def test_sound_is_told_by_its_first_bytes(head, media):
    assert media_of(head) == media


def test_a_recording_is_added_listed_and_removed(run, sound):
    assert "Aucun enregistrement" in run("recording", "list").stderr
    added = run("recording", "add", "aude", "M05", "snk", sound(b"OggS" + bytes(100)), "--by", "médiatrice")
    assert added.exit_code == 0 and "rendez_vous_confirmation en snk" in added.stdout
    assert "snk" in run("recording", "list", "--territory", "aude").stdout
    assert run("recording", "remove", "aude", "M05", "snk").exit_code == 0
    again = run("recording", "remove", "aude", "M05", "snk")
    assert again.exit_code == 2 and "n’a pas d’enregistrement" in again.stderr


@pytest.mark.parametrize(
    ("territory", "template", "language", "content", "said"),
    [
        ("aud", "M05", "snk", b"OggS", "n’est pas un territoire connu"),
        ("aude", "M99", "snk", b"OggS", "M99"),
        ("aude", "M05", "soninke", b"OggS", "n’est pas une langue connue"),
        ("aude", "M05", "snk", b"<html>", "n’est ni un fichier Ogg"),
        ("aude", "M05", "snk", b"OggS" + bytes(LARGEST_RECORDING), "5 Mo au plus"),
    ],
)
def test_what_is_no_recording_is_refused_in_words(run, sound, territory, template, language, content, said):
    refused = run("recording", "add", territory, template, language, sound(content), "--by", "x")
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.replace("│", " ").split())


@pytest.mark.parametrize("language", ["ar", "fa-AF", "snk"])
def test_a_case_is_opened_with_the_address_of_its_page(run, language):
    opened = run("case", "open", "--lang", language.replace("-", "_"), "--territory", "aude", *SENDER)
    assert opened.exit_code == 0, opened.output
    reference, address = opened.stdout.split()
    assert re.fullmatch(r"M-[2-9A-Z]{4}-[2-9A-Z]{4}", reference)
    settings = load_settings()
    assert address.startswith("https://exemple.fr/suivi/")
    assert case_of(address.rpartition("/")[2], settings.secret_key) == reference
    with Store.open(settings.database_url) as store, store.households(Vault(contact_keys(settings))) as households:
        case = households.case(reference)
    assert (case.language, case.territory, case.sender.telephone) == (language, "aude", "01 23 45 67 89")
    assert run("case", "page", reference.lower()).stdout.strip() == address


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"--lang": "prs"}, "n’est pas une langue connue"),
        ({"--lang": "../fr"}, "n’est pas une langue connue"),
        ({"--territory": "gers"}, "n’est pas un territoire connu"),
        ({"--telephone": "0123"}, "n’est pas un numéro de téléphone"),
        ({"--contact": "personne"}, "ni une adresse électronique ni un numéro"),
        ({"--prenom": ""}, "il manque la valeur"),
    ],
)
def test_a_case_that_could_not_be_written_to_is_refused_in_words(run, changes, said):
    options = {"--lang": "ar", **dict(zip(SENDER[::2], SENDER[1::2], strict=True))} | changes
    refused = run("case", "open", *(word for option in options.items() for word in option))
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.replace("│", " ").split())


def test_the_page_of_an_unknown_case_is_refused_in_words(run):
    refused = run("case", "page", "M-2222-2222")
    assert refused.exit_code == 2 and "aucun ménage n’a cette référence" in refused.stderr


def test_a_question_to_visitors_is_recorded_in_a_language_that_it_is_asked_in(run, sound, tmp_path):
    file = sound(b"OggS-read")
    kept = run("recording", "add", "aude", "question.dst", "fr", file, "--by", "une lectrice")
    assert kept.exit_code == 0 and "question.dst" in kept.output
    with Store.open(load_settings().database_url) as store:
        assert store.recordings.sound("aude", "question.dst", "fr") == ("audio/ogg", b"OggS-read")
        assert store.recordings.templates("aude", "fr") == frozenset()
    assert "question" in run("recording", "list").output  # wrapped in a narrow terminal
    unknown = run("recording", "add", "aude", "question.lune", "fr", file, "--by", "une lectrice")
    assert unknown.exit_code == 2 and "question.action" in unknown.output
    unasked = run("recording", "add", "aude", "question.dst", "snk", file, "--by", "une lectrice")
    assert unasked.exit_code == 2 and "fr, en" in unasked.output
    assert run("recording", "remove", "aude", "question.dst", "fr").exit_code == 0
