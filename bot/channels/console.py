"""The terminal: numbered choices, one question at a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.channels import Exchange
from bot.messages import Button, Incoming, Reply, Section
from bot.wording import Wording, wording

CHANNEL = "terminal"
COMMANDS = {"?": "aide", "r": "recommencer", "b": "retour"}
QUIT = ("q", "quit", "exit")


@dataclass
class Console:
    """One person at one terminal. ``read`` gives a line or raises EOFError; ``write`` shows one."""

    exchange: Exchange
    asker: str
    read: Callable[[str], str]
    write: Callable[[str], None]
    today: Callable[[], date]
    language: str
    territory: str | None
    public_url: str

    async def run(self) -> None:
        """Talk until the person leaves. What was answered is kept and goes on next time."""
        reply = await self._take()
        while reply is not None:
            words = wording(reply.language)
            choices = self._show(reply, words)
            try:
                typed = self.read(words("terminal.prompt") + " > ").strip()
            except EOFError:
                typed = QUIT[0]
            if typed.lower() in QUIT:
                self.write(words("terminal.bye"))
                return
            reply = await self._answer(typed, choices)

    async def _answer(self, typed: str, choices: list[Button]) -> Reply | None:
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
        incoming = Incoming(
            channel=CHANNEL,
            event=secrets.token_hex(12),
            asker=self.asker,
            today=self.today(),
            button=button,
            command=command,
            argument=argument,
            text=text,
            language=self.language,
            territory=self.territory,
        )
        reply = await self.exchange.take(incoming)
        await self.exchange.shown(incoming)
        if reply is not None and reply.tidings:
            await self.exchange.told(reply.tidings)
        return reply

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
