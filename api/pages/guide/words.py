"""Guide -> Sheet: every sentence of the guide in a language, as plain strings that the page and the PDF both set.

A sheet is made of JSON values, so that its hash tells whether a PDF already set can be given again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from api.pages.guide.course import course_texts
from bot.messages import Text
from bot.rendering import spoken
from bot.wording import Wording
from rules.guide.guide import Delay, DelayTable, Guide, OpenEntry, Scope, WorkedExample
from rules.model import Advice, Convention, Finding, Reason, Ruleset

Sheet = dict[str, object]
NBSP, NARROW = "\u00a0", "\u202f"
_LABELS = (
    "guide.title",
    "guide.subtitle",
    "guide.pdf",
    "guide.contents",
    "guide.course.title",
    "guide.course.text",
    "guide.delays.title",
    "guide.delays.lead",
    "guide.delays.delay",
    "guide.delays.answer",
    "guide.delays.why",
    "guide.local",
    "guide.scopes.title",
    "guide.scope.others",
    "guide.scope.ruled_out.lead",
    "guide.conventions.title",
    "guide.examples.title",
    "guide.examples.lead",
    "guide.open.title",
    "guide.open.lead",
    "guide.open.known",
    "guide.open.unknown",
    "guide.open.decider",
    "guide.open.ask",
    "guide.ambiguities.title",
    "guide.ambiguities.lead",
    "guide.end.title",
    "guide.end.passages",
    "guide.end.authority",
    "guide.end.licence",
)


def title_key(title: str) -> str:
    """The message of a worked example's title: its letters without accents."""
    plain = unicodedata.normalize("NFD", title.lower()).encode("ascii", "ignore").decode()
    return "guide.example." + re.sub(r"[^a-z0-9]+", "_", plain.replace("'", " ")).strip("_")


def typeset(sentence: str, language: str) -> str:
    """The sentence as it is printed: curled apostrophes, and in French the spaces that must not break."""
    curled = re.sub(r"(?<=\w)'(?=\w)", "’", sentence)
    if language.split("-")[0] != "fr":
        return curled
    narrow = re.sub("[ \u00a0](?=[?!;])", NARROW, curled)
    wide = re.sub("[ \u202f](?=[:»])|(?<=«)[ \u202f]|(?<=n°)[ ]|(?<=§)[ ]", NBSP, narrow)
    return re.sub("(?<=[0-9])[ ](?=[%€]|mois|an)", NBSP, wide)


@dataclass(frozen=True)
class Speaker:
    """Says the guide's parts in one language."""

    words: Wording
    ruleset: Ruleset

    def __call__(self, message: str, **params: object) -> str:
        return typeset(self.words.say(Text(message, params)), self.words.language)

    def cite(self, numbers: Iterable[int]) -> str:
        said = ", ".join(str(n) for n in dict.fromkeys(numbers))
        return self("guide.cite", numbers=said)

    def lines(self, numbers: Iterable[int]) -> list[dict[str, str]]:
        return [{"text": self(f"statement.{n}"), "cite": self.cite([n])} for n in numbers]

    def reasons(self, reasons: Iterable[Reason]) -> list[dict[str, str]]:
        return [{"text": self(r.message, **spoken(r.params)), "cite": self.cite([r.statement])} for r in reasons]

    def missions(self, missions: tuple[str, ...]) -> str:
        names = [self(f"mission.{m}") for m in missions]
        return names[0] if len(names) == 1 else self("guide.answer.and", a=", ".join(names[:-1]), b=names[-1])

    def answer(self, finding: Finding) -> str:
        """What the engine answers, in a few words: the missions, or who decides."""
        if finding.missions:
            return self.missions(finding.missions)
        decider = finding.open.decider if finding.open else "visiteur"
        return self("guide.answer.open", decider=self(f"decider.{decider}"))

    def how_sure(self, finding: Finding) -> str:
        """How far the text carries the answer; where it carries none, what is missing or silent."""
        if finding.missions:
            return self(f"certainty.{finding.certainty}")
        said = [self(f"open_reason.{finding.open.reason}")] if finding.open else []
        if finding.missing:
            said.append(self("guide.answer.missing", facts=", ".join(self(f"fact.{f}") for f in finding.missing)) + ".")
        if finding.candidates:
            names = ", ".join(self(f"mission.{m}") for m in finding.candidates)
            said.append(self("guide.answer.candidates", missions=names) + ".")
        return " ".join(said)


