"""The job that writes down what a household said: then its sound is gone, and its words go the way of typed ones."""

from __future__ import annotations

import logging

from api.households.desk import Desk
from api.jobs.runtime import Interrupted, Loop
from api.storage.households import ErasedCaseError
from bot.listening import FAILED, NO_ENGINE
from bot.speech.errors import NoEngineError, SoundError
from bot.speech.voice import SpeechError, Voice

log = logging.getLogger(__name__)
NOTHING, OTHER = "nothing", "other_language"  # an engine listened: no word of it, or another language


class HearingReplies:
    """The job ``hear_reply``. Where nothing can be written down the sound stays, and whoever follows the case gets it
    with the reason. What a crash interrupts is heard again, and kept once."""

    def __init__(self, desk: Desk, voice: Voice, loop: Loop) -> None:
        self._desk, self._voice, self._loop = desk, voice, loop

    def hear_reply(self, message: str) -> None:
        try:
            language, sound = self._found(message)
            said, unheard = self._loop.run(self._listened(language, sound)) if sound else (None, FAILED)
            self._desk.heard(message, said, unheard)
        except ErasedCaseError:
            return

    def give_up(self, message: str) -> None:
        """Hearing failed again and again for a reason of our own: the sound goes on."""
        self._desk.heard(message, None, FAILED)

    def _found(self, message: str) -> tuple[str, bytes | None]:
        """The language of who spoke, without its region, and the sound; None where it is gone."""
        with self._desk.store.households(self._desk.vault) as households:
            kept = households.sound(message)
            return households.message(message).language.partition("-")[0], kept[1] if kept else None

    async def _listened(self, language: str, sound: bytes) -> tuple[str | None, str]:
        """The words, or the code of why there are none."""
        try:
            heard = await self._voice.hear(sound, language, free=True)
        except SoundError as error:
            return None, error.code
        except NoEngineError:
            return None, NO_ENGINE
        except SpeechError as error:
            if self._loop.stopping.is_set():
                raise Interrupted from None
            log.error("speech: a household's voice message was not written down: %s", error)
            return None, FAILED
        return heard.said, OTHER if heard.other else NOTHING
