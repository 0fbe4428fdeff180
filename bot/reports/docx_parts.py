"""What a DOCX needs and python-docx has no word for: heads that repeat, shading, widths, the language, page numbers."""

from __future__ import annotations

from docx.document import Document as Opened
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from lxml.etree import _Element


def element(name: str, **attributes: str) -> _Element:
    """A WordprocessingML element ``w:<name>`` with attributes of that namespace."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def as_head(row: _Row) -> None:
    """The row as the table's head: said as such to a screen reader, and repeated on each page."""
    row._tr.get_or_add_trPr().append(element("tblHeader", val="true"))


def shade(cell: _Cell, colour: str) -> None:
    cell._tc.get_or_add_tcPr().append(element("shd", val="clear", color="auto", fill=colour))


def widths(table: Table, wide: tuple[float, ...]) -> None:
    """The columns' widths in cm, for the rows there are and those to come."""
    table.autofit = False
    for column, width in zip(table.columns, wide, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def unbroken(row: _Row) -> _Row:
    """The row, which no longer breaks across two pages."""
    row._tr.get_or_add_trPr().append(element("cantSplit", val="true"))
    return row


def soften(table: Table) -> None:
    """Grey lines rather than black ones."""
    borders = element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(side, val="single", sz="4", space="0", color="8A9AA0"))
    about = table._tbl.tblPr
    after = [about.find(qn(f"w:{name}")) for name in ("shd", "tblLayout", "tblCellMar", "tblLook")]
    first = next(found for found in after if found is not None)  # Word wants them in the order of the standard
    first.addprevious(borders)


def set_language(document: Opened, tag: str) -> None:
    """The language of the whole text, for spelling and for screen readers."""
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(element("lang", val=tag, eastAsia=tag, bidi="ar-SA"))


def page_field(paragraph: Paragraph) -> None:
    """The number of the page."""
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = paragraph.add_run()
        if kind:
            run._r.append(element("fldChar", fldCharType=kind))
        else:
            instruction = element("instrText")
            instruction.text = text
            run._r.append(instruction)
