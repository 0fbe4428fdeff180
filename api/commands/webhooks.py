"""What the commands on webhooks share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from api.commands.common import telling
from api.parts import open_parts, webhook_desk
from api.settings import load_settings
from api.storage.webhooks import Webhook
from api.webhooks.desk import WebhookDesk
from bot.wording import SOURCE_LANGUAGE, wording


@contextmanager
def opened() -> Iterator[WebhookDesk]:
    """The desk, on the database of the settings."""
    with telling():
        parts = open_parts(load_settings())
        try:
            yield webhook_desk(parts)
        finally:
            parts.store.close()


def known(desk: WebhookDesk, number: int) -> Webhook:
    """The open webhook of this number. Raises BadParameter."""
    with desk.open() as webhooks:
        found = webhooks.webhook(number)
    if found is None or found.ended_at is not None:
        raise click.BadParameter(wording(SOURCE_LANGUAGE)("webhook.unknown", number=number), param_hint="NUMÉRO")
    return found


def failure_words(code: str) -> str:
    """Why a delivery failed, in French."""
    words = wording(SOURCE_LANGUAGE)
    if code.startswith("http_"):
        return words("webhook.failure.http", status=code.removeprefix("http_"))
    return words(f"webhook.failure.{code}")
