"""Which engine speaks and which hears each language, and the models that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from api.health.findings import BROKEN, FINE, LOOK, Check, Lacking, LanguageVoice
from api.settings import Settings
from bot.followup.catalog import household_languages
from bot.messages import Text
from bot.speech.errors import REMEDIES
from bot.speech.model_digests import changed, kept
from bot.speech.model_kinds import NAME
from bot.speech.voice import SpeechError, Voice
from bot.wording import SOURCE_LANGUAGE, languages

SLOWEST = 600.0  # seconds: large weights on a slow disk
NEEDED = ("espeak", "closed-choice")


async def engines(settings: Settings) -> tuple[dict[str, Any], tuple[Check, ...]]:
    """Every engine used once, in a process apart. Where that process dies the first check says so."""
    try:
        async with Voice(settings.models, SLOWEST, whisper=settings.whisper) as voice:
            found = await voice.tried()
    except SpeechError as error:
        check = Check("speech", BROKEN, Text("doctor.speech.ended", {"why": str(error)}), Text("doctor.speech.remedy"))
        return {"speaking": [], "hearing": [], "missing": {}, "wrong": {}}, (check,)
    tried = [("speech.say", one) for one in found["speaking"]] + [("speech.hear", one) for one in found["hearing"]]
    return found, tuple(_engine(about, one) for about, one in tried)


def models(settings: Settings, wrong: Mapping[str, str]) -> Iterator[Check]:
    """The folders of models: whole, and as they were installed."""
    for place, why in sorted(wrong.items()):
        remedy = Text("doctor.model.install", {"name": place})
        yield Check("model", BROKEN, Text("doctor.model.wrong", {"name": place, "why": why}), remedy)
    for folder in _folders(settings):
        if folder.name in wrong or str(folder) in wrong:
            continue
        yield _whole(folder)


def served(found: Mapping[str, Any], recorded: Mapping[str, int] | None) -> tuple[LanguageVoice, ...]:
    """Each language of the interface and of the households."""
    spoken, written = languages(), household_languages()
    return tuple(
        LanguageVoice(
            code=code,
            interface=code in spoken,
            household=code in written,
            speaks=_first(found["speaking"], code),
            chooses=_first([one for one in found["hearing"] if not one["free"]], code),
            writes=_first([one for one in found["hearing"] if one["free"]], code),
            recorded=None if recorded is None else recorded.get(code, 0),
        )
        for code in dict.fromkeys((*spoken, *written))
    )


def lacking(found: Mapping[str, Any], languages: Sequence[LanguageVoice]) -> tuple[Lacking, ...]:
    """What could be installed, and what it would bring: first of all for French."""
    missing = dict(found["missing"])
    french = next(one for one in languages if one.code == SOURCE_LANGUAGE)
    for what, there in (("whisper", french.writes), ("piper", french.speaks == "piper")):
        if not there:
            missing.setdefault(what, REMEDIES[what])
    return tuple(Lacking(what, Text(f"doctor.lacking.{what}"), how) for what, how in sorted(missing.items()))


def _engine(about: str, tried: Mapping[str, Any]) -> Check:
    seconds = "—" if tried["seconds"] is None else f"{tried['seconds']:.1f}".replace(".", ",")
    said = {"engine": Text(f"doctor.engine.{tried['name']}"), "count": len(tried["languages"]), "seconds": seconds}
    if tried["failed"]:
        errors = tuple(f"{language}: {kind}" for language, kind in sorted(tried["failed"].items()))
        remedy = "doctor.speech.remedy" if tried["name"] in NEEDED else "doctor.speech.bring_again"
        return Check(about, BROKEN, Text("doctor.speech.fails", {**said, "errors": errors}), Text(remedy))
    return Check(about, FINE, Text("doctor.speech.works", said))


def _first(tried: Sequence[Mapping[str, Any]], language: str) -> str | None:
    return next((one["name"] for one in tried if language in one["languages"]), None)


def _folders(settings: Settings) -> Iterator[Path]:
    if settings.whisper:
        yield settings.whisper
    yield from sorted(p for p in settings.models.glob("*") if p.is_dir() and NAME.fullmatch(p.name))


def _whole(folder: Path) -> Check:
    name = {"name": folder.name}
    if not kept(folder):
        return Check("model", LOOK, Text("doctor.model.no_digests", name), Text("doctor.model.give_digests", name))
    if files := changed(folder):
        found = Text("doctor.model.changed", {**name, "files": files})
        return Check("model", BROKEN, found, Text("doctor.model.install", name))
    return Check("model", FINE, Text("doctor.model.fine", name))
