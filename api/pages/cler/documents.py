"""The open questions as a document to send: a PDF set by Typst, a DOCX to fill in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from api.pages.cler.words import Chapter
from api.pages.letter.pdf import FONTS
from bot.wording import Wording

if TYPE_CHECKING:
    from docx.document import Document

HERE = Path(__file__).resolve().parent
ACCENT = (0x0D, 0x4A, 0x58)
ANSWER_LINES = 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """``scope``: which questions these are: the territory, the period; ``made``: the day."""

    scope: str
    chapters: Sequence[Chapter]
    made: date
    words: Wording

    @property
    def title(self) -> str:
        return self.words("cler.document.title")


def pdf(sheet: Sheet) -> bytes:
    """Tagged A4 pages (PDF/UA-1), every font embedded."""
    import typst

    midnight = datetime(sheet.made.year, sheet.made.month, sheet.made.day, tzinfo=UTC)
    labels = {name: sheet.words(f"cler.document.{name}") for name in ("lead", "examples", "passages", "answer", "none")}
    content = {
        "title": sheet.title,
        "scope": sheet.scope,
        "lang": sheet.words.language,
        "labels": labels,
        "chapters": [asdict(chapter) for chapter in sheet.chapters],
    }
    compiled = typst.compile(
        str(HERE / "cler.typ"),
        root=str(HERE),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]),
        format="pdf",
        sys_inputs={"sheet": json.dumps(content, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(midnight.timestamp()),
    )
    if not isinstance(compiled, bytes):
        raise TypeError(f"typst gave {type(compiled).__name__}, not one PDF")
    return compiled


def docx(sheet: Sheet) -> bytes:
    """The same, to be answered on a computer: after each question a line « Réponse »."""
    from docx import Document
    from docx.shared import Cm, Pt, RGBColor

    from bot.reports.docx_parts import page_field, set_language

    words, document = sheet.words, Document()
    set_language(document, words.locale.language)
    about = document.core_properties
    about.title, about.author, about.language, about.comments = sheet.title, "Aiguillage", words.language, ""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 14), ("Heading 2", 12)):
        style = document.styles[name]
        style.font.name, style.font.size = "Arial", Pt(size)
        if name != "Normal":
            style.font.color.rgb = RGBColor(*ACCENT)
    document.add_paragraph(sheet.title, "Title")
    document.add_paragraph(sheet.scope)
    document.add_paragraph(words("cler.document.lead" if sheet.chapters else "cler.document.none"))
    for chapter in sheet.chapters:
        _chapter(document, chapter, words)
    page_field(page.footer.paragraphs[0])
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _chapter(document: Document, chapter: Chapter, words: Wording) -> None:
    document.add_heading(chapter.title, 1)
    for asked in chapter.asked:
        document.add_paragraph(asked).runs[0].italic = True
    for question in chapter.questions:
        document.add_heading(question.question, 2)
        document.add_paragraph(question.counted)
        document.add_paragraph(question.about)
        for title, lines in (("passages", question.passages), ("examples", question.examples)):
            if lines:
                document.add_paragraph(words(f"cler.document.{title}")).runs[0].bold = True
            for line in lines:
                document.add_paragraph(line, "List Bullet")
        for line in question.meanwhile:
            document.add_paragraph(line)
        document.add_paragraph(words("cler.document.answer")).runs[0].bold = True
        for _ in range(ANSWER_LINES):
            document.add_paragraph()
