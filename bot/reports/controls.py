"""Content controls (``w:sdt``): what can be filled in of a DOCX, each with a title and a tag."""

from __future__ import annotations

from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml.etree import SubElement, _Element

from bot.reports.docx_parts import element
from bot.reports.in_words import WordedCell

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
EMPTY, TICKED, UNTICKED = "…………", "☒", "☐"
LONGEST_TITLE = 64  # Word refuses a longer title of a control


class Controls:
    """Makes the controls of one document, each with its own number. ``tag``: the document's language."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._made = 0

    def text(self, paragraph: Paragraph, cell: WordedCell) -> None:
        what = element("text", **({"multiLine": "1"} if cell.kind in ("lines", "said", "text") else {}))
        self._put(paragraph, cell.name, cell.label, what, cell.value)

    def day(self, paragraph: Paragraph, cell: WordedCell) -> None:
        what = element("date", **({"fullDate": f"{cell.day}T00:00:00Z"} if cell.day else {}))
        what.append(element("dateFormat", val="dd/MM/yyyy"))
        what.append(element("lid", val=self.tag))
        what.append(element("storeMappedDataAs", val="date"))
        what.append(element("calendar", val="gregorian"))
        self._put(paragraph, cell.name, cell.label, what, cell.value)

    def menu(self, paragraph: Paragraph, cell: WordedCell, pick: str) -> None:
        what = element("dropDownList")
        for choice in cell.choices:
            what.append(element("listItem", displayText=choice.label, value=choice.id))
        self._put(paragraph, cell.name, cell.label, what, cell.value, empty=f"{EMPTY} ({pick})")

    def tick(self, paragraph: Paragraph, name: str, label: str, *, ticked: bool) -> None:
        what: _Element = paragraph._p.makeelement(f"{{{W14}}}checkbox", nsmap={"w14": W14})
        SubElement(what, f"{{{W14}}}checked", {f"{{{W14}}}val": "1" if ticked else "0"})
        for state, sign in (("checkedState", TICKED), ("uncheckedState", UNTICKED)):
            values = {f"{{{W14}}}val": f"{ord(sign):04X}", f"{{{W14}}}font": "MS Gothic"}
            SubElement(what, f"{{{W14}}}{state}", values)
        self._put(paragraph, name, label, what, TICKED if ticked else UNTICKED, font="MS Gothic")

    def _put(
        self,
        paragraph: Paragraph,
        name: str,
        label: str,
        what: _Element,
        value: str,
        *,
        empty: str = EMPTY,
        font: str | None = None,
    ) -> None:
        self._made += 1
        about = element("sdtPr")
        about.append(element("alias", val=label[:LONGEST_TITLE]))
        about.append(element("tag", val=name[:LONGEST_TITLE]))
        about.append(element("id", val=str(self._made)))
        if not value:
            about.append(element("showingPlcHdr"))
        about.append(what)
        run = paragraph.add_run(value or empty)
        if font:
            run.font.name = font
            run._r.rPr.rFonts.set(qn("w:eastAsia"), font)
        content = element("sdtContent")
        control = element("sdt")
        control.append(about)
        control.append(content)
        run._r.addprevious(control)
        content.append(run._r)
