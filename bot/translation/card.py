"""What to know of a language before writing to a household in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bot.followup.catalog import DRAFT, REVIEWED, STALE, catalog, household_languages
from bot.followup.departure import state_of
from bot.followup.templates import templates
from bot.messages import Text
from bot.speech.voices import voices_here
from bot.translation.languages import Language, languages
from bot.translation.measures import Measure, measure_of
from bot.translation.packages import installed, route
from bot.wording import SOURCE_LANGUAGE

GOOD_SCORE = 0.5
DARI = "fa-AF"  # every engine reads it with a voice of Iran
MUST_BE_READ = ("consent", "appointment")
DIRECT, THROUGH_ENGLISH, NONE = "direct", "through_english", "none"


@dataclass(frozen=True, slots=True)
class LanguageCard:
    """``states``: how many messages are reviewed, draft, stale; ``route``: direct, through_english or none;
    ``measure``: None when not measured with these packages; ``audio``: how many messages are recorded; ``voice``: what
    a voice reads of the others."""

    language: str
    name: Text
    written: bool
    states: Counter[str]
    route: str
    measure: Measure | None
    audio: int
    voice: Text
    advice: tuple[Text, ...]

    @property
    def interpreter_advised(self) -> bool:
        return bool(self.advice)

    @property
    def lines(self) -> tuple[Text, ...]:
        """What a visitor reads: texts, machine, sound, and whether an interpreter is advised and why."""
        total = sum(self.states.values())
        counts = {state: self.states[state] for state in (REVIEWED, DRAFT, STALE)}
        texts = Text("card.texts", {**counts, "total": total}) if total else Text("card.no_texts")
        sound = Text("card.audio", {"count": self.audio, "total": len(templates().by_id)})
        return (
            texts,
            Text(f"card.route.{self.route}"),
            *(() if self.route == NONE else (_score(self.measure),)),
            sound if self.audio else Text("card.no_audio"),
            self.voice,
            *((Text("card.interpreter"), *self.advice) if self.advice else ()),
        )


def language_card(language: str, folder: Path, audio: Collection[str] = ()) -> LanguageCard:
    """The card of a language. ``folder``: that of the packages; ``audio``: the messages recorded in this language."""
    known = languages().get(language)
    states, unread = _states(language)
    way = route(installed(folder), SOURCE_LANGUAGE, language)
    measure = measure_of(folder, language)
    written = known.written if known else True
    return LanguageCard(
        language=language,
        name=_name(language, known),
        written=written,
        states=states,
        route=(NONE, DIRECT, THROUGH_ENGLISH)[len(way)],
        measure=measure,
        audio=len(set(audio) & templates().by_id.keys()),
        voice=voice_line(language, voices_here(folder)),
        advice=() if language == SOURCE_LANGUAGE else _advice(written, unread, bool(way), measure),
    )


def voice_line(language: str, voices: Collection[str]) -> Text:
    """What a synthetic voice reads in a language. ``voices``: the languages that one speaks here."""
    if language not in voices:
        return Text("card.no_voice")
    return Text("card.voice.iranian" if language == DARI else "card.voice")


def _states(language: str) -> tuple[Counter[str], bool]:
    """How many messages are in which state, and whether one of consent or appointment was read by nobody."""
    if language == SOURCE_LANGUAGE:
        return Counter({REVIEWED: len(templates().by_id)}), False
    if language not in household_languages():
        return Counter(), True
    words, french = catalog(language), catalog(SOURCE_LANGUAGE)
    state = {template.id: state_of(template, words, french, None) for template in templates()}
    unread = any(state[one.id] != REVIEWED for one in templates() if one.kind in MUST_BE_READ)
    return Counter(state.values()), unread


def _advice(written: bool, unread: bool, machine: bool, measure: Measure | None) -> tuple[Text, ...]:
    why = []
    if not written:
        why.append(Text("card.advice.not_written"))
    if unread:
        why.append(Text("card.advice.unread"))
    if not machine:
        why.append(Text("card.advice.no_machine"))
    elif measure is None:
        why.append(Text("card.advice.not_measured"))
    elif measure.score < GOOD_SCORE:
        why.append(Text("card.advice.low_score", {"percent": round(100 * measure.score)}))
    return tuple(why)


def _score(measure: Measure | None) -> Text:
    if measure is None:
        return Text("card.score.unknown")
    said = {"percent": round(100 * measure.score), "sentences": measure.sentences, "held": measure.held}
    return Text("card.score.known", said | {"on": measure.on})


def _name(language: str, known: Language | None) -> Text:
    return Text("card.name", {"french": known.french if known else language, "autonym": known.autonym if known else ""})
