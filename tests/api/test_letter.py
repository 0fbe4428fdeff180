"""The printed letter: every language whole, in its direction and its script, on one page, with the right square."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import segno
from click.testing import CliRunner
from pypdf import PdfReader

from api.cli import main
from api.pages.letter.pdf import UnprintableError, letter_pdf, square
from bot.followup.catalog import household_languages
from bot.followup.content import TEMPLATE, Content
from bot.followup.letter import Letter, letter
from bot.followup.slots import is_direction_mark
from bot.followup.templates import templates
from tests.bot.household import examples

LINK = "https://aiguillage.example.org/m/abcDEF123abcDEF123abcDEF123abcDE"
SOON = date.today() + timedelta(days=30)
EVERYWHERE = [template.id for template in templates() if template.requires is None]


def printed(template: str, language: str) -> tuple[Letter, PdfReader]:
    content = Content(TEMPLATE, template, examples(templates()[template]))
    told = {"reference": "M-ABCD-EFGH", "link": LINK, "until": date(2027, 1, 20), "telephone": "01 23 45 67 89"}
    sheet = letter(content, language, **told)  # type: ignore[arg-type]
    return sheet, PdfReader(io.BytesIO(letter_pdf(sheet, date(2027, 1, 6))))


def letters_of(text: str) -> set[str]:
    shaped = unicodedata.normalize("NFKC", text)
    return {c for c in shaped if c.isalnum() and not is_direction_mark(c)}


@pytest.mark.parametrize("language", household_languages())
@pytest.mark.parametrize("template", EVERYWHERE)
def test_a_letter_is_one_page_with_every_letter_of_its_words(template: str, language: str) -> None:
    sheet, pdf = printed(template, language)
    assert len(pdf.pages) == 1
    text = pdf.pages[0].extract_text()
    said = "".join("".join((*side.lines, *side.how, *side.call, side.until, side.address)) for side in sheet.sides)
    assert not letters_of(said) - letters_of(text)
    assert "\ufffd" not in text and "\x00" not in text
    assert [side.language for side in sheet.sides] == list(dict.fromkeys((language, "fr")))
    assert sheet.sides[0].right_to_left == (language in ("ar", "fa-AF", "ps"))


@pytest.mark.parametrize("language", ["ar", "bn", "ps", "uk"])
def test_every_font_is_embedded_and_no_glyph_is_missing(language: str) -> None:
    _, pdf = printed("rendez_vous_confirmation", language)
    fonts = pdf.pages[0]["/Resources"]["/Font"]
    assert fonts
    for name in fonts:
        [descendant] = fonts[name]["/DescendantFonts"]
        assert "/FontFile2" in descendant.get_object()["/FontDescriptor"]
    assert missing_glyphs(pdf) == 0


def missing_glyphs(pdf: PdfReader) -> int:
    """How many two-byte codes 0 the page shows: the glyph of what a font does not have."""
    shown = []

    def visit(operator: bytes, operands: list, *_: object) -> None:
        if operator == b"TJ":
            shown.extend(bytes(one.original_bytes) for one in operands[0] if hasattr(one, "original_bytes"))

    pdf.pages[0].extract_text(visitor_operand_before=visit)
    assert shown
    return sum(code[i : i + 2] == b"\0\0" for code in shown for i in range(0, len(code), 2))


def test_the_square_says_the_link() -> None:
    drawn = square(LINK)
    assert drawn.startswith("<svg") and segno.make_qr(LINK, error="m").designator in ("4-M", "5-M", "6-M")
    assert square(LINK) == drawn != square(LINK + "x")


def command(*more: str) -> list[str]:
    base = ["letter", "M03", "--lang", "bn", "--slot", "telephone=01 23 45 67 89", "--link", LINK]
    return [*base, "--until", f"{SOON:%d/%m/%Y}", "--telephone", "01 23 45 67 89", *more]


def test_the_command_writes_a_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    file = tmp_path / "lettre.pdf"
    run = CliRunner().invoke(main, command("--output", str(file)))
    assert run.exit_code == 0, run.output
    assert file.read_bytes().startswith(b"%PDF")


def test_what_may_not_leave_is_not_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    slots = [f"--slot={n}={v}" for n, v in examples(templates()["n1_proposition"]).items()]
    args = ["letter", "M04", "--lang", "ar", *slots, "--link", LINK, "--until", SOON.isoformat(), "--telephone", "3949"]
    run = CliRunner().invoke(main, [*args, "--output", str(tmp_path / "non.pdf")])
    assert run.exit_code == 2 and not (tmp_path / "non.pdf").exists()
    assert "option" in run.output


def test_a_wrong_phone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke(main, [*command("--output", str(tmp_path / "x.pdf")), "--telephone", "abc"])
    assert run.exit_code == 2 and "abc" in run.output


@pytest.mark.parametrize(
    ("more", "named"),
    [
        (("--link", "exemple.fr"), "exemple.fr"),
        (("--link", "https://exemple.fr/m/a b"), "https://exemple.fr/m/a b"),
        (("--until", "2020-01-01"), "2020"),
        (("--output", "x.txt"), "x.txt"),
        (("--until", "2190-01-01"), "2190"),
    ],
)
def test_a_link_that_no_phone_opens_and_a_file_that_is_no_pdf_are_named(
    more: tuple[str, ...], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke(main, [*command("--output", str(tmp_path / "x.pdf")), *more])
    assert run.exit_code == 2 and named in run.output and not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize("language", ["ar", "uk", "bn"])
@pytest.mark.parametrize("name", ["ნინო", "አበበ", "李"])
def test_a_name_in_a_script_without_a_font_is_refused_and_never_printed_as_boxes(language: str, name: str) -> None:
    content = Content(TEMPLATE, "rendez_vous_confirmation", examples(templates()["rendez_vous_confirmation"]))
    content = replace(content, values={**content.values, "prenom": name})
    sheet = letter(content, language, reference="", link=LINK, until=date(2027, 1, 20), telephone="3949")
    with pytest.raises(UnprintableError) as refused:
        letter_pdf(sheet, date(2027, 1, 6))
    assert refused.value.text in name


def test_the_command_says_which_letters_it_cannot_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path))
    values = {**examples(templates()["rendez_vous_confirmation"]), "prenom": "李"}
    slots = [f"--slot={name}={value}" for name, value in values.items()]
    args = ["letter", "M05", "--lang", "ar", *slots, "--link", LINK, "--until", SOON.isoformat()]
    run = CliRunner().invoke(main, [*args, "--telephone", "3949", "--output", str(tmp_path / "x.pdf")])
    assert run.exit_code == 2 and "李" in run.output and not (tmp_path / "x.pdf").exists()


def test_without_a_reference_the_title_is_the_first_line_and_the_language_that_of_the_household() -> None:
    content = Content(TEMPLATE, "arret_messages", examples(templates()["arret_messages"]))
    sheet = letter(content, "fa-AF", reference="", link=LINK, until=date(2027, 1, 20), telephone="3949")
    pdf = PdfReader(io.BytesIO(letter_pdf(sheet, date(2027, 1, 6))))
    assert pdf.metadata is not None and pdf.metadata.title == sheet.sides[0].lines[0]
    assert pdf.trailer["/Root"]["/Lang"] == "fa-AF"
