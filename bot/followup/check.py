"""What is wrong with a household catalog, entry by entry: each fault has a code, a key and what was found."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.followup.catalog import MISSING, STALE, Catalog, Entry, fingerprint, forms_of, words_key
from bot.followup.catalog_text import keys
from bot.followup.compare import compare_sentences
from bot.followup.message import SLOT
from bot.followup.page_keys import PAGE_KEYS
from bot.followup.slots import is_direction_mark
from bot.followup.templates import WORDS, Template, Templates
from bot.wording import SOURCE_LANGUAGE

LONGEST_LINE, LONGEST_BUTTON, MOST_WORDS = 100, 40, 12
LETTER_JOINERS = "\u200c\u200d"  # they shape letters, in Dari among others: no direction marks


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one entry; in words: ``followup.fault.<code>``."""

    language: str
    key: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def check(catalog: Catalog, french: Catalog, templates: Templates) -> tuple[Fault, ...]:
    """Every fault of a catalog, in the order of its keys. French itself is checked for plain language too."""
    expected = keys(templates)
    faults = [Fault(catalog.language, key, "unknown_key") for key in catalog.entries if key not in expected]
    for key in expected:
        entry, source = catalog.entries.get(key), french.entries.get(key)
        if entry is None or source is None or entry.empty:
            faults.append(Fault(catalog.language, key, MISSING))
            continue
        faults += [Fault(catalog.language, key, code, params) for code, params in _wrong(catalog, entry, source)]
    faults += _word_faults(catalog)
    for template in templates:
        faults += _template_faults(catalog, template)
    return tuple(faults)


def states(catalog: Catalog, french: Catalog, templates: Templates) -> Counter[str]:
    """How many entries are in each review state."""
    return Counter(
        catalog.entries[key].state(french.entries[key]) if key in catalog.entries else MISSING
        for key in keys(templates)
    )


Found = Iterator[tuple[str, Mapping[str, object]]]


def _wrong(catalog: Catalog, entry: Entry, french: Entry) -> Found:
    if catalog.language != SOURCE_LANGUAGE:
        yield from _review_faults(entry, french)
    needed = catalog.plural_forms if isinstance(french.words, tuple) else 1
    if len(forms_of(entry.words)) != needed or isinstance(entry.words, tuple) != isinstance(french.words, tuple):
        yield "plural_count", {"found": len(forms_of(entry.words)), "needed": needed}
    source = forms_of(french.words)[-1]
    for form in forms_of(entry.words):
        yield from _form_faults(entry.key, form, source)
    if entry.key.endswith(".text") or entry.key in PAGE_KEYS:
        yield from _plain(entry) if catalog.language == SOURCE_LANGUAGE and not _professional(entry.key) else ()


def _review_faults(entry: Entry, french: Entry) -> Found:
    if not entry.french:
        yield "no_hash", {}
    elif entry.state(french) == STALE:
        yield STALE, {}
    if entry.review and entry.review.text != fingerprint(entry.words):
        yield "changed_since_review", {"by": entry.review.by, "on": entry.review.on}


def _form_faults(key: str, form: str, french: str) -> Found:
    for difference in compare_sentences(french, form):
        yield difference.code, {"what": difference.what}
    if typed := sorted({c for c in form if _mark(c)}):
        yield "marks", {"what": ", ".join(f"U+{ord(c):04X}" for c in typed)}
    if unseen := sorted({c for c in form if _unseen(c)}):
        yield "controls", {"what": ", ".join(f"U+{ord(c):04X}" for c in unseen)}
    if native := "".join(sorted({c for c in form if c.isdecimal() and not c.isascii()})):
        yield "native_digits", {"what": native}
    lines = form.split("\n")
    longest = LONGEST_BUTTON if ".button." in key else LONGEST_LINE
    for line in lines:
        if line != line.strip() or not line:
            yield "spaces", {"line": line}
        if len(SLOT.sub("", line)) > longest:
            yield "long_line", {"line": line, "longest": longest}
    if not key.endswith(".words") and len(lines) != len(french.split("\n")):
        yield "line_count", {"found": len(lines), "needed": len(french.split("\n"))}


def _mark(c: str) -> bool:
    return c != "\n" and is_direction_mark(c)


def _unseen(c: str) -> bool:
    return unicodedata.category(c) in ("Cc", "Cf") and c != "\n" and c not in LETTER_JOINERS and not _mark(c)


def _plain(entry: Entry) -> Found:
    """The rules of plain language that can be counted: at most twelve words a sentence."""
    for line in str(entry.words).split("\n"):
        for sentence in line.replace("?", ".").replace("!", ".").split("."):
            counted = [word for word in sentence.split() if any(c.isalnum() for c in word)]
            if len(counted) > MOST_WORDS:
                yield "long_sentence", {"line": sentence.strip(), "most": MOST_WORDS}


def _professional(key: str) -> bool:
    return key.startswith("household.donneur_alerte_information.")


def _word_faults(catalog: Catalog) -> Iterator[Fault]:
    """STOP and OUI are understood in every language, and no word means both."""
    stop, yes = (_listed(catalog, which) for which in WORDS)
    for which, listed, always in (("stop", stop, "STOP"), ("yes", yes, "OUI")):
        if listed and always not in listed:
            yield Fault(catalog.language, words_key(which), "word_lost", {"word": always})
    for word in stop:
        if word.casefold() in (other.casefold() for other in yes):
            yield Fault(catalog.language, words_key("yes"), "word_shared", {"word": word})


def _template_faults(catalog: Catalog, template: Template) -> Iterator[Fault]:
    """Whether the message names the very words that the household is to write."""
    text = catalog.entries.get(template.text)
    for which in template.names:
        listed = _listed(catalog, which)
        if text and not text.empty and listed and listed[0] not in str(text.words):
            yield Fault(catalog.language, template.text, "word_not_named", {"word": listed[0]})


def _listed(catalog: Catalog, which: str) -> tuple[str, ...]:
    entry = catalog.entries.get(words_key(which))
    return () if entry is None or entry.empty else tuple(str(entry.words).split("\n"))
