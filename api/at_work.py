"""The jobs of this process, each with what it is given: a part of the wiring that `create_app` calls."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from api.households.jobs import (
    CAMPAIGN,
    DELIVER,
    HEAR,
    HEAR_REPLY,
    SEND,
    SHOW_ANSWER,
    SHOW_REPLY,
    TELL_ASKER,
    TELL_VISITOR,
)
from api.jobs.delivering import Delivering
from api.jobs.draining import Draining
from api.jobs.runtime import JobsRuntime, Loop
from api.jobs.sending import Sending
from api.jobs.showing_replies import ShowingReplies
from api.jobs.telling import Telling
from api.jobs.telling_askers import TellingAskers
from api.jobs.worker import Worker
from api.parts import Parts, speaking, webhook_desk
from api.speech.hearing import Hearing
from api.speech.hearing_replies import HearingReplies
from api.vitals import JOBS, Vitals
from bot.channels.channel import Channel, Chats
from bot.speech.voice import Voice
from bot.translation.errors import TranslationError
from bot.translation.translator import MachineText, Translator
from bot.wording import SOURCE_LANGUAGE

log = logging.getLogger(__name__)
BREATH = 0.05  # seconds between two batches of what is erased: others write then


@contextlib.asynccontextmanager
async def at_work(
    parts: Parts, channels: Sequence[Channel], translator: Translator, voice: Voice, vitals: Vitals
) -> AsyncIterator[None]:
    """The jobs, while the server runs: what is to be sent is sent, who follows a household is told, who spoke heard.

    ``voice`` is the caller's to close.
    """
    async with translator:
        runtime = jobs_runtime(parts, {one.name: one.chats for one in channels}, translator, voice)
        await runtime.start()
        vitals.watch(JOBS, lambda: None if runtime.running else "the jobs do not run: restart the server")
        try:
            yield
        finally:
            await runtime.stop()


def jobs_runtime(parts: Parts, channels: Mapping[str, Chats], translator: Translator, voice: Voice) -> JobsRuntime:
    """The jobs of this process: what each of them does, and with what."""

    async def in_french(words: str, language: str) -> MachineText | None:
        try:
            return await translator.translate(words, language, SOURCE_LANGUAGE)
        except TranslationError as error:
            log.warning("translation: %s", type(error).__name__)
            return None

    loop = Loop()
    sending = Sending(parts.desk, parts.jobs, channels, loop)
    telling = Telling(parts.desk, parts.jobs, channels, loop, voice.voice_note, in_french)
    delivering = Delivering(webhook_desk(parts), parts.jobs, loop)
    askers = TellingAskers(parts.store, parts.vault, parts.jobs, parts.coordination, channels, loop)
    aloud = speaking(parts, voice)
    hearing = Hearing(parts.store, parts.exchange, parts.vault, parts.jobs, voice, aloud, channels, loop)
    replies = HearingReplies(parts.desk, voice, loop)
    jobs = {
        SEND: sending.send_message,
        SHOW_ANSWER: sending.show_answer,
        TELL_VISITOR: telling.tell_visitor,
        TELL_ASKER: askers.tell_asker,
        SHOW_REPLY: ShowingReplies(parts.store, parts.vault, parts.jobs, channels, loop).show_reply,
        DELIVER: delivering.deliver,
        HEAR: hearing.hear_note,
        HEAR_REPLY: replies.hear_reply,
        CAMPAIGN: Draining(parts.desk, sending, loop).run_campaign,
    }

    def give_up(job: str, *ids: str) -> bool:
        if job == TELL_ASKER:
            askers.give_up(ids[0])
        if job == DELIVER:
            delivering.give_up(ids[0])
        if job == HEAR:
            hearing.give_up(ids[0])
        if job == HEAR_REPLY:
            replies.give_up(ids[0])
        return sending.give_up(job, *ids)

    def each_morning(now: datetime) -> None:
        parts.plan_day(now)
        parts.retention.run(now, between=lambda: loop.pause(BREATH))

    worker = Worker(parts.settings.data_dir / "workers", parts.settings.worker)
    clock = {"plan_day": each_morning, "send_due": parts.send_due}
    return JobsRuntime(parts.store.engine, worker, loop, jobs, give_up=give_up, **clock)
