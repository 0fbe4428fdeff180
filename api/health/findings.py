"""What the doctor found, before words are chosen."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages import Text

FINE, OFF, LOOK, BROKEN = "fine", "off", "look", "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``state``: fine, off (not used, and nothing needs it), look or broken.

    ``remedy``: what helps, a command where there is one.
    """

    about: str
    state: str
    found: Text
    remedy: Text | None = None


@dataclass(frozen=True, slots=True)
class LanguageVoice:
    """How one language is served: names of engines, None where there is none. ``recorded``: messages that a person
    read, None where the database was not asked."""

    code: str
    interface: bool
    household: bool
    speaks: str | None
    chooses: str | None
    writes: str | None
    recorded: int | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something that could be installed, why one would, and the command."""

    what: str
    why: Text
    command: str


@dataclass(frozen=True)
class Examination:
    """All of it."""

    checks: tuple[Check, ...]
    languages: tuple[LanguageVoice, ...] = ()
    lacking: tuple[Lacking, ...] = ()

    @property
    def broken(self) -> bool:
        return any(check.state == BROKEN for check in self.checks)