def make_sheet(guide: Guide, ruleset: Ruleset, words: Wording, printed: date, address: str | None = None) -> Sheet:
    """The guide in words. ``printed``: the day it says it was printed. ``address``: where visitors ask, if known."""
    say = Speaker(words, ruleset)
    named = [s for s in guide.scopes if s.consists_in or s.timing or len(s.ruled_out) > 1]
    others = [s for s in guide.scopes if s not in named]
    territory = guide.territory
    return {
        "lang": words.language,
        "dir": words.direction,
        "label": {key.removeprefix("guide."): say(key) for key in _LABELS},
        "name": say("web.name"),
        "lead": say("guide.lead", documents=", ".join(guide.documents)),
        "territory": say("guide.territory", territory=territory.name) if territory else say("guide.no_territory"),
        "printed": say("guide.printed", day=printed),
        "essential": [
            {"name": say(f"mission.{s.mission}"), "definition": say(f"mission.{s.mission}.definition"), "id": s.mission}
            for s in named
        ],
        "course": {"alt": say("guide.course.alt"), "steps": course_texts(guide, say)},
        "delays": [_table(table, say) for table in guide.delays],
        "scopes": [_scope(scope, say) for scope in named],
        "others": [_scope(scope, say) for scope in others],
        "conventions": _conventions(guide, say),
        "examples": _examples(guide, say),
        "left_out": say("guide.examples.left_out", n=guide.left_out) if guide.left_out else "",
        "questions": [_question(entry, say) for entry in guide.questions],
        "ambiguities": [{"text": say(a.message), "cite": say.cite([a.statement])} for a in guide.ambiguities],
        "ruleset": say("guide.end.ruleset", name=guide.ruleset.name, version=guide.ruleset.version),
        "ask": say("guide.end.ask", address=address) if address else say("guide.end.ask_nobody"),
        "address": address or "",
        "passages": _passages(guide, say),
    }


def _table(table: DelayTable, say: Speaker) -> dict[str, object]:
    rows = [
        {
            "delay": delay_words(row, say),
            "answer": say.answer(row.finding),
            "sure": say.how_sure(row.finding),
            "why": say.reasons(row.finding.reasons),
            "open": not row.finding.missions,
            "local": row.local,
        }
        for row in table.rows
    ]
    return {"title": say(f"guide.delays.{table.since}"), "rows": rows}


def delay_words(row: Delay, say: Speaker) -> str:
    """A stretch of time between its bounds, in months."""
    start = None if row.over is None else say("guide.delay." + ("over" if row.over_closed else "from"), n=row.over)
    if row.under is None:
        return start or say("guide.delay.any")
    if start is None:
        return say("guide.delay." + ("up_to" if row.closed else "under"), n=row.under)
    end = say("guide.delay." + ("at_most" if row.closed else "under"), n=row.under)
    return say("guide.delay.both", **{"from": start, "to": end})


def _scope(scope: Scope, say: Speaker) -> dict[str, object]:
    groups = [
        {"title": say(f"guide.scope.{part}"), "lines": say.lines(numbers), "lead": ""}
        for part, numbers in (("says", scope.says), ("consists_in", scope.consists_in), ("timing", scope.timing))
        if numbers
    ]
    ruled_out = [{"text": say(r.message), "cite": say.cite([r.statement])} for r in scope.ruled_out]
    if ruled_out:
        lead = say("guide.scope.ruled_out.lead")
        groups.append({"title": say("guide.scope.ruled_out"), "lines": ruled_out, "lead": lead})
    name, definition = say(f"mission.{scope.mission}"), say(f"mission.{scope.mission}.definition")
    return {"id": scope.mission, "name": name, "definition": definition, "groups": groups}


