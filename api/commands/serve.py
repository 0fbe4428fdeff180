"""aiguillage serve"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from functools import partial

import click
import uvicorn

from api.app import create_app
from api.commands.common import telling
from api.jobs.runtime import LONGEST_STOP
from api.logs import configure
from api.rulesets import Rulesets
from api.setting_values import JSON
from api.settings import Settings, load_settings, notices
from bot.wording import SOURCE_LANGUAGE, wording

YOUNG = 20_000  # new objects after which garbage is looked for: those of replies under way are none, and are thousands
log = logging.getLogger(__name__)
Say = Callable[[str], object]


@click.command()
def serve() -> None:
    """Le chat sur une page web, l'API, et les bots Telegram et Matrix, s'ils sont réglés."""
    with telling():
        settings = load_settings()
        configure(settings.logs)
        app = create_app(settings)
        for_a_program = settings.logs == JSON
        warn(settings, app.state.parts.rulesets, log.warning if for_a_program else partial(click.echo, err=True))
        greet(settings, log.info if for_a_program else click.echo)
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


def warn(settings: Settings, rulesets: Rulesets, say: Say) -> None:
    """Tell what may not be as whoever runs it wants it."""
    words = wording(SOURCE_LANGUAGE)
    for notice in notices(settings):
        say(words.say(notice))
    if rulesets.waiting:
        say(words("versions.waiting", packaged=rulesets.waiting, version=rulesets.version))


def greet(settings: Settings, say: Say) -> None:
    """Tell what is served and where."""
    words = wording(SOURCE_LANGUAGE)
    say(words("serve.ready", address=settings.public_url))
    if settings.telegram_token:
        mode = "webhook" if settings.telegram_webhook_secret else "polling"
        say(words("serve.telegram", mode=mode))
    else:
        say(words("serve.no_telegram"))
    if settings.matrix_user:
        say(words("serve.matrix", user=settings.matrix_user))
