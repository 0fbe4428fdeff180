"""aiguillage webhook end"""

from __future__ import annotations

import click

from api.commands.webhooks import known, opened
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.argument("number", metavar="NUMÉRO", type=int)
@click.option("--yes", is_flag=True, help="Sans demander confirmation.")
def webhook_end(number: int, yes: bool) -> None:
    """Ne plus rien dire à ce programme ; son secret ne servira plus."""
    words = wording(SOURCE_LANGUAGE)
    with opened() as desk:
        webhook = known(desk, number)
        if not yes and not click.confirm(f"{webhook.address}\n{words('webhook.end.sure')}"):
            click.echo(words("webhook.left"))
            return
        desk.end(None, number)
    click.echo(words("webhook.ended"))
