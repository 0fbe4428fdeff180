"""A territory's doctrine beside an answer that the text does not give: it never settles anything."""

from __future__ import annotations

from collections.abc import Iterable

from rules.model import Advice, Ruleset, Territory

SAID, COUNTED = "territory.doctrine", "territory.doctrine_counted"


def said_by_doctrine(zones: Iterable[str], territory: Territory | None) -> tuple[Advice, ...]:
    """What the territory does where these zones refer a case, with who decided it and when."""
    if territory is None:
        return ()
    return tuple(
        Advice(
            COUNTED if found.missions else SAID,
            {
                "territory": territory.name,
                "said": found.said,
                "by": found.decided_by,
                "on": found.decided_on.isoformat(),
                **({"missions": " ".join(found.missions)} if found.missions else {}),
            },
        )
        for zone in zones
        if (found := territory.doctrines.get(zone))
    )


def is_doctrine(advice: Advice) -> bool:
    """Whether an advice is a territory's doctrine."""
    return advice.message in (SAID, COUNTED)


def grey_zones(ruleset: Ruleset) -> tuple[str, ...]:
    """The zones that a doctrine may be about: every rule that refers a case, and every contradiction."""
    return (*(rule.id for rule in ruleset.rules if rule.open), *(clash.id for clash in ruleset.contradictions))
