"""A worded report -> a DOCX that can be filled in on a computer or a phone, or printed and filled in by hand.

Real headings, table heads that repeat, content controls for every answer, the language of the text said.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from itertools import groupby

from docx import Document
from docx.document import Document as Opened
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from bot.reports.controls import Controls
from bot.reports.docx_parts import as_head, page_field, set_language, shade, soften, unbroken, widths
from bot.reports.in_words import WordedCell, WordedField, WordedReport, WordedSection

INK, SOFT = RGBColor(0x17, 0x24, 0x2B), RGBColor(0x45, 0x55, 0x5D)
ACCENT = RGBColor(0x0D, 0x4A, 0x58)
HEAD, LABEL = "DCE9EA", "F3F6F6"
WIDTH = 17.4  # cm, between the margins of an A4 page
SHORT, LONG = 2.2, 4.2  # how wide, one to the other, a column of a table is


def docx(report: WordedReport) -> bytes:
    """The whole file."""
    return _Writer(report).written()


class _Writer:
    def __init__(self, report: WordedReport) -> None:
        self.report = report
        self.document: Opened = Document()
        self.controls = Controls(report.tag)

    def written(self) -> bytes:
        self._prepare()
        self.document.add_paragraph(self.report.title, "Title")
        for line in self.report.above:
            self.document.add_paragraph().add_run(line).bold = True
        for line in (*self.report.lead, *self.report.about):
            self._small(self.document.add_paragraph(), line)
        after_apart = False
        for section in self.report.sections:
            self._section(section, on_new_page=section.apart or after_apart)
            after_apart = section.apart
        file = BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _prepare(self) -> None:
        """An A4 page, the fonts, the language, the title in the file's properties, the foot of each page."""
        page = self.document.sections[0]
        page.orientation = WD_ORIENT.PORTRAIT
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(1.8)
        page.top_margin = page.bottom_margin = Cm(1.6)
        set_language(self.document, self.report.tag)
        about = self.document.core_properties
        about.title, about.author, about.language = self.report.title, "Aiguillage", self.report.tag
        about.comments = ""
        styles = self.document.styles
        for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 14), ("Heading 2", 11.5)):
            style = styles[name]
            style.font.name, style.font.size = "Arial", Pt(size)
            for theme in ("asciiTheme", "hAnsiTheme"):  # the theme's font would win
                style.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
            style.font.color.rgb = INK if name == "Normal" else ACCENT
        styles["Normal"].paragraph_format.space_after = Pt(3)
        styles["Heading 1"].paragraph_format.space_before = Pt(14)
        foot = page.footer.paragraphs[0]
        self._small(foot, f"{self.report.foot} — ")
        page_field(foot)

    def _section(self, section: WordedSection, *, on_new_page: bool) -> None:
        heading = self.document.add_heading(f"{section.number}. {section.title}", 1)
        heading.paragraph_format.page_break_before = on_new_page
        self._under_heading(" — ".join(filter(None, (section.statements, section.hint))))
        if section.left_out:
            self.document.add_paragraph(section.left_out)
        for alone, group in groupby(section.fields, key=lambda f: f.cell.kind in ("table", "said")):
            if not alone:
                self._pairs(group)
                continue
            for field in group:
                self._alone(field)

    def _pairs(self, fields: Iterable[WordedField]) -> None:
        """Fields with one answer each, as the rows of a table."""
        table = self._table((self.report.labels["what"], self.report.labels["answer"]), (6.2, WIDTH - 6.2))
        for field in fields:
            label, answer = unbroken(table.add_row()).cells
            shade(label, LABEL)
            self._label(label.paragraphs[0], field)
            self._fill(answer, field.cell, roomy=field.cell.kind == "lines")
            for note in field.notes:
                self._small(answer.add_paragraph(), note)
        self._gap()

    def _alone(self, field: WordedField) -> None:
        heading = self.document.add_heading(level=2)
        self._label(heading, field)
        if field.cell.kind == "said":
            for line in field.said:
                self.document.add_paragraph(line, "List Bullet")
            table = self._table((self.report.labels["room"],), (WIDTH,))
            self._fill(unbroken(table.add_row()).cells[0], field.cell, roomy=True)
            self._gap()
            return
        for line in (*field.notes, *field.legends):
            self._under_heading(line)
        self._rows(field)

    def _rows(self, field: WordedField) -> None:
        kinds = [cell.kind for cell in field.rows[0].cells]
        first = 1.9 if field.rows[0].named else 0.9
        shares = [SHORT if kind in ("check", "number", "date") else LONG for kind in kinds]
        wide = [share * (WIDTH - first) / sum(shares) for share in shares]
        table = self._table((self.report.labels["row"], *field.heads), (first, *wide))
        for row in field.rows:
            drawn = unbroken(table.add_row())
            drawn.height = Cm(0.8)  # room for a hand
            cells = drawn.cells
            shade(cells[0], LABEL)
            cells[0].paragraphs[0].add_run(row.label)
            for place, cell in zip(cells[1:], row.cells, strict=True):
                self._fill(place, cell)
        self._gap()

    def _table(self, heads: tuple[str, ...], wide: tuple[float, ...]) -> Table:
        table = self.document.add_table(rows=1, cols=len(heads), style="Table Grid")
        as_head(table.rows[0])
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            shade(cell, HEAD)
            cell.paragraphs[0].paragraph_format.keep_with_next = True
            run = cell.paragraphs[0].add_run(head)
            run.bold, run.font.size = True, Pt(9)
        widths(table, wide)
        soften(table)
        return table

    def _fill(self, place: _Cell, cell: WordedCell, *, roomy: bool = False) -> None:
        """The control for an answer, with the value where there is one."""
        paragraph = place.paragraphs[0]
        inside_a_table = "-" in cell.name
        if cell.kind == "check":
            self.controls.tick(paragraph, cell.name, cell.label, ticked=False)
        elif cell.choices and inside_a_table:
            self.controls.menu(paragraph, cell, self.report.labels["pick"])
        elif cell.choices:
            for i, choice in enumerate(cell.choices):
                paragraph.add_run("    " if i else "")
                name = f"{cell.name}-{choice.id}"
                self.controls.tick(paragraph, name, f"{cell.label} — {choice.label}", ticked=choice.chosen)
                paragraph.add_run(f"\u00a0{choice.label.replace(' ', chr(0xA0))}")
        elif cell.kind == "date":
            self.controls.day(paragraph, cell)
        else:
            self.controls.text(paragraph, cell)
        if roomy:
            place.add_paragraph().paragraph_format.space_after = Pt(14)

    def _label(self, paragraph: Paragraph, field: WordedField) -> None:
        paragraph.add_run(field.cell.label)
        for part in filter(None, (field.statements, field.hint)):
            run = paragraph.add_run(f" — {part}")
            run.font.size, run.font.color.rgb, run.font.bold = Pt(8.5), SOFT, False

    def _small(self, paragraph: Paragraph, line: str) -> None:
        run = paragraph.add_run(line)
        run.font.size, run.font.color.rgb = Pt(9), SOFT

    def _under_heading(self, line: str) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        self._small(paragraph, line)

    def _gap(self) -> None:
        """Some room after a table, which has none of its own."""
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(6)
