"""Speech as the rest of the program sees it: one process that speaks and hears, started when it is first needed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.speech.errors import NoEngineError, SoundError
from bot.speech.hearing import Transcript
from bot.speech.model_kinds import voice_models
from bot.worker_process import WorkerEndedError, WorkerProcess

LONGEST_WORK = 120.0  # seconds: a minute of speech on a busy machine


class SpeechError(Exception):
    """The engine failed or its process ended. The message says what kind of error it was, never what was said."""


class Voice:
    """``models``: the folder of models; ``whisper``: a folder of weights to use instead of those there.

    ``speakers``: a mark that is another one when other voices speak, so that sounds made before are made again.
    Close it at the end; nothing runs before the first request.
    """

    def __init__(self, models: Path, seconds: float = LONGEST_WORK, *, whisper: Path | None = None) -> None:
        folders = (str(folder.resolve()) for folder in (models, whisper) if folder is not None)
        self.worker = WorkerProcess("bot.speech.worker", seconds, *folders)  # it runs in another folder
        self.speakers = _speakers(models)

    async def speak(self, text: str, language: str) -> bytes:
        """The text as a voice note (Ogg Opus). Raises NoEngineError or SpeechError."""
        answer = await self._ask({"do": "speak", "text": text, "language": language})
        return b64decode(answer["sound"])

    async def hear(self, sound: bytes, language: str, phrases: Sequence[str] = (), *, free: bool = False) -> Transcript:
        """What a voice note says: whatever it is where an engine writes it down, else one of ``phrases``.

        ``free``: only by an engine of the first kind. Raises SoundError, NoEngineError or SpeechError.
        """
        asked = {"do": "hear", "sound": b64encode(sound).decode(), "language": language}
        answer = await self._ask({**asked, "phrases": list(phrases), "free": free})
        return Transcript(answer["said"], answer["free"], answer.get("other"))

    async def mp3(self, sound: bytes) -> bytes:
        """The same sound as MP3. Raises SoundError or SpeechError."""
        return await self._made("mp3", sound)

    async def voice_note(self, sound: bytes) -> bytes:
        """The same sound as a voice note (Ogg Opus). Raises SoundError or SpeechError."""
        return await self._made("voice_note", sound)

    async def engines(self) -> dict[str, Any]:
        """What there is: ``speaking``, ``hearing``, ``missing`` and ``wrong``, as the worker lists them."""
        return await self._ask({"do": "list"})

    async def tried(self) -> dict[str, Any]:
        """The same, each engine used once: see `bot.speech.trying`. Loads every model."""
        return await self._ask({"do": "try"})

    async def close(self) -> None:
        await self.worker.close()

    async def __aenter__(self) -> Voice:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _made(self, form: str, sound: bytes) -> bytes:
        answer = await self._ask({"do": form, "sound": b64encode(sound).decode()})
        return b64decode(answer["sound"])

    async def _ask(self, request: dict[str, object]) -> dict[str, Any]:
        try:
            answer = await self.worker.ask(request)
        except WorkerEndedError as ended:
            raise SpeechError(f"the speech process ended: {ended}") from None
        if "sound_error" in answer:
            raise SoundError(answer["sound_error"])
        if "no_engine" in answer:
            raise NoEngineError(answer["no_engine"], answer["remedy"])
        if "error" in answer:
            raise SpeechError(answer["error"])
        return answer


def _speakers(models: Path) -> str:
    pico = ["pico"] if find_spec("ttspico") else []
    found = [f"{model.relative_to(models)} {model.stat().st_size}" for model in voice_models(models)]
    return sha256("\n".join([*pico, *found]).encode()).hexdigest()[:12]
