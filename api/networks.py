"""The networks that are set up. What a network needs is imported where it is: 25 MB of memory for Telegram alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.exchange import keyed_hash
from api.parts import Parts
from api.settings import Settings
from bot.channels import Aloud, Exchange
from bot.channels.channel import Channel
from bot.channels.matrix_key_folder import KeyFolder
from bot.wording import wording


@dataclass(frozen=True, slots=True)
class Networks:
    """``routes``: where a network brings events. ``deep_link``: what /start is to say -> an address of the bot."""

    channels: Sequence[Channel] = ()
    routes: Sequence[Route] = ()
    deep_link: Callable[[str], Awaitable[str]] | None = None


class FirstOfAll:
    """ASGI: what a network brings, before what pages need: most of what arrives. ``routes``: each of one path."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self.app, self._routes = app, {route.path: route for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get(scope["path"]) if scope["type"] == "http" else None
        await (self.app if route is None else route.handle)(scope, receive, send)


def open_networks(parts: Parts, exchange: Exchange, aloud: Aloud, today: Callable[[], date]) -> Networks:
    """Each network that the settings name; nothing is connected yet."""
    telegram, matrix = _telegram(parts, exchange, aloud, today), _matrix(parts, exchange, aloud, today)
    return Networks((*telegram.channels, *matrix), telegram.routes, telegram.deep_link)


def _telegram(parts: Parts, exchange: Exchange, aloud: Aloud, today: Callable[[], date]) -> Networks:
    settings = parts.settings
    if not settings.telegram_token:
        return Networks()
    from api.households.chats import DeskChats
    from api.routes.telegram import webhook
    from bot.channels.telegram import TelegramChannel

    key = keyed_hash(settings.secret_key)
    channel = TelegramChannel(
        settings.telegram_token,
        exchange,
        wording,
        clock=today,
        secret=settings.telegram_webhook_secret,
        api=settings.telegram_api,
        households=DeskChats(
            TelegramChannel.name, parts.desk, settings.secret_key, key, settings.public_url, aloud=aloud
        ),
        aloud=aloud,
    )
    return Networks((channel,), (webhook(channel),), channel.invite)


def _matrix(parts: Parts, exchange: Exchange, aloud: Aloud, today: Callable[[], date]) -> Sequence[Channel]:
    settings = parts.settings
    address, user, token = settings.matrix_homeserver, settings.matrix_user, settings.matrix_token
    if not (address and user and token):
        return ()
    from api.storage.matrix_rooms import MatrixRooms
    from bot.channels.matrix import MatrixChannel

    memory, keys = MatrixRooms(parts.store, parts.vault, keyed_hash(settings.secret_key), user), matrix_keys(settings)
    return (MatrixChannel(address, user, token, exchange, wording, memory, clock=today, keys=keys, aloud=aloud),)


def matrix_keys(settings: Settings) -> KeyFolder:
    """Where the keys of the bot's device on Matrix are, and what they are sealed under."""
    return KeyFolder(settings.data_dir / "matrix", keyed_hash(settings.secret_key)("matrix keys"))
