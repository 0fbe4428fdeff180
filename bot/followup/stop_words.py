"""What a household means by a word that every language's messages tell it to write: STOP, or yes."""

from __future__ import annotations

from bot.followup.catalog import catalog, household_languages, spoken


def meaning(text: str, language: str) -> str | None:
    """``stop``, ``yes`` or None: a whole message that is one of the words, of any language for STOP."""
    said = text.strip(" .!").casefold()
    if any(said == word.casefold() for code in household_languages() for word in catalog(code).words_to_write("stop")):
        return "stop"
    return "yes" if said in (word.casefold() for word in spoken(language).words_to_write("yes")) else None
