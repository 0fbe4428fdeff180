"""The commands for translators and native readers, as they are run."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from api.cli import main
from bot.followup.catalog import po_file
from bot.wording import LOCALES

BUTTON = "household.rendez_vous_confirmation.button.bon"


@pytest.fixture
def folder(tmp_path):
    """A copy of the French and English catalogs, in which nobody has reviewed anything."""
    for language in ("fr", "en"):
        file = po_file(language, tmp_path / "locales")
        file.parent.mkdir(parents=True)
        text = re.sub(r"#\. reviewed-.*\n", "", po_file(language, LOCALES).read_text(encoding="utf-8"))
        file.write_text(text.replace("#. state: reviewed", "#. state: draft"), encoding="utf-8")
    return tmp_path / "locales"


@pytest.fixture
def run(folder):
    def command(*words):
        done = CliRunner().invoke(main, ["locales", *map(str, words), "--locales", str(folder)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return command


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_language_is_added_with_every_text_to_translate(run, folder):
    added = run("add", "so")
    assert added.exit_code == 0, added.output
    assert re.search(
        r"(\d+) textes, dont \1 à traduire. Langue\u202f: Soomaali, écrite de gauche à droite", added.output
    )
    text = po_file("so", folder).read_text(encoding="utf-8")
    assert "#. Votre rendez-vous est noté.\n" in text
    assert "nplurals=2" in text
    checked = run("check", "--lang", "so")
    assert checked.exit_code == 1
    assert f"so › {BUTTON}\u202f: pas de mots" in checked.output


def test_a_language_that_cldr_does_not_know_is_refused(run):
    refused = run("add", "snk")
    assert refused.exit_code == 2
    assert "CLDR knows no language 'snk'" in refused.stderr


def test_adding_again_keeps_the_words_and_drops_what_no_message_has(run, folder):
    file = po_file("en", folder)
    file.write_text(
        file.read_text(encoding="utf-8") + '\nmsgid "household.vieux.text"\nmsgstr "old"\n', encoding="utf-8"
    )
    before = run("check", "--lang", "en")
    assert "aucun message n’a cette clé" in before.output
    again = run("add", "en")
    assert "household.vieux.text" in again.output
    assert run("check", "--lang", "en").exit_code == 0


def test_a_changed_french_sentence_makes_the_check_fail(run, folder):
    assert run("check").exit_code == 0
    edit(po_file("fr", folder), 'msgstr "C’est bon"', 'msgstr "Très bien"')
    stale = run("check")
    assert stale.exit_code == 1
    assert f"en › {BUTTON}\u202f: le français a changé depuis" in stale.output


@pytest.mark.parametrize("ending", ["po", "xlsx"])
def test_a_catalog_goes_out_and_comes_back(run, folder, tmp_path, ending):
    out = tmp_path / f"en.{ending}"
    assert run("export", "en", "--output", out).exit_code == 0
    before = po_file("en", folder).read_text(encoding="utf-8")
    unchanged = run("import", out)
    assert " 0 textes repris" in unchanged.output, unchanged.output
    assert po_file("en", folder).read_text(encoding="utf-8") == before
    change(out, "That is fine", "Good")
    changed = run("import", out)
    assert " 1 textes repris" in changed.output
    assert po_file("en", folder).read_text(encoding="utf-8") == before.replace("That is fine", "Good", 1)
    assert run("check", "--lang", "en").exit_code == 0


def change(file, old, new):
    if file.suffix == ".po":
        edit(file, old, new)
        return
    book = load_workbook(file)
    [cell] = [c for row in book.active.iter_rows() for c in row if c.value == old][:1]
    cell.value = new
    book.save(file)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda sheet: setattr(sheet, "title", "Feuille 1"), "its first sheet is named 'Feuille 1'"),
        (lambda sheet: sheet.delete_rows(2, 1000), "no row has a key of a household message"),
    ],
)
def test_a_spreadsheet_keeps_the_name_of_its_sheet_and_its_keys(run, tmp_path, spoil, said):
    out = tmp_path / "en.xlsx"
    run("export", "en", "--output", out)
    book = load_workbook(out)
    spoil(book.active)
    book.save(out)
    refused = run("import", out)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_plural_forms_are_a_row_each_with_the_numbers_they_are_for(run, folder, tmp_path):
    run("add", "ar")
    run("export", "ar", "--output", tmp_path / "ar.xlsx")
    sheet = load_workbook(tmp_path / "ar.xlsx").active
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True)}
    assert sheet.title == "ar"
    assert [key for key in rows if key.startswith("household.minutes")] == [
        f"household.minutes [{i}]" for i in range(6)
    ]
    assert "11, 12, 13" in rows["household.minutes [5]"][1]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.xlsx", b"rien", "not readable as a spreadsheet"),
        ("x.po", b'msgid "a\n', "not readable as PO"),
        (
            "x.po",
            b'msgid ""\nmsgstr "Language: de\\n"\n',
            "n’a pas de messages aux ménages",
        ),
        ("x.txt", b"", "doit finir par .po ou .xlsx"),
    ],
)
def test_a_file_that_cannot_come_back_is_refused_in_words(run, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    refused = run("import", tmp_path / name)
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.split())


def test_a_native_reader_approves_a_message_with_its_buttons(run, folder):
    done = run("approve", "en", "M05", "household.listen", "--by", "médiatrice anglophone")
    assert done.exit_code == 0, done.output
    assert "5 textes en en relus par\u202f: médiatrice anglophone" in done.output
    assert "#. reviewed-by: médiatrice anglophone" in po_file("en", folder).read_text(encoding="utf-8")
    assert "relu" in run("show", "M11", "--lang", "en").output
    edit(po_file("en", folder), '"Your appointment is noted.\\n"', '"Your appointment is set.\\n"')
    assert "changé depuis la relecture (médiatrice anglophone" in run("check").output


def test_what_has_a_fault_is_not_approved(run, folder):
    edit(po_file("en", folder), '"Day: {jour}\\n"', '"Day: 6\\n"')
    before = po_file("en", folder).read_text(encoding="utf-8")
    refused = run("approve", "en", "rendez_vous_confirmation", "--by", "relectrice")
    assert refused.exit_code == 1
    assert "il manque {jour}" in refused.stderr
    assert "le nombre 6 n’est pas dans le français" in refused.stderr
    assert po_file("en", folder).read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("approve", "en", "M99", "--by", "x"), "n’est ni une clé ni un message"),
        (("approve", "en", "M05", "--by", " "), "dites qui a relu, par son rôle"),
        (("approve", "fr", "M05", "--by", "x"), "le français est la source"),
        (("approve", "xx", "M05", "--by", "x"), "Pour en ajouter une"),
        (("show", "M99"), "n’est pas un message"),
        (("show", "M05", "--slot", "jour"), "écrivez nom=valeur"),
        (("show", "M05", "--territory", "nulle-part"), "n’est pas un territoire connu"),
        (("export", "en", "--output", "x.docx"), "doit finir par .po ou .xlsx"),
        (("export", "en", "--output", "/nulle/part/en.po"), "impossible d’écrire (No such file or directory)"),
        (("check", "--lang", "xx"), "Pour en ajouter une"),
    ],
)
def test_a_wrong_word_on_the_command_line_is_told_with_its_remedy(run, words, said):
    refused = run(*words)
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.replace("│", " ").split())


def test_a_message_is_shown_in_both_languages_with_the_values_given(run):
    shown = run(
        "show", "rendez_vous_rappel", "--lang", "en", "--slot", "jour=2027-02-03", "--slot", "lieu=au_telephone"
    )
    assert shown.exit_code == 0, shown.output
    for words in (
        "Jour\u202f: mercredi 03/02/2027",
        "Day: Wednesday 3 February 2027",
        "Place: by phone",
        "[Je serai là]",
    ):
        assert words in shown.output
    assert "Part dans les deux langues, côte à côte." in shown.output


def test_every_wrong_value_is_told_with_its_remedy(run):
    refused = run("show", "M08", "--slot", "jour=30/02/2027", "--slot", "heure=25h", "--slot", "heur=3")
    assert refused.exit_code == 2
    for words in ("n’est pas une valeur de ce message. Il demande\u202f: jour, heure.", "n’est pas dans le calendrier",
                  "Écrivez-la sur 24 heures, par exemple 14:30."):  # fmt: skip
        assert words in refused.stderr
