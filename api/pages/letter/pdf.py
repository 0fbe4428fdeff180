"""A letter as a PDF, set by Typst with fonts of our own for each script: the same on every machine, with no network."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import segno

from bot.followup.letter import Letter, plain

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"  # subsets of Noto: Latin and Cyrillic; Arabic; Bengali (OFL.txt)


UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed')


class UnprintableError(ValueError):
    """A letter with ``text`` in a script that its fonts do not have: never printed as empty boxes."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"no font of the letter has {text!r}")


def letter_pdf(letter: Letter, printed: date) -> bytes:
    """A tagged A4 page (PDF/UA-1), every font embedded. Raises UnprintableError."""
    import typst

    midnight = datetime(printed.year, printed.month, printed.day, tzinfo=UTC)
    try:
        compiled = typst.compile(
            str(HERE / "letter.typ"),
            root=str(HERE),
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]),
            format="pdf",
            sys_inputs={"letter": json.dumps(plain(letter), ensure_ascii=False), "square": square(letter.link)},
            pdf_standards=["ua-1"],
            timestamp=int(midnight.timestamp()),
        )
    except typst.TypstError as error:
        if undrawn := UNDRAWN.search(str(error)):
            raise UnprintableError(undrawn[1]) from None
        raise
    if not isinstance(compiled, bytes):
        raise TypeError(f"typst gave {type(compiled).__name__}, not one PDF")
    return compiled


def square(address: str) -> str:
    """The QR code of an address as SVG."""
    drawn = BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", border=4, xmldecl=False, svgns=True, dark="#17242b")
    return drawn.getvalue().decode()
