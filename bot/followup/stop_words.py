"""What a household means by the words that its messages tell it to write: STOP, or yes.

Only a whole message counts: « Je ne veux pas arrêter » and « Arrêt du chauffage » are read by a person.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

from bot.followup.catalog import catalog, household_languages, spoken
from bot.followup.templates import WORDS

STOP, YES = WORDS
MOST_WORDS = 3
QUESTION_MARKS = "?؟"
INDIC_SIGNS = (7, 9)  # combining classes of nukta and virama: they spell, they are no accents
ALIKE = str.maketrans({"ı": "i", "ی": "ي", "ى": "ي", "ک": "ك", "ـ": None})

# What may follow the word: « STOP svp », « STOP messages », « Oui merci ».
COURTESY = (
    "svp", "stp", "merci", "please", "thanks", "por favor", "gracias", "obrigado", "obrigada", "vă rog", "mulțumesc",
    "lütfen", "teşekkürler", "будь ласка", "дякую", "пожалуйста", "спасибо", "ju lutem", "faleminderit", "شكرا",
    "من فضلكم", "لطفا", "تشکر", "مننه", "ধন্যবাদ",
)  # fmt: skip
THE_MESSAGES = ("sms", "message", "messages")

# Words of one language that say something else in another: « dur » is hard in French, « هو » is he in Arabic.
ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "dur": ("fr",),
    "si": ("fr", "ro", "sq"),
    "da": ("es", "pt", "sq", "tr"),
    "po": ("pt",),
    "هو": ("ar", "fa-AF"),
}


def meaning(text: str, language: str) -> str | None:
    """``stop``, ``yes`` or None, for a message of a household that reads this language.

    The words of every language count but those that say something else in its own. A yes is never a question.
    """
    said = folded(text)
    if not said or len(said) > MOST_WORDS:
        return None
    stop, yes = _phrases(STOP, language), _phrases(YES, language)
    if _says(said, stop, (*stop, *_after(STOP))):
        return STOP
    return YES if not any(mark in text for mark in QUESTION_MARKS) and _says(said, yes, (*yes, *_after(YES))) else None


def folded(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents, punctuation, digits, direction marks or letter joiners."""
    spelt = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(
        c if unicodedata.category(c)[0] in "LM" else " "
        for c in spelt.translate(ALIKE)
        if unicodedata.category(c) != "Cf" and unicodedata.combining(c) in (0, *INDIC_SIGNS)
    )
    return tuple(kept.split())


Phrases = tuple[tuple[str, ...], ...]


def _says(said: tuple[str, ...], first: Phrases, after: Phrases) -> bool:
    """Whether the words are one of ``first``, then any of ``after``."""
    return any(said[: len(one)] == one and _all_of(said[len(one) :], after) for one in first)


def _all_of(said: tuple[str, ...], phrases: Phrases) -> bool:
    return not said or _says(said, phrases, phrases)


@cache
def _phrases(which: str, language: str) -> Phrases:
    own = set(map(folded, spoken(language).words_to_write(which)))
    all_words = {folded(word) for code in household_languages() for word in catalog(code).words_to_write(which)}
    return tuple(sorted(own | {one for one in all_words if language not in ELSEWHERE.get(" ".join(one), ())}))


@cache
def _after(which: str) -> Phrases:
    return tuple(map(folded, COURTESY if which == YES else (*COURTESY, *THE_MESSAGES)))
