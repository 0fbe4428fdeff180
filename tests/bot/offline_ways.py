"""Every way through the interview, as Python's own interviewer and the chat's own templates give it, and its voice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot import showing
from bot.channels.web_page.assets import read_assets
from bot.channels.web_page.pages import Pages, read_pages, turn_of
from bot.journal import Dialogue
from bot.messages import Reply, Text
from bot.presses import read_press
from bot.speech.reading_aloud import parts_read, read_aloud
from bot.speech.spoken import as_said
from bot.wording import wording
from rules.errors import SituationError
from rules.interview import TYPED, UNKNOWN, Answer, Interview, Interviewer, Step


@dataclass
class Ways:
    """Walks them for a contact on one day. ``typed``: days that are typed, wherever a day may be."""

    interviewer: Interviewer
    day: date
    typed: tuple[date, ...] = ()
    pages: Pages = field(default_factory=lambda: read_pages(read_assets()))
    steps: dict[object, Step] = field(default_factory=dict)
    words: dict[object, str] = field(default_factory=dict)

    def walk(self, interview: Interview | None = None) -> Iterator[tuple[Interview, Step]]:
        """Each interview that can be, with where it stands."""
        here = self.interviewer.start(self.day) if interview is None else interview
        step = self._step(here)
        yield here, step
        if step.question is None:
            return
        typed = [f"{TYPED}{day}" for day in self.typed] if step.question.delay else []
        for choice in (*(c.id for c in step.choices), UNKNOWN, *typed):
            following = replace(here, answers=(*here.answers, Answer(step.question.id, choice)))
            if not choice.startswith(TYPED) or self._can_be(following):
                yield from self.walk(following)

    def _can_be(self, interview: Interview) -> bool:
        """Whether the dates can be together: what the interviewer asks of a typed day."""
        try:
            self.interviewer.situation(interview)
        except SituationError:
            return False
        return True

    def _step(self, interview: Interview) -> Step:
        """Where an interview stands depends on what is known and what was asked in vain, and on nothing else."""
        known = repr(sorted(self.interviewer.situation(interview).facts.items()))
        state = known, frozenset(a.question for a in interview.answers if a.choice == UNKNOWN)
        if state not in self.steps:
            self.steps[state] = self.interviewer.step(interview)
        return self.steps[state]

    def shown(self, interview: Interview, step: Step, language: str) -> list[object]:
        """What the online chat shows there: what was given, the sections as mark-up, the choices."""
        dialogue = Dialogue("", "web", language, None)
        if step.finding is not None:
            reply = showing.answer(dialogue, self.interviewer, interview, step.finding, ())
        else:
            reply = showing.question(dialogue, self.interviewer, interview, step, (), more=True)
        return self._laid_out(reply, language)

    def _laid_out(self, reply: Reply, language: str) -> list[object]:
        turn = turn_of(reply)
        given = [
            [self._said(g.line.params["question"], language), self._said(g.line.params["answer"], language)]
            for g in turn.given
        ]
        corrections = [self._said(g.correct.label, language) for g in turn.given if g.correct]
        sections = [self._section(s, s is turn.focused, language) for s in turn.sections]
        buttons = [(read_press(b.data), b) for row in turn.choices for b in row]
        choices = [[press.value, self._said(b.label, language)] for press, b in buttons if press.kind == "answer"]
        return [given, corrections, sections, choices, self._heard(reply, language)]

    def _heard(self, reply: Reply, language: str) -> list[str]:
        """What a voice reads online, as a person says it."""
        key = language, repr(parts_read(reply)), repr([b.label for row in reply.buttons for b in row])
        if key not in self.words:
            said = as_said(read_aloud(reply, wording(language)), language)
            self.words[key] = "\n".join(line.strip() for line in said.split("\n"))
        return self.words[key].split("\n")

    def _said(self, text: Text, language: str) -> str:
        key = language, repr(text)
        if key not in self.words:
            self.words[key] = self.pages.sentence(text, language)
        return self.words[key]

    def _section(self, section, focused: bool, language: str) -> str:
        key = language, repr(section), focused
        if key not in self.words:
            self.words[key] = self.pages.section(section, language, focused=focused)
        return self.words[key]

    def digests(self, language: str) -> dict[str, str]:
        """Way -> the digest of what is shown there."""
        return {way_of(i): digest(self.shown(i, step, language)) for i, step in self.walk()}


def way_of(interview: Interview) -> str:
    return " ".join(f"{a.question}:{a.choice}" for a in interview.answers)


def digest(shown: list[object]) -> str:
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def days_to_type(interviewer: Interviewer, day: date) -> tuple[date, ...]:
    """Days that the ranges of time leave together or cut: both ends of « quelques mois », one year, and long ago."""
    delays = interviewer.compiled.ruleset.delays_in(interviewer.territory)
    months, year = delays.dates("quelques_mois", day), delays.dates("un_an", day)
    return months.latest, months.earliest, year.earliest, day - timedelta(days=700)


# The same walk in the page, through the functions that it draws its view with.
WALK = """async ({language, started, typed}) => {
  const worker = "/hors-ligne/paquet.json";
  const read = async (address) => (await fetch(address)).json();
  const index = await read(worker);
  const [paths, words] = await Promise.all([read(index.paths), read(index.words[language])]);
  const script = document.querySelector('script[src$="/offline.js"]').src.replace("offline.js", "interview.js");
  const { readAloud, view, wrongDays } = await import(script);
  const found = {};
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const go = async (answers) => {
    const seen = view(paths, words, started, answers);
    const shown = [
      seen.given.map(({ short, said }) => [short, said]),
      seen.given.map(({ correct }) => correct),
      seen.sections,
      seen.choices.map(({ id, label }) => [id, label]),
      readAloud(words, seen),
    ];
    const text = JSON.stringify(shown);
    const way = answers.map((answer) => answer.join(":")).join(" ");
    found[way] = hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).slice(0, 16);
    if (Array.isArray(seen.node)) return;
    const days = seen.node.days ? typed.map((day) => "=" + day) : [];
    for (const choice of [...seen.choices.map(({ id }) => id), ...days]) {
      const next = [...answers, [seen.node.question, choice]];
      if (!choice.startsWith("=") || !wrongDays(paths, started, next).length) await go(next);
    }
  };
  await go([]);
  return found;
}"""
