"""A household catalog -> its PO file, always in the same order, the French above each entry for who translates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from babel import Locale, UnknownLocaleError
from babel.messages.plurals import get_plural

from bot.followup.catalog import Catalog, Entry, Words, fingerprint, forms_of, po_file, words_key
from bot.followup.errors import CatalogError
from bot.followup.page_keys import PAGE_KEYS
from bot.followup.questions import household_questions
from bot.followup.templates import WORDS, Templates, choice_message
from bot.wording import SOURCE_LANGUAGE

MINUTES, LISTEN = "household.minutes", "household.listen"
WORDS_PART, CHOICES_PART, PAGE_PART, QUESTION_PART = "words", "choices: ", "page", "question: "


def parts(templates: Templates) -> Mapping[str, tuple[str, ...]]:
    """Every key that a catalog must have, in order, by its part: a message, a list of choices, a question, words."""
    found = {WORDS_PART: (*map(words_key, WORDS), LISTEN, MINUTES)}
    for template in templates:
        found[template.id] = (template.text, *(button.message for button in template.buttons))
    for choices, ids in templates.choices.items():
        found[f"{CHOICES_PART}{choices}"] = tuple(choice_message(choices, one) for one in ids)
    found[PAGE_PART] = PAGE_KEYS
    for question in household_questions().values():
        found[f"{QUESTION_PART}{question.id}"] = question.messages
    return found


def keys(templates: Templates) -> tuple[str, ...]:
    return tuple(key for part in parts(templates).values() for key in part)


def new_catalog(language: str) -> Catalog:
    """An empty catalog with the plural forms of the language. Raises CatalogError for a language CLDR does not have."""
    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        hint = "write it as 'so' or 'fa-AF'; what CLDR does not know is better recorded than written"
        raise CatalogError(po_file(language), f"CLDR knows no language '{language}'", hint) from None
    plural = get_plural(language.replace("-", "_"))
    return Catalog(language, {}, plural.num_plurals, plural.plural_expr)


def refreshed(catalog: Catalog, french: Catalog, templates: Templates) -> Catalog:
    """The catalog with an entry for every key and none besides. What has words but no hash is of today's French."""
    entries = {}
    for key in keys(templates):
        source = french.entries[key]
        entry = catalog.entries.get(key) or Entry(key, _blank(source.words, catalog.plural_forms))
        if catalog.language != SOURCE_LANGUAGE and (entry.empty or not entry.french):
            entry = replace(entry, french=fingerprint(source.words))
        entries[key] = entry
    return Catalog(catalog.language, entries, catalog.plural_forms, catalog.plural_rule)


def _blank(french: Words, plural_forms: int) -> Words:
    return ("",) * plural_forms if isinstance(french, tuple) else ""


def po_text(catalog: Catalog, french: Catalog, templates: Templates) -> str:
    """The text of the PO file."""
    lines = list(_head(catalog))
    for part, part_keys in parts(templates).items():
        number = f"{templates[part].number} " if part in templates.by_id else ""
        lines += ["", f"# --- {number}{part}"]
        for key in part_keys:
            lines += ["", *_entry_lines(catalog, catalog.entries[key], french.entries[key])]
    return "\n".join(lines) + "\n"


def _head(catalog: Catalog) -> Iterator[str]:
    locale = catalog.locale
    yield f"# The messages to households: {locale.english_name}, written {locale.character_order}."
    if catalog.language != SOURCE_LANGUAGE:
        yield "# Above each entry: the French sentence, then its state. Leave every msgid, {slot} and « french: »."
        if catalog.right_to_left:
            yield "# Type no direction marks: names, dates, hours and numbers are isolated by the program."
    yield 'msgid ""'
    yield 'msgstr ""'
    yield '"Project-Id-Version: aiguillage\\n"'
    yield f'"Language: {catalog.language.replace("-", "_")}\\n"'
    yield '"MIME-Version: 1.0\\n"'
    yield '"Content-Type: text/plain; charset=UTF-8\\n"'
    yield '"Content-Transfer-Encoding: 8bit\\n"'
    yield f'"Plural-Forms: nplurals={catalog.plural_forms}; plural={catalog.plural_rule};\\n"'


def _entry_lines(catalog: Catalog, entry: Entry, french: Entry) -> Iterator[str]:
    yield from (f"# {note}" for note in entry.notes)
    if catalog.language != SOURCE_LANGUAGE:
        yield from (f"#. {line}" for form in dict.fromkeys(forms_of(french.words)) for line in form.split("\n"))
        if isinstance(french.words, tuple):
            yield from (f"#. [{form}] is for {numbers}" for form, numbers in plural_examples(catalog).items())
        yield f"#. french: {entry.french}"
        yield f"#. state: {entry.marked}"
        if entry.review:
            yield f"#. reviewed-by: {entry.review.by}"
            yield f"#. reviewed-on: {entry.review.on.isoformat()}"
            yield f"#. reviewed-text: {entry.review.text}"
    yield f'msgid "{entry.key}"'
    if isinstance(entry.words, tuple):
        yield f'msgid_plural "{entry.key}"'
        for index, form in enumerate(entry.words):
            yield f"msgstr[{index}] {_quoted(form)}"
    else:
        yield f"msgstr {_quoted(entry.words)}"


def plural_examples(catalog: Catalog) -> dict[int, str]:
    """For each plural form, a few of the numbers that take it."""
    found = defaultdict(list)
    for n in range(201):
        found[catalog.form_of(n)].append(str(n))
    return {
        form: ", ".join(numbers[:6]) + (" …" if len(numbers) > 6 else "") for form, numbers in sorted(found.items())
    }


def _quoted(words: str) -> str:
    """The words between quotes, one line of the message a line."""
    lines = [line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") for line in words.split("\n")]
    if len(lines) == 1:
        return f'"{lines[0]}"'
    return "\n".join(['""', *(f'"{line}\\n"' for line in lines[:-1]), f'"{lines[-1]}"'])
