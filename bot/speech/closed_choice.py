"""Which of a few phrases was said: English acoustics (pocketsphinx), with their own English words or with French
sounds (espeak).

No French weights come with any package, so this is what works out of the box. A phrase is refused where any sounds in
any order fit much better: of 172 French prompts among their own thirty phrases that refuses three. Of other French it
lets one in six through, of English one in seven: what it hears is a guess, to be confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from math import log
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pocketsphinx
import yaml

from bot.speech.english_words import english_ways
from bot.speech.espeak import EspeakNG
from bot.speech.sounds import RATE, Sound

LANGUAGES = frozenset({"fr", "en"})
MOST_WAYS, OF_A_WORD = 48, 3  # ways of saying a phrase, and a word of one
AROUND = 0.16  # seconds of quiet on either side: with 0.14 and less some are taken for each other
LOUD, FAINT, QUIET = 300, 1 / 64, 6.0  # of 32768, and of the loudest: what begins or ends speech; a quiet room
MARKS = re.compile(r"[ˈˌː‿_\-]|\([^)]*\)")
MOST_KEPT = 16  # decoders: some 10 MB each
ACOUSTICS = "en-us/en-us"
PHRASES, SOUNDS = "_default", "sounds"  # the searches of a decoder: among the phrases, and any sounds in any order
SILENCES, LOG_BASE = "<(", 1.0001  # what its words for pauses begin with; of its chances
# By how much any sounds may fit a moment better than the phrase: more where less than so many moments were said.
MOST_BETTER, MORE_BETTER, WHOLE = 30.0, 0.35, 150
BEST = -14.0  # how well any sounds fit a moment at the best: of 721 recordings -15.2
# In how many moments all Gaussians are looked at once. In the language of the acoustics every second is enough; sounds
# that are far from it are told less well by the half of them.
EVERY, EVERY_ENGLISH = 1, 2
WORD_BEAM = 1e-40  # what a word's end may fall behind: wider than the library's, and two more of 172 phrases are right
DICTIONARY, GRAMMAR = "phrases.dict", "phrases.gram"


@dataclass(frozen=True)
class _Found:
    """What a search made of a sound: its words, how well they fit (a log chance) and how many hundredths of a second
    they took, without the silence around them."""

    words: str
    fit: float
    moments: int

    @property
    def better(self) -> float:
        """By how much any sounds may fit a moment better."""
        return MOST_BETTER + MORE_BETTER * max(0, WHOLE - self.moments)


@dataclass(frozen=True)
class _Ears:
    """A decoder, and which phrase each of its sentences stands for."""

    decoder: pocketsphinx.Decoder
    stands_for: Mapping[str, str]

    def heard(self, samples: np.ndarray) -> str | None:
        """The phrase; None where the search came to no end of one (it is narrow on purpose: a wider one always ends),
        or where any sounds in any order fit much better.

        That second search takes most of the time of the first, so it is made only where it could refuse: not where the
        phrase fits so well that no sounds ever fit better by what is allowed."""
        phrase = self._searched(samples, PHRASES)
        if phrase is None or phrase.words not in self.stands_for:
            return None
        if BEST - phrase.fit / phrase.moments > phrase.better:
            sounds = self._searched(samples, SOUNDS)
            if sounds is None or (sounds.fit - phrase.fit) / phrase.moments > phrase.better:
                return None
        return self.stands_for[phrase.words]

    def _searched(self, samples: np.ndarray, search: str) -> _Found | None:
        self.decoder.activate_search(search)
        self.decoder.start_utt()
        self.decoder.process_raw(samples.astype("<i2").tobytes(), full_utt=True)
        self.decoder.end_utt()
        found = self.decoder.hyp()
        if found is None or not found.score:
            return None
        said = [part for part in self.decoder.seg() if part.word[0] not in SILENCES]
        moments = said[-1].end_frame - said[0].start_frame + 1 if said else 1
        return _Found(found.hypstr, log(found.score) / log(LOG_BASE), moments)


class ClosedChoice:
    """``bot.speech.hearing.Transcriber`` for one of N phrases. Needs sound at 16 kHz.

    ``languages``: those that people's voices were tried in; any that espeak knows the sounds of could be one.
    """

    name = "closed-choice"
    free = False

    def __init__(self, espeak: EspeakNG | None = None, languages: frozenset[str] = LANGUAGES) -> None:
        self._espeak, self.languages = espeak or EspeakNG(), languages
        self._kept: dict[tuple[str, tuple[str, ...]], _Ears] = {}

    def hear(self, sound: Sound, language: str, phrases: Sequence[str] = ()) -> str | None:
        """Raises ValueError without phrases, for another language or another rate."""
        if not phrases or language not in self.languages or sound.rate != RATE:
            known = ", ".join(sorted(self.languages))
            raise ValueError(f"closed choice hears {known} at {RATE} Hz among phrases, not {language} {sound.rate}")
        if sound.silent:
            return None
        return self._ears(language, tuple(phrases)).heard(_with_a_pause_around(sound.samples))

    def _ears(self, language: str, phrases: tuple[str, ...]) -> _Ears:
        """Those for these phrases; made once, since a question is often the same."""
        asked = language, phrases
        kept = self._kept.pop(asked, None) or self._made(*asked)
        self._kept[asked] = kept
        if len(self._kept) > MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        return kept

    def _made(self, language: str, phrases: tuple[str, ...]) -> _Ears:
        with TemporaryDirectory(prefix="aiguillage-") as folder:
            stands_for = self.write(Path(folder), phrases, language)
            return _Ears(_decoder(Path(folder), EVERY_ENGLISH if language == "en" else EVERY), stands_for)

    def write(self, folder: Path, phrases: Sequence[str], language: str) -> Mapping[str, str]:
        """Write the dictionary and the grammar; what each sentence of it stands for: a phrase whole, or its words.

        An English phrase is its words alone; of others the words may run into each other.
        """
        ids: dict[str, str] = {}
        sentences: dict[str, str] = {}
        for phrase in phrases:
            words = [word for word in self._words(phrase, language) if self._ways(word, language)]
            for parts in (words,) if language == "en" else ([phrase], words):
                named = " ".join(ids.setdefault(part, f"w{len(ids)}") for part in parts)
                sentences.setdefault(named, phrase)
        (folder / DICTIONARY).write_text("".join(self._entries(ids, language)), "ascii")
        public = f"#JSGF V1.0;\ngrammar phrases;\npublic <said> = {' | '.join(sentences)} ;\n"
        (folder / GRAMMAR).write_text(public, "ascii")
        return sentences

    def _words(self, phrase: str, language: str) -> Iterator[str]:
        """An English word with a hyphen that is not listed is two."""
        for word in phrase.split():
            yield from [word] if language != "en" or english_ways(word) else word.split("-")

    def _entries(self, ids: Mapping[str, str], language: str) -> Iterator[str]:
        for part, name in ids.items():
            most = MOST_WAYS if " " in part else OF_A_WORD
            for number, way in enumerate(self._ways(part, language)[:most], start=1):
                yield f"{name}{f'({number})' if number > 1 else ''} {way}\n"

    def _ways(self, text: str, language: str) -> tuple[str, ...]:
        """An English word that is not listed is said as espeak says it."""
        listed = english_ways(text) if language == "en" else ()
        return listed or ways(MARKS.sub("", self._espeak.phonemes(text, language)))


def _with_a_pause_around(samples: np.ndarray) -> np.ndarray:
    """The acoustics expect a pause before and after what is said; a phone often cuts it off, and with less of one short
    phrases are taken for each other. A longer one is cut: the search takes several times as long over quiet as over
    speech."""
    strength = np.abs(samples.astype(np.int32))
    loud = np.flatnonzero(strength > min(LOUD, strength.max(initial=0) * FAINT))
    if not len(loud):
        return samples
    first, last, around = int(loud[0]), int(loud[-1]) + 1, int(AROUND * RATE)
    said = samples[max(first - around, 0) : last + around]
    before = max(around - first, 0)
    after = max(around - (len(samples) - last), 0)
    quiet = (np.random.default_rng(0).standard_normal(before + after) * QUIET).astype(np.int16)
    return np.concatenate([quiet[:before], said, quiet[before:]])


def _decoder(folder: Path, every: int) -> pocketsphinx.Decoder:
    """Without the library's « bestpath »: a third of the time goes into that second look at all that was found."""
    decoder = pocketsphinx.Decoder(
        hmm=pocketsphinx.get_model_path(ACOUSTICS),
        dict=str(folder / DICTIONARY),
        jsgf=str(folder / GRAMMAR),
        lm=None,
        loglevel="FATAL",
        samprate=RATE,
        ds=every,
        bestpath=False,
        wbeam=WORD_BEAM,
        allphone_ci=True,
    )
    decoder.add_allphone_file(SOUNDS)
    return decoder


