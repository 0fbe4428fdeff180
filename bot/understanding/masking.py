"""Takes persons out of a text before anything is kept: names, phones, addresses, e-mails, numbers of files.

Rather a word too many than a name kept; but months, missions, schemes and what they are about always stay.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from bot.understanding.folding import fold
from bot.understanding.month_names import NUMBER_OF
from rules.yaml_text import mapping_in, read_text

MASK = "▢"
_LETTER = r"[^\W\d_]"
_CAPITAL = "[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒ]"
_WORD = rf"{_LETTER}(?:{_LETTER}|['’-](?={_LETTER}))*"
_PARTICLE = r"(?:(?:de la|de|du|des|d[’']|le|la|el|al|ben|bel|bou|van|von|da|dos|di|ait|aït|abd|st|saint|sainte)[ -]?)"
_PART = re.compile(rf"[ -]?(?:(?i:{_PARTICLE})(?={_CAPITAL}))?(?P<word>{_WORD})(?P<dot>\.)?")
# A second word follows these where the name is written small.
_PARTICLES = frozenset({"el", "al", "ben", "bel", "bou", "ait", "aït", "van", "von", "da", "dos", "di", "abd", "abdel"})
_EMAIL = re.compile(r"[\w.+-]+ ?@ ?[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/.,-])(?:(?:\+|00) ?\d{2,3} ?(?:\(0\) ?)?\d|0\d)(?:[ .-]?\d{2}){4}(?!\d)")
_LONG_NUMBER = re.compile(r"(?<![\w/.,-])\d(?:[ ]?\d){7,}(?![\w/])|(?<![\w/.-])\d{6,}(?!\w)")
_TOWN = re.compile(rf"(?<![\w/])\d{{5}} +{_CAPITAL}[\w’'-]+(?:[ -](?:{_CAPITAL}|sur|sous|en|les?|la|lès)[\w’'-]*)*")


def mask(text: str) -> str:
    """The text with « ▢ » in the place of each name, phone, address, e-mail and number of a file.

    Masking a masked text changes nothing.
    """
    for pattern in (_EMAIL, _PHONE, _street(), _TOWN, _file(), _LONG_NUMBER):
        text = pattern.sub(_keep_lead, text)
    return _names(text)


def persons(text: str) -> frozenset[str]:
    """The titled names of a text (« mme b »), to tell whether it is about more than one household."""
    found = set()
    for match in _titled().finditer(text):
        name = _name_at(text, match.end(), _reads_as_small(text))
        if name and not _paired(text, match):
            found.add(text[match.end() : name].strip(" .").casefold())
    return frozenset(found)


def _paired(text: str, match: re.Match[str]) -> bool:
    """« M. » of « M. et Mme B. » has no name of its own."""
    return text[match.end() :].lstrip(" .")[:3] == "et "


def _keep_lead(match: re.Match[str]) -> str:
    return f"{match.groupdict().get('lead') or ''}{MASK}"


def _names(text: str) -> str:
    small = _reads_as_small(text)
    out, done = [], 0
    for match in _before_a_name().finditer(text):
        if match.start() < done:
            continue
        end = _name_at(text, match.end(), small or match["kind"] is not None, capital=match["kind"] is None)
        if end is None:
            continue
        out += text[done : match.end()], MASK
        done = end
    return "".join((*out, text[done:]))


def _reads_as_small(text: str) -> bool:
    """Whether capitals say nothing: the text has none, or nothing else."""
    return text == text.upper() or text == text.lower()


def _name_at(text: str, start: int, small: bool, capital: bool = False) -> int | None:
    """Where the name that begins there ends; None where no name does.

    ``small``: it may begin with a small letter. ``capital``: only a capital begins one, and it is no month.
    """
    end, last, shouted = None, "", text == text.upper()
    while end is None or last in _PARTICLES or text[end : end + 1] in (" ", "-"):
        part = _PART.match(text, start if end is None else end)
        if part is None or (end is not None and len(text[start:end].split()) >= 3):
            break
        word = part["word"]
        upper = word[0].isupper() and not shouted
        if not _initial(part, upper) and not (
            (upper or (small and not capital and (end is None or last in _PARTICLES)))
            and not _never(text, part, month=upper and not capital and end is None)
        ):
            break
        last = word.casefold()
        end = part.end() if len(word) == 1 else part.end("word")
    return end


def _initial(part: re.Match[str], upper: bool) -> bool:
    """« B. » or « B »: a capital alone."""
    return len(part["word"]) == 1 and part["word"].isupper() and (upper or bool(part["dot"]))


def _never(text: str, part: re.Match[str], month: bool) -> bool:
    """Whether the word is no name. ``month``: a month there is a name, unless a year follows (« Mme Avril »)."""
    word = part["word"].casefold()
    if month and fold(word).text in NUMBER_OF and not _year_follows(text, part.end()):
        return False
    elided = re.split(r"['’]", word)[0]
    return word in _lists()["never"] or (
        len(elided) < 3 and elided != word and elided != "o" and not part["word"][0].isupper()
    )


def _year_follows(text: str, end: int) -> bool:
    return bool(re.match(r" (?:20)?\d\d\b", text[end:]))


@cache
def _lists() -> dict[str, frozenset[str]]:
    raw = mapping_in("masking.yaml", read_text(Path(__file__).parent, "masking.yaml"))
    return {name: frozenset(map(str, words)) for name, words in raw.items() if isinstance(words, list)}


def _any(name: str) -> str:
    return "|".join(sorted((re.escape(w) for w in _lists()[name]), key=len, reverse=True))


@cache
def _titled() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'’])(?:{_any('titles')})\b\.?[ ]+(?!et )", re.IGNORECASE)


@cache
def _before_a_name() -> re.Pattern[str]:
    """What a name may stand after; ``kind`` is set where it may begin with a small letter."""
    small = rf"(?<![\w’'])(?P<kind>(?:{_any('titles')})\b\.?|chez)[ ]+"
    capital = rf"(?<!\w)(?:{_any('groups')}|{_any('relations')})[ ]+(?:est |: )?"
    return re.compile(f"{small}|{capital}", re.IGNORECASE)


@cache
def _street() -> re.Pattern[str]:
    """« 12 rue Victor Hugo » up to what goes on with the sentence; without a number only words with a capital."""
    kind = _any("streets")
    goes_on = r"(?:en|depuis|pour|et|mais|avec|j|je|il|elle|on|qui|où|à|a|est|puis)\b"
    house = r"\d{1,4}(?: ?(?:bis|ter|quater|[a-d]))?,? +"
    numbered = rf"{house}(?:{kind}|place|cours)\b\.?(?:[ ](?!{goes_on})[\w’'-]+){{1,5}}"
    of = r"(?:(?:de la|de l[’']|du|des|de|d[’'])[ ]?)?"
    named = rf"(?:{kind})\b\.? +{of}(?:{_CAPITAL}[\w’'-]+[ -]?){{1,4}}(?<! )"
    return re.compile(rf"(?<!\w)(?:{numbered}|{named})")


@cache
def _file() -> re.Pattern[str]:
    """The number of a file after the word that says what it numbers; neither a year, a day nor a count."""
    what = r"(?: ?(?:n°|no|numéro|numero|num|fsl|caf|client|slime|solidiag))*\.? ?:? ?#?"
    other = r"(?!\d{1,2}[/.]\d{1,2}(?:[/.]|\b)|20\d\d\b(?![-/_]\d)|\d{1,2}\b(?![-/_]))"
    number = r"(?=[\w/_-]*\d{2})\w[\w/_-]*"
    return re.compile(rf"(?<!\w)(?P<lead>(?:{_any('files')}){what}){other}{number}", re.IGNORECASE)
