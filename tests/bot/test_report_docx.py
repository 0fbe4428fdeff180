"""The DOCX, opened again: headings, heads of tables, the language, and a control for every answer."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn

from bot.reports.docx import docx
from bot.reports.in_words import LANGUAGE_TAGS
from bot.reports.load import load_trame
from bot.reports.prefill import blank
from bot.wording import languages
from tests.bot.reporting import ENERGY, SETTLED, a_report, a_territory, controls_of, worded

N1, SR = load_trame("n1"), load_trame("sr")
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def opened(report, language="fr"):
    return Document(BytesIO(docx(worded(report, language))))


def answers(document):
    return dict(controls_of(document))


def ticked(document):
    """The tags of the boxes that are ticked, by their control and by what is seen."""
    found = set()
    for control in document.element.body.iter(qn("w:sdt")):
        checked = control.find(f".//{W14}checked")
        if checked is not None:
            seen = "".join(t.text for t in control.iter(qn("w:t"))) == "☒"
            assert seen == (checked.get(f"{W14}val") == "1")
            if seen:
                found.add(control.find(f".//{qn('w:tag')}").get(qn("w:val")))
    return found


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "trame", [N1, *(SR.of_category(c) for c in SR.categories)], ids=lambda t: "-".join(t.categories)
)
def test_every_section_is_a_heading_and_every_answer_has_a_control_of_its_own(trame, language):
    report = worded(blank(trame), language)
    document = opened(blank(trame), language)
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [f"{s.number}. {s.title}" for s in report.sections]
    wanted = set()
    for field in (f for s in report.sections for f in s.fields):
        for cell in [c for row in field.rows for c in row.cells] or [field.cell]:
            apart = cell.choices and not field.rows
            wanted |= {f"{cell.name}-{c.id}" for c in cell.choices} if apart else {cell.name}
    tags = [tag for tag, _ in controls_of(document)]
    assert len(tags) == len(set(tags))
    assert set(tags) == wanted


def test_every_table_has_a_head_that_repeats_and_no_row_breaks():
    for table in opened(blank(N1)).tables:
        first, *others = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(cell.text for cell in first.cells)
        assert others and all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in others)


def test_what_word_reads_in_a_fixed_order_is_in_that_order():
    """ECMA-376, 17.4.59 (tblPr) and 17.5.2.38 (sdtPr): Word refuses another order."""
    table = ["tblStyle", "tblW", "jc", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook"]
    control = ["alias", "tag", "id", "showingPlcHdr", "text", "date", "dropDownList", "checkbox"]
    document = opened(a_report(SETTLED, energy=ENERGY))
    for name, order in (("tblPr", table), ("sdtPr", control)):
        for about in document.element.body.iter(qn(f"w:{name}")):
            places = [order.index(child.tag.rsplit("}", 1)[1]) for child in about]
            assert places == sorted(places)


@pytest.mark.parametrize("language", languages())
def test_the_language_and_the_title_are_said(language):
    document = opened(blank(N1), language)
    lang = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert lang.get(qn("w:val")) == document.core_properties.language == LANGUAGE_TAGS[language]
    assert document.core_properties.title == document.paragraphs[0].text
    assert document.paragraphs[0].style.name == "Title"


def test_what_is_known_is_filled_and_the_rest_is_empty():
    document = opened(a_report(SETTLED, energy=ENERGY))
    found = answers(document)
    assert found["date_dst"] == "10/11/2025"
    assert found["orientations-1-etat"] == "Faite"
    assert found["energie-2-depenses"].replace("\u202f", " ") == "1 210"
    assert found["reference"] == found["visiteur"] == "…………"
    assert ticked(document) == {
        "modalite-visite", "meme_visiteur-oui", "option_n1-oui", "sr-termine", "demenagement-non",
        "occupation-locataire_prive",
    }  # fmt: skip


def test_a_blank_report_ticks_nothing():
    assert ticked(opened(blank(N1))) == set()


def test_the_verdict_and_the_rates_are_read_in_the_document():
    text = "\n".join(p.text for p in opened(a_report(SETTLED, energy=ENERGY)).paragraphs).replace("\u00a0", " ")
    assert "Mission : Suivi à N+1" in text
    assert "Ce que dit le texte" in text
    assert "taux d’effort énergétique de 9,8 %" in text
    assert "Un taux n’est pas un diagnostic" in text


def test_the_evaluation_and_what_comes_after_it_are_on_pages_of_their_own():
    def breaks(report):
        return {
            p.text.split(".")[0] for p in opened(report).paragraphs if p.paragraph_format.page_break_before
        }  # fmt: skip

    assert breaks(blank(N1)) == {"10", "11"}
    assert breaks(blank(N1, a_territory(option_evaluation=False))) == set()
    assert breaks(blank(SR.of_category("sante"))) == {"8"}