def _conventions(guide: Guide, say: Speaker) -> dict[str, object]:
    territory = guide.territory
    if territory is None:
        return {"none": say("guide.conventions.no_territory"), "lines": []}
    lines = [
        _convention(say(f"guide.convention.{fact}.{'oui' if option.value else 'non'}"), option, say)
        for fact, option in territory.options.items()
    ]
    if pause := territory.pause_months:
        lines.append(_convention(say("guide.convention.pause_months", n=pause.value), pause, say))
    return {"none": "" if lines else say("guide.conventions.none", territory=territory.name), "lines": lines}


def _convention(what: str, decided: Convention, say: Speaker) -> dict[str, str]:
    return {"what": what, "by": say("guide.convention.by", by=decided.decided_by, on=decided.decided_on)}


def _examples(guide: Guide, say: Speaker) -> list[dict[str, object]]:
    groups = []
    for scope in guide.scopes:
        found = [_example(e, say) for e in guide.examples if e.mission == scope.mission]
        if found:
            groups.append({"title": say(f"mission.{scope.mission}"), "items": found})
    return groups


def _example(example: WorkedExample, say: Speaker) -> dict[str, object]:
    key = title_key(example.title)
    worded = say.words.has(key)
    supposed = ", ".join(_setting(name, value, say) for name, value in example.settings.items())
    return {
        "title": say(key) if worded else typeset(example.title, "fr"),
        "title_lang": say.words.language if worded else "fr",
        "question": example.question or "",
        "facts": [_fact(name, value, say) for name, value in example.facts.items()],
        "supposes": say("guide.example.supposes", settings=supposed) if supposed else "",
        "answer": say.answer(example.finding),
        "sure": say.how_sure(example.finding),
        "open": not example.finding.missions,
        "why": say.reasons(example.finding.reasons),
        "rests_on": " ".join(_resting_on(a, say) for a in example.rests_on),
    }


def _resting_on(owed: Advice, say: Speaker) -> str:
    """The convention that an answer rests on; who decided it and when stands with the conventions."""
    months = {"n": int(owed.params["months"])} if "months" in owed.params else {}
    convention = say(f"guide.convention.{owed.message.removeprefix('territory.')}", **months)
    return say("guide.example.rests_on", settings=convention)


def _setting(name: str, value: object, say: Speaker) -> str:
    if name == "pause_months":
        return say("guide.convention.pause_months", n=value).rstrip(".")
    return say(f"guide.convention.{name}.{'oui' if value else 'non'}").rstrip(".")


def _fact(name: str, value: object, say: Speaker) -> str:
    """A fact in few words where the guide has them, else under the fact's whole name."""
    short, said = f"guide.fact.{name}", _value(name, value, say)
    return say(short, value=said) if say.words.has(short) else say("guide.fact", fact=say(f"fact.{name}"), value=said)


def _value(name: str, value: object, say: Speaker) -> object:
    if isinstance(value, bool):
        return say(f"value.{name}.{'true' if value else 'false'}")
    if isinstance(value, list):
        return ", ".join(str(_value(name, item, say)) for item in value)
    if isinstance(value, Mapping):
        return say(f"value.{name}.{value['etat']}")
    return say(f"value.{name}.{value}") if isinstance(value, str) else value


def _question(entry: OpenEntry, say: Speaker) -> dict[str, object]:
    question = entry.question
    return {
        "id": question.id,
        "asks": say(question.message),
        "cite": say.cite(question.statements),
        "known": say(f"{question.message}.known"),
        "unknown": say(f"{question.message}.unknown"),
        "decider": say(f"decider.{question.decider}"),
        "words": [say(ask) for ask in entry.asks],
    }


def _passages(guide: Guide, say: Speaker) -> list[str]:
    """Each passage of the report with the statements cited from it."""
    found: dict[str, list[int]] = {}
    for number in guide.cited():
        found.setdefault(say.ruleset.statements[number].provenance.passage, []).append(number)
    return [say("guide.passage", passage=where, numbers=say.cite(numbers)) for where, numbers in found.items()]
