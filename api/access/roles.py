"""The roles. A visitor has none: visitors ask in a chat, and are known by a keyed hash alone."""

from __future__ import annotations

from dataclasses import dataclass, field

COORDINATOR, ADMINISTRATOR, NATIONAL = "coordinator", "administrator", "national"
ROLES = (COORDINATOR, ADMINISTRATOR, NATIONAL)
OF_A_TERRITORY = (COORDINATOR, ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in. ``territory``: the one they work for; None for the national reader, who sees every
    territory's questions without anything that could tell who asked, and changes nothing. ``password_alone``: whether a
    password without a code opens it."""

    id: int
    name: str
    role: str
    territory: str | None
    language: str = "fr"
    password_alone: bool = field(default=False, compare=False)

    def sees(self, territory: str | None) -> bool:
        """Whether what belongs to this territory (None: to none) is theirs to see."""
        return self.role == NATIONAL or territory == self.territory
