"""A Reply -> a page, or the part of the page that changes. The words come from the catalogs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.channels.web_page.assets import Assets
from bot.channels.web_page.requests import Form
from bot.expert import FieldErrors, Group
from bot.messages import Button, Reply, Section, Text
from bot.presses import read_press
from bot.speech.limits import LARGEST, LONGEST
from bot.wording import autonyms, wording

TEMPLATES = Path(__file__).resolve().parent / "templates"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(), camera=(), geolocation=()",
}
WHERE_ONE_SPEAKS: Mapping[str, str] = {"Permissions-Policy": "microphone=(self), camera=(), geolocation=()"}
WHERE_A_FORM_IS_READ: Mapping[str, str] = {
    "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; media-src 'self' blob:"
}
REFRESH = 2  # seconds
PRIVATE_ADDRESS: Mapping[str, str] = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
_BEFORE, _AFTER = re.compile(" (?=[?!:;»])"), re.compile("(?<=«) ")
RESUME, LISTEN, CONFIRM = "resume", "listen", "confirm"
PROPOSAL = "proposal"
_CHOICES = frozenset({"choice", "skip", "link"})
_APART = _CHOICES | {RESUME, LISTEN, CONFIRM}


@dataclass(frozen=True, slots=True)
class Given:
    """One line of the recap or of a proposal, with the button that corrects it or leaves it out, where there is one."""

    line: Text
    correct: Button | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply as the page lays it out: what was given above, the sections, the choices, the tools below.

    ``resumes``: the buttons that take an earlier question up, which stand under the verdict that asks for it.
    ``proposed`` and ``confirms``: the lines of what was understood, and the buttons that take it or forget it.
    ``listens``: whether it can be heard; ``speaks``: whether an answer can be spoken.
    """

    reply: Reply
    given: tuple[Given, ...]
    sections: tuple[Section, ...]
    choices: tuple[tuple[Button, ...], ...]
    tools: tuple[Button, ...]
    resumes: tuple[Button, ...] = ()
    proposed: tuple[Given, ...] = ()
    confirms: tuple[Button, ...] = ()
    listens: bool = False

    @property
    def speaks(self) -> bool:
        return self.listens and any(section.kind in ("question", PROPOSAL) for section in self.sections)

    @property
    def focused(self) -> Section | None:
        """The section the reader is taken to: a verdict, the question, what was asked of coordination, the answer, else
        the first one."""
        by_kind = {section.kind: section for section in reversed(self.sections)}
        wanted = (by_kind.get(kind) for kind in ("verdict", "proposal", "question", "asked", "answer", "open"))
        return next((section for section in wanted if section), self.sections[0] if self.sections else None)


def turn_of(reply: Reply) -> Turn:
    """Lay a reply out. « Corriger » and « Retirer » go beside the lines that they are about."""
    buttons = [button for row in reply.buttons for button in row]
    given = tuple(Given(line, _of(buttons, "correct", _about(line))) for line in _lines(reply, "recap"))
    proposed = tuple(Given(line, _of(buttons, "leave_out", _about(line))) for line in _lines(reply, PROPOSAL))
    refused = _of(buttons, "refuse")
    confirms = tuple(b for b in buttons if b.kind == CONFIRM or b is refused)
    beside = {one.correct.data for one in (*given, *proposed) if one.correct} | {b.data for b in confirms}
    choices = (tuple(button for button in row if button.kind in _CHOICES) for row in reply.buttons)
    return Turn(
        reply=reply,
        given=given,
        sections=tuple(section for section in reply.sections if section.kind != "recap"),
        choices=tuple(row for row in choices if row),
        tools=tuple(b for b in buttons if b.kind not in _APART and b.data not in beside),
        resumes=tuple(b for b in buttons if b.kind == RESUME),
        proposed=proposed,
        confirms=confirms,
        listens=not buttons or any(b.kind == LISTEN for b in buttons),
    )


def _lines(reply: Reply, kind: str) -> tuple[Text, ...]:
    return tuple(line for section in reply.sections if section.kind == kind for line in section.lines)


def _of(buttons: list[Button], kind: str, value: str = "") -> Button | None:
    """The button that does this to that question or fact."""
    presses = ((button, read_press(button.data)) for button in buttons)
    return next((b for b, press in presses if press and (press.kind, press.value) == (kind, value)), None)


def _about(line: Text) -> str:
    """The question that a line of the recap answers, or the fact that a line of a proposal says."""
    return str(line.params.get("given", "")).partition(" ")[0]


