"""The terminal: numbered choices, one question at a time."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.channels import Aloud, Exchange
from bot.messages import Button, Incoming, Reply, Section, Text
from bot.speech.limits import LARGEST
from bot.speech.voice import SpeechError
from bot.wording import Wording, wording

CHANNEL = "terminal"
COMMANDS = {"?": "aide", "r": "recommencer", "b": "retour", "e": "ecouter"}
SPEAK = "/parler "
QUIT = ("q", "quit", "exit")


@dataclass
class Console:
    """One person at one terminal. ``read`` gives a line or raises EOFError; ``write`` shows one.

    ``ears``: hears the voice note that came with an event; ``aloud`` makes what is to be heard, kept in ``sound_file``.
    """

    exchange: Exchange
    asker: str
    read: Callable[[str], str]
    write: Callable[[str], None]
    today: Callable[[], date]
    language: str
    territory: str | None
    public_url: str
    ears: Callable[[Incoming], Awaitable[None]] | None = None
    aloud: Aloud | None = None
    sound_file: Path | None = None

    async def run(self, audio: Path | None = None) -> None:
        """Talk until the person leaves. What was answered is kept and goes on next time.

        ``audio``: a file with the first answer, spoken.
        """
        reply = await self._take()
        if audio is not None:
            reply = await self._hear(audio)
        choices: list[Button] = []
        while reply is not None:
            words = wording(reply.language)
            if reply.written:
                choices = self._show(reply, words)
            if reply.aloud:
                await self._speak(reply, words)
            try:
                typed = self.read(words("terminal.prompt") + " > ").strip()
            except EOFError:
                typed = QUIT[0]
            if typed.lower() in QUIT:
                self.write(words("terminal.bye"))
                return
            reply = await self._answer(typed, choices)

    async def _answer(self, typed: str, choices: list[Button]) -> Reply | None:
        if typed.startswith(SPEAK):
            return await self._hear(Path(typed.removeprefix(SPEAK).strip()).expanduser())
        if typed.startswith("/"):
            command, _, argument = typed[1:].partition(" ")
            return await self._take(command=command, argument=argument)
        if typed.lower() in COMMANDS:
            return await self._take(command=COMMANDS[typed.lower()])
        if typed.isdecimal() and 1 <= int(typed) <= len(choices):
            return await self._take(button=choices[int(typed) - 1].data)
        return await self._take(text=typed)

    async def _take(
        self,
        button: str | None = None,
        command: str | None = None,
        argument: str | None = None,
        text: str | None = None,
    ) -> Reply | None:
        incoming = self._incoming(button=button, command=command, argument=argument, text=text)
        reply = await self.exchange.take(incoming)
        await self.exchange.shown(incoming)
        if reply is not None and reply.tidings:
            await self.exchange.told(reply.tidings)
        return reply

    async def _hear(self, file: Path) -> Reply | None:
        """What a voice note in a file leads to; what is no such file is told, and what was shown stays."""
        try:
            with file.open("rb") as opened:
                sound = opened.read(LARGEST + 1)
        except OSError:
            return await self._told("terminal.no_file", file=file)
        incoming = self._incoming()
        listening = await self.exchange.listen(incoming, sound)
        if listening is None or self.ears is None:
            return listening
        self._show(listening, wording(listening.language))
        await self.ears(incoming)
        return await self.exchange.understood(incoming) or await self._take()

    async def _told(self, message: str, **params: object) -> Reply | None:
        reply = await self._take()
        words = Section("notice", (Text(message, params),))
        return reply and replace(reply, sections=(words, *reply.sections))

    async def _speak(self, reply: Reply, words: Wording) -> None:
        try:
            sounded = await self.aloud.read(reply) if self.aloud else None
        except SpeechError:
            self.write(words("speech.not_spoken"))
            return
        if sounded is None or self.sound_file is None:
            self.write(words("speech.no_voice"))
            return
        self.sound_file.write_bytes(sounded[1])
        self.write(words("terminal.sound", file=self.sound_file))

    def _incoming(self, **what: str | None) -> Incoming:
        return Incoming(
            channel=CHANNEL,
            event=secrets.token_hex(12),
            asker=self.asker,
            today=self.today(),
            language=self.language,
            territory=self.territory,
            **what,
        )

    def _show(self, reply: Reply, words: Wording) -> list[Button]:
        for line in lines(reply, words):
            self.write(line)
        if reply.share:
            self.write(words("terminal.share", address=f"{self.public_url}/reponse/{reply.share}"))
        buttons = [button for row in reply.buttons for button in row]
        for number, button in enumerate(buttons, 1):
            self.write(f"  {number:>2}  {words.say(button.label)}")
        return buttons


def lines(reply: Reply, words: Wording) -> Iterator[str]:
    """The sections as plain lines, a blank one before each."""
    for section in reply.sections:
        yield ""
        yield from _section(section, words)


def _section(section: Section, words: Wording) -> Iterator[str]:
    if section.title is not None:
        yield words.say(section.title)
    marker = "" if section.kind in ("question", "progress", "notice", "help") else "- "
    for line in section.lines:
        yield f"  {marker}{words.say(line)}" if section.title else words.say(line)
