"""The ways to the bots of the networks that are set up, as a page shows them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.channels.channel import Channel, Invitation, UnansweredError

log = logging.getLogger(__name__)


async def invitations(channels: Sequence[Channel], start: str) -> list[tuple[str, Invitation]]:
    """How somebody comes to each bot and says this word, by the network's name; without those that do not answer."""
    found = []
    for channel in channels:
        try:
            found.append((channel.name, await channel.invitation(start)))
        except UnansweredError as error:
            log.warning("%s does not say how to come to its bot: %s", channel.name, error)
    return found
