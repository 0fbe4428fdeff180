"""The guide as HTML: a page of the site under its strict policy, or a file that holds its own style."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.guide.course import draw_course
from api.pages.guide.words import Sheet, Speaker
from bot.channels.web_page.assets import Assets, read_assets
from bot.channels.web_page.pages import TEMPLATES, bound
from bot.wording import Wording, autonyms
from rules.guide.guide import Guide

HERE = Path(__file__).resolve().parent
STYLE = "guide.css"


@cache
def guide_assets() -> Assets:
    """The guide's own style sheet."""
    return read_assets(HERE / "static")


@cache
def house_assets() -> Assets:
    """What every page of the site loads, at the same addresses as the chat's."""
    return read_assets()


@cache
def _environment() -> Environment:
    loader = FileSystemLoader((HERE, TEMPLATES))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def style_address() -> str:
    """Where the site serves the guide's style sheet: another address when its content changes."""
    return f"/guide/static/{guide_assets().version}/{STYLE}"


def guide_page(guide: Guide, sheet: Sheet, say: Speaker, *, pdf: str, address_in: Callable[[str], str]) -> str:
    """The page of the site. ``pdf``: where the PDF is. ``address_in``: this page's address in another language."""
    return _render(
        "web.html",
        guide,
        sheet,
        say,
        t=lambda message: bound(say.words(message), say.words.language),
        asset=house_assets().address,
        languages=autonyms(),
        style_address=style_address(),
        address_in=address_in,
        pdf_address=pdf,
    )


def guide_file(guide: Guide, sheet: Sheet, say: Speaker) -> str:
    """The guide as one HTML file that needs no other."""
    styles = [house_assets().files["page.css"], guide_assets().files[STYLE]]
    return _render("file.html", guide, sheet, say, styles=b"\n".join(styles).decode(), pdf_address="")


def _render(template: str, guide: Guide, sheet: Sheet, say: Speaker, **values: object) -> str:
    words: Wording = say.words
    return (
        _environment()
        .get_template(template)
        .render(
            sheet=sheet,
            lang=words.language,
            dir=words.direction,
            wide=draw_course(guide, say, wide=True),
            tall=draw_course(guide, say, wide=False),
            **values,
        )
    )