@cache
def ways(sounds: str) -> tuple[str, ...]:
    """The English phones that may render other sounds: the nearest, then one sound changed throughout, then mixed."""
    slots = list(_slots(sounds))
    nearest = [slot[0] for slot in slots]
    changed = [
        [other if slot == kind else first for slot, first in zip(slots, nearest, strict=True)]
        for kind in dict.fromkeys(slots)
        for other in kind[1:]
    ]
    draw = Random(0)  # noqa: S311  (the same ways every time)
    mixed = [[draw.choice(slot) if draw.random() < 0.5 else slot[0] for slot in slots] for _ in range(MOST_WAYS * 4)]
    said = (" ".join(" ".join(way).split()) for way in (nearest, *changed, *mixed))
    return tuple(islice((way for way in dict.fromkeys(said) if way), MOST_WAYS))


def _slots(sounds: str) -> Iterator[tuple[str, ...]]:
    """Each sound's renderings, in order; what is no sound is passed over."""
    place, known = 0, _phones()
    while place < len(sounds):
        for length in (2, 1):
            if slot := known.get(sounds[place : place + length]):
                yield slot
                break
        place += length if slot else 1


@cache
def _phones() -> Mapping[str, tuple[str, ...]]:
    raw = yaml.safe_load((Path(__file__).parent / "phones.yaml").read_text("utf-8"))
    return {sound: tuple(phones) for sound, phones in raw.items()}
