"""A text and its translation -> what is doubtful in it. Nothing here knows the engine."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from babel import Locale

from bot.translation.doubts import Doubt
from bot.translation.lexicon import WORD, base, locale_of, terms, weekdays_in, words_of
from bot.translation.sentences import sentences
from bot.translation.values import LINK, Day, Found, decimal_of, is_ambiguous, plain, values_in

SHORTEST, LONGEST = 0.3, 3.2
SHORT_FROM, LONG_FROM = 20, 10
LOOPS, LONGEST_GRAM, VARIED_FROM, VARIED = 3, 6, 24, 0.4
COPIED, COPIED_FROM = 0.6, 3
FOREIGN = 0.4
UNKNOWN = ("⁇", "<unk>", "\ufffd", "▁")
SCRIPTS = {"Arab": "ARABIC", "Cyrl": "CYRILLIC", "Beng": "BENGALI", "Latn": "LATIN", "Armn": "ARMENIAN"}


@dataclass(frozen=True, slots=True)
class Pair:
    """What a guard looks at: both texts without direction marks, in Latin digits."""

    original: str
    translated: str
    source: str
    target: str
    names: tuple[str, ...] = ()


def doubts_of(original: str, translated: str, source: str, target: str, names: Sequence[str] = ()) -> tuple[Doubt, ...]:
    """Every doubt about a translation, each once. ``names`` that the original has must stand in it as they are."""
    pair = Pair(plain(original), plain(translated), source, target, tuple(map(plain, names)))
    if not pair.translated.strip():
        return (Doubt("empty"),) if pair.original.strip() else ()
    found = [doubt for guard in GUARDS for doubt in guard(pair)]
    return tuple(doubt for n, doubt in enumerate(found) if doubt not in found[:n])


def loops(pair: Pair) -> Iterator[Doubt]:
    """The same words again and again, or one letter drawn out, more than in the original."""
    looped = _looped(pair.translated)
    if looped and not _looped(pair.original):
        yield Doubt("loop", {"words": looped})


def untranslated(pair: Pair) -> Iterator[Doubt]:
    """The original given back, or much of it, or letters of another script than the language's."""
    if base(pair.source) == base(pair.target):
        return
    ours, theirs = _content(pair.original, pair), _content(pair.translated, pair)
    there = set(ours)
    copied = [word for word in theirs if word in there]
    if (ours and ours == theirs) or len(copied) >= max(COPIED_FROM, COPIED * len(theirs)):
        yield Doubt("untranslated", {"words": " ".join(copied[:5])})
    elif foreign := _foreign(pair):
        yield Doubt("other_script", {"words": foreign})
    if mark := next((mark for mark in UNKNOWN if mark in pair.translated and mark not in pair.original), None):
        yield Doubt("unknown_words", {"mark": mark})


def length(pair: Pair) -> Iterator[Doubt]:
    """Far shorter or far longer than the original, or sentences missing or added."""
    ours, theirs = len(pair.original.strip()), len(pair.translated.strip())
    if ours >= SHORT_FROM and theirs < SHORTEST * ours:
        yield Doubt("too_short", {"ours": ours, "theirs": theirs})
    if ours >= LONG_FROM and theirs > LONGEST * ours:
        yield Doubt("too_long", {"ours": ours, "theirs": theirs})
    before, after = len(sentences(pair.original)), len(sentences(pair.translated))
    if before >= 2 and abs(before - after) > before // 2:
        yield Doubt("sentences", {"ours": before, "theirs": after})


def values(pair: Pair) -> Iterator[Doubt]:
    """Numbers, days, hours, amounts and phone numbers that are lost, changed or invented."""
    ours, theirs = values_in(pair.original, pair.source), values_in(pair.translated, pair.target)
    lost, invented = _unmatched(ours, theirs)
    lost = _not_spelt(lost, pair.translated, pair.target)
    invented = _not_spelt(invented, pair.original, pair.source)
    for one in lost:
        yield Doubt(f"{_family(one.kind)}_lost", {"value": one.text})
    for one in invented:
        yield Doubt(f"{_family(one.kind)}_invented", {"value": one.text})
    for one in ours:
        if is_ambiguous(one, pair.source):
            yield Doubt("day_ambiguous", {"value": one.text})
        if isinstance(one.value, Day) and one.value.contradicts_itself:
            yield Doubt("weekday_wrong", {"value": one.text})


def number_words(pair: Pair) -> Iterator[Doubt]:
    """« trois mois » become « two months »."""
    ours, theirs = _numbers_said(pair.original, pair.source), _numbers_said(pair.translated, pair.target)
    if ours and theirs and not ours & theirs:
        yield Doubt("number_changed", {"ours": ", ".join(sorted(ours)), "theirs": ", ".join(sorted(theirs))})


def days(pair: Pair) -> Iterator[Doubt]:
    """Days of the week that the translation lost or invented."""
    ours, theirs = weekdays_in(pair.original, pair.source), weekdays_in(pair.translated, pair.target)
    for code, which in (("weekday_lost", ours - theirs), ("weekday_invented", theirs - ours)):
        for n in sorted(which):
            yield Doubt(code, {"day": _french_day(n)})


