"""A worded report -> one page that is a form: it needs no network, no script and no other file."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.reports.in_words import WordedReport

TEMPLATES = Path(__file__).resolve().parent / "templates"


def page(report: WordedReport) -> str:
    """The whole page."""
    return _environment().get_template("report.html").render(report=report, style=Markup(style()))  # noqa: S704  (ours)


def content_security_policy() -> str:
    """What a served page may load: nothing but its own style."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    rules = ("default-src 'none'", f"style-src 'sha256-{digest}'", "base-uri 'none'", "form-action 'none'")
    return "; ".join((*rules, "frame-ancestors 'none'"))


@cache
def style() -> str:
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