@dataclass(frozen=True)
class Pages:
    """Renders every page of the web chat. ``assets`` gives the addresses of the style and the modules."""

    assets: Assets
    environment: Environment

    def beside(self, *folders: Path) -> Environment:
        """These templates with those of another page's folders, which come first."""
        shared = self.environment.loader
        return self.environment.overlay(loader=ChoiceLoader([FileSystemLoader(folders), *([shared] if shared else [])]))

    def chat(self, reply: Reply, *, notice: str | None = None) -> HTMLResponse:
        turn = turn_of(reply)
        return self._page("chat.html", reply.language, headers=WHERE_ONE_SPEAKS, turn=turn, notice=notice, press="")

    def fragment(self, reply: Reply, press: str) -> HTMLResponse:
        """The part of the chat that changes; ``press`` names the same reply as a whole page."""
        return self._page("dialogue.html", reply.language, turn=turn_of(reply), notice=None, press=press)

    def listening(self, note: str, language: str, again: int | None) -> HTMLResponse:
        """« J’écoute… » for a browser without scripts, which asks again by itself; ``again``: how often it did,
        None where it does not go on."""
        headers = {"Refresh": f"{REFRESH};url=/voix/{note}?essai={again + 1}"} if again is not None else {}
        return self._page(
            "listening.html", language, headers={**PRIVATE_ADDRESS, **headers}, note=note, over=again is None
        )

    def answer(self, reply: Reply) -> HTMLResponse:
        return self._page("answer.html", reply.language, headers=PRIVATE_ADDRESS, turn=turn_of(reply))

    def expert(
        self,
        groups: tuple[Group, ...],
        language: str,
        *,
        form: Form | None = None,
        rows: int = 1,
        result: Reply | FieldErrors | None = None,
        reads: bool = False,
    ) -> HTMLResponse:
        """The expert form as it was filled, and what came of it: an answer, or errors at their fields. ``reads``: the
        answer can be heard."""
        refused = isinstance(result, FieldErrors)
        return self._page(
            "expert.html",
            language,
            status=422 if refused else 200,
            headers=WHERE_A_FORM_IS_READ if reads else None,
            reads=reads,
            groups=groups,
            form=form or {},
            rows=rows,
            errors=result.errors if isinstance(result, FieldErrors) else {},
            turn=turn_of(result) if isinstance(result, Reply) else None,
        )

    def problem(self, status: int, message: str, language: str, *, fragment: bool = False) -> HTMLResponse:
        """A refusal in words: a page, or the sentences alone for the page's own module."""
        template = "problem_words.html" if fragment else "problem.html"
        said = {"message": message, "unknown": status == 404}
        return self._page(template, language, status=status, headers=PRIVATE_ADDRESS, **said)

    def offline(self, language: str) -> HTMLResponse:
        """The page that asks and answers by itself: the same for everyone, so that it may be kept on a phone."""
        return self._page("offline.html", language, headers={"Cache-Control": "no-cache"})

    def section(self, part: Section, language: str, *, focused: bool) -> str:
        """One section of the chat as it stands in the page."""
        words = wording(language)
        macros: Any = self.environment.get_template("sections.html").module
        said = macros.section(
            part,
            part if focused else None,
            lambda text: self.sentence(text, language),
            lambda message: bound(words(message), words.language),
        )
        return str(said).strip()

    def sentence(self, text: Text, language: str) -> str:
        """A text as the pages write it."""
        words = wording(language)
        return bound(words.say(text), words.language)

    def beside_page(
        self, environment: Environment, template: str, language: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """A page of another folder (`beside`), at an address that no search engine keeps."""
        return self._page(template, language, environment, status=status, headers=PRIVATE_ADDRESS, **values)

    def _page(
        self,
        template: str,
        language: str,
        environment: Environment | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> HTMLResponse:
        words = wording(language)
        html = (
            (environment or self.environment)
            .get_template(template)
            .render(
                t=lambda message, **params: bound(words(message, **params), words.language),
                say=lambda text: self.sentence(text, language),
                asset=self.assets.address,
                lang=words.language,
                dir=words.direction,
                languages=autonyms(),
                event=secrets.token_urlsafe(16),
                **values,
            )
        )
        kept = {**SECURITY_HEADERS, "Cache-Control": "no-store", **(headers or {})}
        return HTMLResponse(html, status, kept)


def read_pages(assets: Assets) -> Pages:
    """The renderer over the templates beside this file."""
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.tests["in_family"] = _in_family
    environment.globals |= {"longest_note": int(LONGEST), "largest_note": LARGEST}
    return Pages(assets, environment)


def bound(sentence: str, language: str) -> str:
    """The sentence with no line break before a French sign of two parts, nor inside the guillemets."""
    if language.split("-")[0] != "fr":
        return sentence
    return _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", sentence))


def _in_family(message: str, family: str) -> bool:
    """Whether a message id is one of a family: ``mission.suivi_n1`` is of ``mission``."""
    return message.split(".")[0] == family
