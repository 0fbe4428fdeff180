"""A territory's doctrine beside an answer that the text does not give: it never settles anything."""

from __future__ import annotations

from collections.abc import Iterable

from rules.model import Advice, Ruleset, Territory

MESSAGE = "territory.doctrine"


def said_by_doctrine(zones: Iterable[str], territory: Territory | None) -> tuple[Advice, ...]:
    """What the territory does where these zones refer a case, with who decided it and when."""
    found = () if territory is None else (territory.doctrines[zone] for zone in zones if zone in territory.doctrines)
    return tuple(
        Advice(
            MESSAGE,
            {
                "territory": territory.name if territory else "",
                "said": one.said,
                "by": one.decided_by,
                "on": one.decided_on.isoformat(),
                "missions": " ".join(one.missions),
            },
        )
        for one in found
    )


def grey_zones(ruleset: Ruleset) -> tuple[str, ...]:
    """The zones that a doctrine may be about: every rule that refers a case, and every contradiction."""
    return (*(rule.id for rule in ruleset.rules if rule.open), *(clash.id for clash in ruleset.contradictions))
