"""The guide as a PDF, set by Typst with the fonts of its own wheel: the same on every machine, with no network."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from api.pages.guide.course import PRINT_FONT, draw_course
from api.pages.guide.words import Sheet, Speaker
from rules.guide.guide import Guide

TEMPLATE = Path(__file__).resolve().parent / "guide.typ"
KEPT = 32  # PDFs in memory: a few territories in a few languages


def guide_pdf(guide: Guide, sheet: Sheet, say: Speaker, printed: date) -> bytes:
    """A tagged A4 PDF (PDF/UA-1) of the sheet. The same content is set once and then given again."""
    course = draw_course(guide, say, wide=True, font=PRINT_FONT)
    return _set(json.dumps(sheet, ensure_ascii=False), course, printed.isoformat())


@lru_cache(maxsize=KEPT)
def _set(sheet: str, course: str, day: str) -> bytes:
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    compiled = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=fonts,
        format="pdf",
        sys_inputs={"sheet": sheet, "course": course, "day": day},
        pdf_standards=["ua-1"],
        timestamp=int(midnight.timestamp()),
    )
    if not isinstance(compiled, bytes):
        raise TypeError(f"typst gave {type(compiled).__name__}, not one PDF")
    return compiled
