"""The campaigns of a territory as a list, with how many messages of each state, without opening what is sealed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select, tuple_

from api.storage.engine import READ_ONLY
from api.storage.household_schema import campaigns, household_messages

PAGE = 20
_campaign, _message = campaigns.c, household_messages.c


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in the list; ``counts``: its messages by state."""

    id: str
    template: str
    state: str
    made_at: datetime
    made_by: str
    ended_at: datetime | None
    counts: Counter[str]


class CampaignLists:
    """The lists on a database; each method is a read."""

    def __init__(self, engine: Engine) -> None:
        self._reading = engine.execution_options(**{READ_ONLY: True})

    def page(self, territory: str, after: str = "", most: int = PAGE) -> tuple[list[CampaignLine], str | None]:
        """The newest first; and after which the next page begins, None at the end."""
        columns = [_campaign[name] for name in ("id", "template", "state", "made_at", "made_by", "ended_at")]
        chosen = select(*columns).where(_campaign.territory == territory)
        with self._reading.begin() as connection:
            if after:
                made = connection.scalar(select(_campaign.made_at).where(_campaign.id == after))
                if made is not None:
                    chosen = chosen.where(tuple_(_campaign.made_at, _campaign.id) < tuple_(made, after))
            ordered = chosen.order_by(_campaign.made_at.desc(), _campaign.id.desc()).limit(most + 1)
            rows = connection.execute(ordered).all()
            counted = select(_message.campaign, _message.state, func.count())
            ours = counted.where(_message.campaign.in_([row.id for row in rows[:most]]))
            counts: dict[str, Counter[str]] = {}
            for campaign, state, count in connection.execute(ours.group_by(_message.campaign, _message.state)):
                counts.setdefault(campaign, Counter())[state] = count
        lines = [CampaignLine(*row, counts=counts.get(row.id, Counter())) for row in rows[:most]]
        return lines, lines[-1].id if len(rows) > most else None
