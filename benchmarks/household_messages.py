"""10,000 personalised messages over the languages of the households, beside Babel alone writing the same values.

    python -m benchmarks.household_messages [--messages 10000] [--rounds 7] [--markdown docs/benchmarks.md]

Ours parses the values, writes them, isolates them, says both languages where the message is a draft, and compares the
two before it lets them go. « Babel » only writes the same day, hour and duration by CLDR and puts them into the same
sentences with str.format, in as many languages a message as ours shows: what a program without guards would do.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.units import format_unit

from benchmarks.timing import figure, in_turns, machine, publish, table
from bot.followup.catalog import catalog, household_languages
from bot.followup.content import TEMPLATE, Content, show
from bot.followup.templates import templates
from bot.wording import SOURCE_LANGUAGE

NAMES = ("Amina", "Jean-Baptiste", "Zoé", "Nino")


def contents(count: int, name: str) -> list[tuple[Content, str]]:
    """Messages in turn in each language, each of another day, hour, person and duration."""
    template, languages = templates()[name], household_languages()
    shared, found = {slot: one.example for slot, one in template.slots.items()}, []
    for number in range(count):
        day = date(2027, 1, 4) + timedelta(days=number % 250)
        own = {"jour": day.isoformat(), "heure": f"{9 + number % 8:02}:30", "prenom": NAMES[number % len(NAMES)]}
        values = shared | {slot: value for slot, value in own.items() if slot in shared}
        found.append((Content(TEMPLATE, name, values), languages[number % len(languages)]))
    return found


def ours(messages: list[tuple[Content, str]]) -> None:
    for content, language in messages:
        show(content, language)


def babel_alone(messages: list[tuple[Content, str]]) -> None:
    for content, language in messages:
        beside = () if language == SOURCE_LANGUAGE else (SOURCE_LANGUAGE,)
        for code in (*beside, language):
            locale = _locale(code)
            values = dict(content.values)
            day = date.fromisoformat(str(values["jour"]))
            values["jour"] = f"{format_date(day, 'EEEE', locale)} {format_date(day, 'dd/MM/yyyy', locale)}"
            if "duree" in values:
                values["duree"] = format_unit(int(str(values["duree"])), "duration-minute", locale=locale)
            SENTENCES[code].format_map(values)


def seconds(call: Callable[[list[tuple[Content, str]]], None], messages: list[tuple[Content, str]]) -> float:
    """Processor seconds: waiting for others on the machine is not counted."""
    began = time.process_time()
    call(messages)
    return time.process_time() - began


def _locale(code: str) -> Locale:
    if code not in LOCALES:
        LOCALES[code] = Locale.parse(code, sep="-")
    return LOCALES[code]


LOCALES: dict[str, Locale] = {}
SENTENCES: dict[str, str] = {}


def measure(count: int, rounds: int, name: str) -> str:
    messages = contents(count, name)
    for code in household_languages():
        SENTENCES[code] = catalog(code).text(templates()[name].text)
    ours(messages[:26])
    babel_alone(messages[:26])
    spent = in_turns({"ours": lambda: seconds(ours, messages), "Babel": lambda: seconds(babel_alone, messages)}, rounds)
    rows = [
        [way, figure(count / one.median), figure(1e6 * one.median / count), f"{one.median / spent['Babel'].median:.2f}"]
        for way, one in spent.items()
    ]
    head = ("way", "messages a second", "µs a message", "times Babel's")
    said = f"{count:,} messages « {name} » in {len(household_languages())} languages, {rounds} rounds."
    return f"{machine()}\n\n{said}\n\n{table(head, rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--template", default="rendez_vous_confirmation")
    parser.add_argument("--markdown", type=Path, default=None)
    given = parser.parse_args()
    text = measure(given.messages, given.rounds, given.template)
    publish(text, "household messages", given.markdown)


if __name__ == "__main__":
    main()
