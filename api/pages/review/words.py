"""What the review's pages say of a question, in message ids: the answer, why it stands where it stands, a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_datetime

from api.pages.when import ZONE
from api.review.queue import Listed
from api.review.rank import CONTESTED, NEAR, REFERRED, turning_facts
from api.storage.reviews import CORRECTED
from api.storage.verdicts import Opinion
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, wording

CHANNELS = ("web", "telegram", "matrix", "terminal")


def answer_text(answer: Mapping[str, Any]) -> Text:
    """An answer in a few words: its missions, or who decides."""
    if answer["missions"]:
        return Text("review.answer", {"missions": missions_text(answer["missions"])})
    asked = answer.get("open")
    if not asked:
        return Text("review.answer.referred")
    return Text("review.answer.decider", {"decider": Text(f"replay.decider.{asked['decider']}")})


def short_answer(status: str, mission: str | None) -> Text:
    """An answer as the queue keeps it."""
    if status == "settled" and mission:
        return Text("review.answer", {"missions": missions_text(mission.split())})
    return Text("review.answer.referred")


def about_texts(facts: Mapping[str, object]) -> list[Text]:
    """What a question is about, by which it is told from the others: the action, and what for."""
    return [_value(fact, facts[fact]) for fact in ("action", "but") if fact in facts]


def missions_text(missions: Any) -> tuple[Text, ...]:
    return tuple(Text(f"mission.{one}") for one in missions)


def why_texts(listed: Listed) -> list[Text]:
    """Why a question stands where it stands in the queue."""
    line, answer = listed.line, listed.answer
    found = []
    if line.rank == REFERRED and line.open_reason:
        found.append(Text(f"open_reason.{line.open_reason}"))
    if line.contested_at is not None:
        found.append(Text("review.why.contested"))
    elif line.rank == CONTESTED:
        found.append(Text("review.why.corrected"))
    elif line.rank == NEAR:
        facts = tuple(Text(f"fact.{fact}") for fact in turning_facts(answer))
        found.append(Text("review.why.near", {"facts": facts}))
    elif line.rank != REFERRED:
        found.append(Text(f"certainty.{answer.get('certainty') or 'open'}"))
    return found


def opinion_text(opinion: Opinion) -> Text:
    """An opinion in a few words."""
    if opinion.kind == CORRECTED:
        return Text("review.verdict.corrected", {"missions": missions_text(opinion.missions)})
    return Text(f"review.verdict.{opinion.kind}")


def facts_told(facts: Mapping[str, object]) -> list[tuple[Text, Text]]:
    """Facts of a record by their own names, with what they say."""
    return [(fact_name(name), _value(name, value)) for name, value in facts.items()]


def fact_name(name: str) -> Text:
    """A fact's name; its id where it is of rules that are gone."""
    return _known(f"fact.{name}", name)


def facts_text(names: Iterable[str]) -> tuple[Text, ...]:
    """The names of facts, one after the other."""
    return tuple(fact_name(name) for name in names)


def _value(name: str, value: object) -> Text:
    match value:
        case bool():
            return _known(f"value.{name}.{str(value).lower()}", str(value))
        case {"etat": str(state)}:
            return _known(f"value.{name}.{state}", state)
        case Mapping():
            ends = {end: _end(one) for end, one in value.items()}
            return Text(f"review.fact.{'_'.join(ends)}", ends)
        case list() | tuple():
            return Text("review.fact.several", {"all": tuple(_value(name, one) for one in value)})
        case str():
            day = _end(value)
            if isinstance(day, date):
                return Text("chat.day", {"day": day})
            return _known(f"value.{name}.{value}", value)
    return Text("chat.verbatim", {"text": str(value)})


def _end(value: object) -> object:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _known(message: str, otherwise: str) -> Text:
    if wording(SOURCE_LANGUAGE).has(message):
        return Text(message)
    return Text("chat.verbatim", {"text": otherwise})


def channel_text(channel: str) -> Text:
    """A channel by its name."""
    if channel in CHANNELS:
        return Text(f"review.channel.{channel}")
    return Text("chat.verbatim", {"text": channel.capitalize()})


def language_text(code: str, language: str) -> str:
    """A language's name in another one."""
    return str(_locale(wording(language).language).languages.get(code.replace("-", "_")) or code)


def moment(at: datetime, language: str) -> str:
    """A day and its hour, in Paris."""
    words = wording(language)
    said = format_datetime(at.astimezone(ZONE), "d MMM y|HH:mm", locale=_locale(words.language))
    day, _, hour = said.partition("|")
    return words("review.moment", day=day, hour=hour)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
