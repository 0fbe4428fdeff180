"""The household catalogs: locales/<lang>/LC_MESSAGES/household.po -> words, each with its review state.

The state stands in the entry itself, as comments that Babel's reader and writer and a translator's editor keep::

    #. Votre rendez-vous est noté.
    #. french: 3f2a91c07d
    #. state: reviewed
    #. reviewed-by: médiatrice arabophone
    #. reviewed-on: 2026-11-25
    #. reviewed-text: 90be11d2a4

``french`` is the hash of the French sentence that the words translate: another French sentence makes them stale.
``reviewed-text`` is the hash of the words that were read: words changed since are a draft again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from gettext import c2py
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Message as PoMessage
from babel.messages.pofile import PoFileError, read_po

from bot.followup.errors import CatalogError
from bot.wording import LOCALES, SOURCE_LANGUAGE

FILE = "household.po"
DRAFT, REVIEWED, STALE, MISSING = ("draft", "reviewed", "stale", "missing")
FIELDS = re.compile(r"^(french|state|reviewed-by|reviewed-on|reviewed-text): *(.*)$")
NAMES = {"fa-AF": "دری"}  # CLDR writes « فارسی (افغانستان) »; those who speak it call it Dari

Words = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Who read the words, by their role, when, and the hash of what they read."""

    by: str
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """The words of one key in one language; a tuple where they have plural forms. ``french``: hash, "" if not known.

    ``marked`` is the state as the file says it; ``state`` tells what it is.
    """

    key: str
    words: Words
    french: str = ""
    review: Review | None = None
    notes: tuple[str, ...] = ()
    marked: str = DRAFT

    @property
    def empty(self) -> bool:
        return not all(forms_of(self.words))

    def state(self, french: Entry) -> str:
        """Missing, stale, reviewed or draft, beside the French entry as it is today."""
        if self.empty:
            return MISSING
        if self.french != fingerprint(french.words):
            return STALE
        return REVIEWED if self.review and self.review.text == fingerprint(self.words) else DRAFT


@dataclass(frozen=True)
class Catalog:
    """The household words of one language."""

    language: str
    entries: Mapping[str, Entry]
    plural_forms: int
    plural_rule: str

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(self.language, sep="-")

    @cached_property
    def right_to_left(self) -> bool:
        return self.locale.text_direction == "rtl"

    @cached_property
    def form_of(self) -> Callable[[int], int]:
        """The plural form that a number takes."""
        return c2py(self.plural_rule)

    def text(self, key: str) -> str:
        """The words of a key. Raises CatalogError where there are none."""
        return forms_of(self._filled(key).words)[0]

    def counted(self, key: str, n: int) -> str:
        """The words of a key in the plural form of n, with the number in Latin digits."""
        forms = forms_of(self._filled(key).words)
        return forms[self.form_of(n)].replace("{n}", str(n))

    def words_to_write(self, which: str) -> tuple[str, ...]:
        """The words that mean STOP (``stop``) or yes (``yes``), the one to propose first."""
        return tuple(self.text(words_key(which)).split("\n"))

    def _filled(self, key: str) -> Entry:
        entry = self.entries.get(key)
        if entry is None or entry.empty:
            raise CatalogError(po_file(self.language), f"no words for {key}", "see `aiguillage locales check`")
        return entry


def words_key(which: str) -> str:
    return f"household.{which}.words"


def forms_of(words: Words) -> tuple[str, ...]:
    return words if isinstance(words, tuple) else (words,)


def fingerprint(words: Words) -> str:
    """A short hash of words: equal only for equal words."""
    return sha256("\x1f".join(forms_of(words)).encode()).hexdigest()[:10]


def po_file(language: str, folder: Path = LOCALES) -> Path:
    return folder / language.replace("-", "_") / "LC_MESSAGES" / FILE


def household_languages(folder: Path = LOCALES) -> tuple[str, ...]:
    """The languages that have household messages, French first: more than those of the chat."""
    found = sorted(file.parent.parent.name.replace("_", "-") for file in folder.glob(f"*/LC_MESSAGES/{FILE}"))
    return tuple(sorted(found, key=lambda code: (code != SOURCE_LANGUAGE, code)))


def own_name(language: str) -> str:
    """What those who speak a language call it; in French where CLDR does not know."""
    try:
        return NAMES.get(language) or str(Locale.parse(language, sep="-").get_display_name() or language)
    except UnknownLocaleError:
        return str(Locale.parse(SOURCE_LANGUAGE).languages.get(language, language))


def language_name(code: str) -> str:
    """What French calls a language, the language alone where it has no word for its region's."""
    known = Locale.parse(SOURCE_LANGUAGE).languages
    return str(known.get(code.replace("-", "_")) or known.get(code.split("-")[0]) or code)


def spoken(language: str) -> Catalog:
    """The catalog of a language, French where it has none: what such a household hears is a person's recording."""
    return catalog(language if po_file(language).is_file() else SOURCE_LANGUAGE)


@cache
def catalog(language: str) -> Catalog:
    """The program's catalog of a language. Raises CatalogError."""
    return read_catalog(language)


def read_catalog(language: str, folder: Path = LOCALES) -> Catalog:
    """The catalog of a language in a folder. Raises CatalogError where there is none or it is no PO file."""
    file = po_file(language, folder)
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise CatalogError(file, "the file is missing", f"make it with `aiguillage locales add {language}`") from None
    return parse_catalog(content, language, file)


def parse_catalog(content: bytes, language: str | None, file: Path | str) -> Catalog:
    """The catalog that a PO file holds; ``language``: None for the one that its head says. Raises CatalogError."""
    try:
        read = read_po(BytesIO(content), abort_invalid=True)
        entries = {key: _entry(key, one) for one in read if one.id for key in (_key(one),)}
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise CatalogError(file, f"not readable as PO: {error}", "save it as UTF-8 text") from None
    language = language or str(read.locale_identifier or "").replace("_", "-")
    if not language:
        raise CatalogError(file, "its head names no language", 'add the line "Language: ar\\n" to the first msgstr')
    return Catalog(language, MappingProxyType(entries), read.num_plurals, read.plural_expr)


def _key(message: PoMessage) -> str:
    return str(message.id[0] if isinstance(message.id, tuple | list) else message.id)


def _entry(key: str, message: PoMessage) -> Entry:
    fields = {match[1]: match[2].strip() for line in message.auto_comments if (match := FIELDS.match(line))}
    said = message.string
    words: Words = tuple(str(form or "") for form in said) if isinstance(said, tuple | list) else str(said or "")
    notes = tuple(note for note in message.user_comments if not note.startswith("---"))
    return Entry(key, words, fields.get("french", ""), _review(fields), notes, fields.get("state", DRAFT))


def _review(fields: Mapping[str, str]) -> Review | None:
    if fields.get("state") != REVIEWED:
        return None
    on = date.fromisoformat(fields.get("reviewed-on", ""))
    return Review(fields.get("reviewed-by", ""), on, fields.get("reviewed-text", ""))
