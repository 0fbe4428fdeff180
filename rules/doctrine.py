"""A territory's doctrine beside an answer that the text does not give: it never settles anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rules.model import Advice, OpenPoint, Ruleset, Territory

VISITOR = "visiteur"
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


def grey_zones(ruleset: Ruleset) -> Mapping[str, OpenPoint]:
    """The zones that a doctrine may be about, with what each leaves open: whatever refers a case to somebody.

    What a visitor alone can put right (a fact that clashes with another) is none.
    """
    referring = {rule.id: rule.open for rule in ruleset.rules if rule.open}
    clashing = {clash.id: clash.open for clash in ruleset.contradictions}
    return {zone: found for zone, found in {**referring, **clashing}.items() if found.decider != VISITOR}
