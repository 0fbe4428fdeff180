"""What a phone needs to ask and answer without network: every path of the interview, and all its words.

The paths are free of language. The words are pieces of the page, made by the same code and the same templates as the
page of the web chat, so that they cannot differ from it. What a voice reads of them lies beside, as a person says it.
A day that depends on the day of the contact is left open in them, as ``{{day:<zone>:<latest or earliest>}}``, and
filled in by the page (`static/interview.js`).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from babel.dates import format_date

from bot.channels.web_page.assets import read_assets
from bot.channels.web_page.pages import TEMPLATES, Pages, read_pages
from bot.messages import Reply, Section, Text
from bot.offline_questions import settings_key
from bot.rendering import error_text, hint_text
from bot.showing import correction, label, progress_section, question_section, short
from bot.showing_findings import finding_sections
from bot.speech import spoken
from bot.speech.reading_aloud import closed, parts_read, sentences
from bot.speech.spoken import as_said
from bot.wording import LOCALES, Wording, languages, wording
from rules.errors import FactError
from rules.flips import Found, ZoneEnd
from rules.interview import Interviewer
from rules.model import Choice, Finding, Flip, Question, Territory
from rules.paths import Answered, Asked, Paths, all_paths
from rules.situation import FIRST_YEAR, LAST_YEAR
from rules.vocabulary import End

ROOT = LOCALES.parent
PATHS = "paths.json"
ANY_DAY = date(2026, 1, 15)  # the paths do not depend on it
SAID_BY_THE_PAGE = (
    "choice.unknown", "chat.more", "chat.back", "chat.restart", "chat.not_understood", "chat.nothing_before",
    "offline.refused", "offline.kept", "offline.sent", "offline.rules_changed", "offline.not_continued",
    "offline.not_kept", "offline.read",
)  # fmt: skip
HEARD_BESIDE = ("speech.choices", "chat.more", "choice.unknown")


@dataclass(frozen=True, slots=True)
class Package:
    """The files of one ruleset and one territory by name, gzipped, under the key of all that they are made from."""

    key: str
    files: Mapping[str, bytes]


def words_file(language: str) -> str:
    """The name of the file with the words of a language."""
    return f"words.{language}.json"


def package_key(rules: Mapping[str, str], territory: Territory | None) -> str:
    """The key of a package: of the rules' files, the territory's settings, the catalogs and our own sources."""
    made_from = json.dumps([sorted(rules.items()), repr(territory), _sources_digest()])
    return hashlib.sha256(made_from.encode()).hexdigest()[:20]


@cache
def _sources_digest() -> str:
    """The hash of the catalogs, the templates and the sources, as they were when this process began."""
    digest = hashlib.sha256()
    for file in _sources():
        digest.update(f"\n{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterable[Path]:
    page, said = TEMPLATES.parent, Path(spoken.__file__).parent
    found = [*(ROOT / "rules").rglob("*.py"), *(ROOT / "bot").glob("*.py"), *page.glob("*.py")]
    found += [*said.glob("spoken.*"), said / "reading_aloud.py"]
    return sorted([*found, *TEMPLATES.iterdir(), *LOCALES.glob("*/LC_MESSAGES/*.mo")])


def build_package(key: str, interviewer: Interviewer) -> Package:
    """Walk every path and word every piece in every language. Lasts some twenty seconds."""
    pieces = _Pieces(interviewer)
    content = {PATHS: pieces.paths(all_paths(interviewer, ANY_DAY))}
    pages = read_pages(read_assets())
    content |= {words_file(language): pieces.words(pages, wording(language)) for language in languages()}
    return Package(key, {name: _packed(value) for name, value in content.items()})


def _packed(value: object) -> bytes:
    return gzip.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)


class _Pieces:
    """Collects the sections that answers are made of, each once, and then words them. ``heard``: by node, the sections
    of an answer that a voice reads, in its order."""

    def __init__(self, interviewer: Interviewer) -> None:
        self.interviewer = interviewer
        self.ruleset = interviewer.compiled.ruleset
        self.sections: dict[str, tuple[int, Section, bool]] = {}
        self.heard: list[list[int] | None] = []
        self.questions: set[str] = set()

    def paths(self, paths: Paths) -> dict[str, object]:
        """The language-free part. A node is a question or, as a list of numbers, the sections of an answer."""
        nodes = [self._node(node) for node in paths.nodes]
        facts = [*(q.delay for q in self._asked() if q.delay), "aujourdhui", "date_contact"]
        territory = self.interviewer.territory
        return {
            "ruleset": self.ruleset.id.version,
            "territory": territory.id if territory else None,
            "settings": settings_key(territory),
            "start": paths.start,
            "nodes": nodes,
            "heard": self.heard,
            "cells": [_end(cell) for cell in paths.cells],
            "zones": self._zones(),
            "order": [pair for pair in self.ruleset.vocabulary.date_order if set(pair) <= set(facts)],
            "years": [FIRST_YEAR, LAST_YEAR],
            "questions": {q.id: self._question(q) for q in self._asked()},
        }

    def _node(self, node: Asked | Answered) -> object:
        if isinstance(node, Asked):
            self.questions.add(node.question)
            self.heard.append(None)
            asked = {"question": node.question, "choices": node.choices, "unknown": node.unknown}
            return {**asked, "days": node.days} if node.days else asked
        flips = tuple(_with_days_open(node.flips))
        sections = finding_sections(Finding(node.conclusion, lambda: flips), self.interviewer)
        numbers = [self._kept(section, focused=section is sections[0]) for section in sections]
        self.heard.append([numbers[sections.index(section)] for section in parts_read(Reply(sections))])
        return numbers

    def _kept(self, section: Section, *, focused: bool) -> int:
        return self.sections.setdefault(repr((section, focused)), (len(self.sections), section, focused))[0]

    def _asked(self) -> list[Question]:
        return [q for q in self.ruleset.questions if q.id in self.questions]

    def _question(self, asked: Question) -> dict[str, object]:
        choices = {c.id: self._range(c.months) if c.months else None for c in self._choices(asked)}
        return {"first": asked.first, "fact": asked.delay, "choices": choices}

    def _choices(self, asked: Question) -> tuple[Choice, ...]:
        return self.interviewer.all_choices(asked, ANY_DAY)

    def _zones(self) -> dict[str, object]:
        delays = self.ruleset.delays_in(self.interviewer.territory)
        return {z.id: [end and _end(end) for end in delays.ends(z.id)] for z in delays.zones}

    def _range(self, months: tuple[int | None, int | None]) -> list[tuple[int, int] | None]:
        """The first and the last day of a range of time before the contact."""
        delays = self.ruleset.delays_in(self.interviewer.territory)
        ends = [(z.under, *delays.ends(z.id)) for z in delays.zones]
        earliest = {under: first for under, first, _ in ends}[months[1]]
        after = {under: last for (under, _, _), (_, _, last) in pairwise(ends)}
        return [earliest and _end(earliest), _end(after.get(months[0], End(0, 0)))]

    def words(self, pages: Pages, words: Wording) -> dict[str, object]:
        """The words of one language, as mark-up where the page shows mark-up and as plain text elsewhere."""
        said = _bound(pages, words)
        return {
            "language": words.language,
            "sections": [pages.section(s, words.language, focused=f) for _, s, f in self.sections.values()],
            "progress": [
                pages.section(progress_section(n + 1), words.language, focused=False)
                for n in range(len(self.ruleset.questions))
            ],
            "questions": {q.id: self._question_words(pages, words, q) for q in self._asked()},
            "day": said(Text("chat.day", {"day": _verbatim("{{day}}")})),
            "months": _months(words),
            "errors": self._errors(said),
            "page": {message: said(Text(message)) for message in SAID_BY_THE_PAGE},
            "heard": self._heard_words(words),
        }

    def _heard_words(self, words: Wording) -> dict[str, object]:
        """What a voice reads: nothing of a section that it leaves out, and of the rest one sentence a line."""
        read = {number for heard in self.heard for number in heard or ()}
        sections = [_aloud(sentences(s), words) if n in read else "" for n, s, _ in self.sections.values()]
        return {"sections": sections, **{message: _aloud([Text(message)], words) for message in HEARD_BESIDE}}

    def _question_words(self, pages: Pages, words: Wording, asked: Question) -> dict[str, object]:
        said = _bound(pages, words)
        return {
            "asks": pages.section(question_section(asked), words.language, focused=True),
            "short": said(short(asked.id)),
            "correct": said(correction(asked.id)),
            "choices": {c.id: said(label(asked, c)) for c in self._choices(asked)},
            "heard": _aloud(sentences(question_section(asked)), words),
            "heard_choices": {c.id: _aloud([label(asked, c)], words) for c in self._choices(asked)},
        }

    def _errors(self, said: Callable[[Text], str]) -> dict[str, list[str]]:
        """What can be wrong with a typed day: ``<code> <fact>``, then the other date where there is one."""
        years = {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        found: dict[str, list[str]] = {}
        for fact in (q.delay for q in self._asked() if q.delay):
            found[f"not_a_date {fact}"] = _said(FactError("not_a_date", fact, "{{value}}"), said)
            found[f"year_out_of_range {fact}"] = _said(FactError("year_out_of_range", fact, "{{value}}", years), said)
        for fact, other in self.ruleset.vocabulary.date_order:
            hint = {"other": other, "other_value": "{{other}}"}
            for code in ("future_dst", "dates_out_of_order"):
                found[f"{code} {fact} {other}"] = _said(FactError(code, fact, "{{value}}", hint), said)
        return found


def _aloud(texts: Iterable[Text], words: Wording) -> str:
    """What a voice reads, one sentence a line."""
    said = (as_said(closed(words.say(text)), words.language) for text in texts)
    return "\n".join(line for line in said if line)


def _bound(pages: Pages, words: Wording) -> Callable[[Text], str]:
    return lambda text: pages.sentence(text, words.language)


def _said(error: FactError, said: Callable[[Text], str]) -> list[str]:
    return [said(error_text(error)), said(hint_text(error))]


def _with_days_open(flips: Found) -> Iterable[Flip]:
    for change, missions in flips:
        opened = {fact: _open(value) if isinstance(value, ZoneEnd) else value for fact, value in change.items()}
        yield Flip(opened, missions)


def _open(end: ZoneEnd) -> Text:
    return _verbatim(f"{{{{day:{end.zone}:{'latest' if end.latest else 'earliest'}}}}}")


def _verbatim(text: str) -> Text:
    return Text("chat.verbatim", {"text": text})


def _end(end: End) -> tuple[int, int]:
    return end.months, end.days


def _months(words: Wording) -> list[list[str]]:
    """How the language writes a day of each month: one pattern for days of one digit, one for those of two."""
    return [[_pattern(words, month, day) for day in (7 if month == 5 else 5, 27)] for month in range(1, 13)]


def _pattern(words: Wording, month: int, day: int) -> str:
    said = format_date(date(2233, month, day), "long", locale=words.locale)
    return said.replace("2233", "{year}").replace(str(day), "{day}")
