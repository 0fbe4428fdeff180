"""aiguillage serve"""

from __future__ import annotations

import gc

import click
import uvicorn

from api.app import create_app
from api.commands.common import telling
from api.jobs.runtime import LONGEST_STOP
from api.logs import configure
from api.settings import load_settings, notices
from bot.wording import SOURCE_LANGUAGE, wording

YOUNG = 20_000  # new objects after which garbage is looked for: those of replies under way are none, and are thousands


@click.command()
def serve() -> None:
    """Le chat sur une page web, l'API, et les bots Telegram et Matrix, s'ils sont réglés."""
    with telling():
        settings = load_settings()
        configure(settings.logs)
        words = wording(SOURCE_LANGUAGE)
        app = create_app(settings)
        for notice in notices(settings):
            click.echo(words.say(notice), err=True)
        rulesets = app.state.parts.rulesets
        if rulesets.waiting:
            told = words("versions.waiting", packaged=rulesets.waiting, version=rulesets.version)
            click.echo(told, err=True)
        click.echo(words("serve.ready", address=settings.public_url))
        if settings.telegram_token:
            mode = "webhook" if settings.telegram_webhook_secret else "polling"
            click.echo(words("serve.telegram", mode=mode))
        else:
            click.echo(words("serve.no_telegram"))
        if settings.matrix_user:
            click.echo(words("serve.matrix", user=settings.matrix_user))
        gc.freeze()  # what stands until the end is not looked through at each collection
        gc.set_threshold(YOUNG)
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=LONGEST_STOP,
        )
