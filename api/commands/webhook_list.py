"""aiguillage webhook list"""

from __future__ import annotations

import click

from api.commands.common import print_table
from api.commands.webhooks import failure_words, opened
from api.storage.webhooks import Delivery
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.option("--all", "ended", is_flag=True, help="Aussi ceux auxquels il a été mis fin.")
def webhook_list(ended: bool) -> None:
    """Les programmes auxquels les verdicts sont dits, et comment s'est passé le dernier envoi."""
    words, rows = wording(SOURCE_LANGUAGE), []
    with opened() as desk, desk.open() as webhooks:
        for one in webhooks.listed(ended=ended):
            last = next(iter(webhooks.last(one.id, 1)), None)
            state = words("webhook.state.ended") if one.ended_at else _told(last)
            made = one.made_at.date().isoformat()
            rows.append((str(one.id), one.address, one.territory or words("webhook.all"), made, state))
    if not rows:
        click.echo(words("webhook.none_at_all"))
        return
    print_table(tuple(words(f"webhook.head.{name}") for name in ("id", "address", "territory", "since", "last")), rows)


def _told(last: Delivery | None) -> str:
    words = wording(SOURCE_LANGUAGE)
    if last is None:
        return words("webhook.nothing_told")
    state = words(f"webhook.state.{last.state}")
    return f"{state} ({failure_words(last.failure)})" if last.failure else state
