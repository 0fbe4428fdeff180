"""Words, chosen last: catalog messages and typed parameters -> a sentence in a language.

Catalogs are gettext files under ``locales/<lang>/LC_MESSAGES/``, all domains of a language taken together.
Message ids are keys (``question.action``), never French sentences, so that a changed sentence keeps its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.support import NullTranslations, Translations

from bot.messages import Text

LOCALES = Path(__file__).resolve().parent.parent / "locales"
SOURCE_LANGUAGE = "fr"


class MissingMessage(LookupError):
    """A message id that no catalog of the language has: run `make install`, or add it to ``locales/``."""


@dataclass(frozen=True)
class Wording:
    """The words of one language."""

    language: str
    catalog: NullTranslations

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.language, sep="-")

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``, as CLDR says."""
        return self.locale.text_direction

    def has(self, message: str) -> bool:
        return self.catalog.gettext(message) != message

    def say(self, text: Text) -> str:
        """The sentence for a text. Raises MissingMessage when the catalog does not have it.

        A parameter ``n`` picks the plural form; dates are written as the language writes them.
        """
        params = text.params
        if params and isinstance(count := params.get("n"), int):
            sentence = self.catalog.ngettext(text.message, text.message, count)
        else:
            sentence = self.catalog.gettext(text.message)
        if sentence == text.message:
            raise MissingMessage(f"{self.language}: no message {text.message!r}")
        return sentence.format(**{name: self._value(v) for name, v in params.items()}) if params else sentence

    def __call__(self, message: str, **params: object) -> str:
        return self.say(Text(message, params))

    def _value(self, value: object) -> object:
        if isinstance(value, str):
            return value
        if isinstance(value, Text):
            return self.say(value)
        if isinstance(value, date):
            return format_date(value, "long", locale=self.locale)
        if isinstance(value, tuple):
            return ", ".join(str(self._value(v)) for v in value)
        return value


@cache
def languages() -> tuple[str, ...]:
    """The languages with a compiled catalog, French first."""
    found = sorted(p.parent.parent.name.replace("_", "-") for p in LOCALES.glob("*/LC_MESSAGES/messages.mo"))
    return tuple(sorted(found, key=lambda code: (code != SOURCE_LANGUAGE, code)))


@cache
def wording(language: str) -> Wording:
    """The words of a language; of French where the language has no catalog."""
    code = language if language in languages() else SOURCE_LANGUAGE
    folder = LOCALES / code.replace("-", "_") / "LC_MESSAGES"
    catalog: NullTranslations = NullTranslations()
    for compiled in sorted(folder.glob("*.mo")):
        with compiled.open("rb") as file:
            part = Translations(file, domain=compiled.stem)
        if isinstance(catalog, Translations):
            catalog.merge(part)
        else:
            catalog = part
    return Wording(code, catalog)


def nearest_language(wanted: str | None) -> str:
    """The catalog language nearest to a BCP 47 tag (``en-GB`` -> ``en``); French when none fits."""
    if not wanted:
        return SOURCE_LANGUAGE
    for code in (wanted, wanted.split("-")[0].split("_")[0].lower()):
        if code in languages():
            return code
    return SOURCE_LANGUAGE


def autonyms() -> Mapping[str, str]:
    """Each catalog language's own name for itself."""
    return {code: str(Locale.parse(code, sep="-").get_display_name() or code) for code in languages()}
