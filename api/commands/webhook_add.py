"""aiguillage webhook add"""

from __future__ import annotations

import click

from api.commands.webhooks import opened
from api.settings import load_settings
from api.territories import known_territories
from api.webhooks.addresses import AddressError
from bot.wording import SOURCE_LANGUAGE, wording


@click.command()
@click.argument("address", metavar="ADRESSE")
@click.option("--territory", default=None, help="Les verdicts de ce territoire seulement (sinon de tous).")
def webhook_add(address: str, territory: str | None) -> None:
    """Dire chaque verdict à un programme, à cette adresse https. Affiche le secret des signatures, une seule fois.

    Ce qui part, et comment en vérifier la signature : docs/webhooks.md.
    """
    words = wording(SOURCE_LANGUAGE)
    with opened() as desk:
        if territory and known_territories(load_settings(), desk.store).get(territory) is None:
            raise click.BadParameter(words("chat.unknown_territory"), param_hint="--territory")
        try:
            made = desk.add(None, address, territory)
        except AddressError as error:
            raise click.BadParameter(words(f"webhook.refused.{error.code}"), param_hint="ADRESSE") from None
        with desk.open() as webhooks:
            secret = webhooks.reveal(made.id, desk.clock())
    click.echo(words("webhook.added", number=made.id))
    click.echo(f"{words('webhook.secret')} {secret}")
    click.echo(words("webhook.secret.once"))