def kept(pair: Pair) -> Iterator[Doubt]:
    """Names that were given and terms of the field must stand as they are."""
    for name in pair.names:
        if name and _stands(name, pair.original) and not _stands(name, pair.translated):
            yield Doubt("name_lost", {"name": name})
    ours, theirs = Counter(terms().pattern.findall(pair.original)), Counter(terms().pattern.findall(pair.translated))
    for term in sorted(ours - theirs):
        yield Doubt("term_lost", {"term": term})
    if unclear := sorted(terms().unclear & ours.keys()):
        yield Doubt("term_kept", {"terms": ", ".join(unclear)})


def negations(pair: Pair) -> Iterator[Doubt]:
    """A sentence that says no where the other does not; sentence by sentence where there are as many."""
    before, after = words_of(pair.source).negation, words_of(pair.target).negation
    if before is None or after is None:
        yield Doubt("negation_unchecked", {"language": pair.target if after is None else pair.source})
        return
    ours, theirs = sentences(pair.original), sentences(pair.translated)
    pairs = zip(ours, theirs, strict=True) if len(ours) == len(theirs) else [(pair.original, pair.translated)]
    for said, translated in pairs:
        if bool(before.search(said)) != bool(after.search(translated)):
            yield Doubt("negation_lost" if before.search(said) else "negation_invented", {"sentence": said})


GUARDS: tuple[Callable[[Pair], Iterator[Doubt]], ...] = (
    loops,
    untranslated,
    length,
    values,
    number_words,
    days,
    kept,
    negations,
)


def _looped(text: str) -> str:
    """What repeats itself; "" where nothing does."""
    if drawn := re.search(r"([^\W\d_])\1{4,}|([^\w\s.\-_])\2{4,}", text):
        return drawn[0][:10]
    words = WORD.findall(text.lower())
    for size in range(1, LONGEST_GRAM + 1):
        for start in range(len(words) - size * LOOPS + 1):
            if words[start] != words[start + size] or words[start].isdecimal():
                continue
            gram = words[start : start + size]
            if gram * LOOPS == words[start : start + size * LOOPS]:
                return " ".join(gram)
    if len(words) >= VARIED_FROM and len(set(words)) < VARIED * len(words):
        return str(Counter(words).most_common(1)[0][0])
    return ""


def _content(text: str, pair: Pair) -> list[str]:
    """The words of a text that a translation changes: no names, terms or capitalised words, nor short ones."""
    for name in pair.names:
        text = text.replace(name, " ")
    text = re.sub(r"\([^)]*\)", " ", LINK.sub(" ", terms().pattern.sub(" ", text)))  # « (avis d'impôt) » may stay
    proper = set(re.findall(r"(?<=[\w,;:)»] )[A-ZÀ-Þ][\w’'-]+", text))
    words = (word for word in WORD.findall(text) if len(word) >= 3 and not any(c.isdecimal() for c in word))
    return [word.lower() for word in words if word not in proper]


def _foreign(pair: Pair) -> str:
    """Words of another script than the target's where they are many; "" where the language has no script of its own."""
    locale = locale_of(pair.target)
    script = SCRIPTS.get(str(locale.script or _script(base(pair.target)))) if locale else None
    if script is None:
        return ""
    words = _content(pair.translated, pair)
    strange = [word for word in words if not unicodedata.name(word[0], "").startswith(script)]
    return " ".join(strange[:5]) if words and len(strange) >= FOREIGN * len(words) else ""


def _script(language: str) -> str:
    return {"ar": "Arab", "fa": "Arab", "ps": "Arab", "ur": "Arab", "uk": "Cyrl", "ru": "Cyrl", "bn": "Beng"}.get(
        language, "Latn" if language in ("fr", "en", "tr", "pt", "es", "ro", "sq") else ""
    )


def _unmatched(ours: Sequence[Found], theirs: Sequence[Found]) -> tuple[list[Found], list[Found]]:
    """Values of one side without their like on the other: first exactly, then by their figures alone."""
    left, right = list(ours), list(theirs)
    for like in (_exact, _figures):
        waiting: dict[object, list[Found]] = {}
        for one in right:
            waiting.setdefault(like(one), []).append(one)
        left = [one for one in left if not (twins := waiting.get(like(one))) or not twins.pop(0)]
        right = [one for ones in waiting.values() for one in ones]
    return left, sorted(right, key=lambda one: one.start)


def _exact(found: Found) -> object:
    value = found.value
    return (value.day, value.month, value.year) if isinstance(value, Day) else (found.kind, value)


def _figures(found: Found) -> object:
    """How a value may be written as another kind: 10 h as 10, 10.30 as 10:30, 3 euros as 3, a day without its year."""
    value = found.value
    if isinstance(value, time):
        return Decimal(value.hour) + Decimal(value.minute) / 100
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Day):
        return (value.day, value.month)
    if found.kind == "phone":
        return re.sub(r"\D", "", str(value))
    percent = found.kind != "number" or str(value).endswith("%")
    return str(value) if percent else decimal_of(str(value))


def _family(kind: str) -> str:
    return kind if kind in ("day", "hour", "amount", "phone") else "number"


def _not_spelt(found: Sequence[Found], text: str, language: str) -> list[Found]:
    """Without the small numbers that the other side says in a word."""
    if not any(one.kind == "number" for one in found):
        return list(found)
    spelt = _numbers_said(text, language) | {"1"}
    return [one for one in found if one.kind != "number" or str(one.value) not in spelt]


def _numbers_said(text: str, language: str) -> set[str]:
    return {value for pattern, value in words_of(language).numbers if pattern.search(text)}


def _french_day(n: int) -> str:
    return str(Locale("fr").days["format"]["wide"][n])


def _stands(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
