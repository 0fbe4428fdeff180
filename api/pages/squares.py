"""An address as a square to photograph, as large as its place in a page."""

from __future__ import annotations

from io import BytesIO

import segno
from markupsafe import Markup


def drawn_square(address: str) -> Markup:
    """The QR code as SVG, without a size of its own."""
    out = BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(out, kind="svg", border=2, xmldecl=False, svgns=True, dark="#17242b", omitsize=True)
    return Markup(out.getvalue().decode())  # noqa: S704  (drawn by segno)
