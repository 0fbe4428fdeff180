"""The networks that are set up. What a network needs is imported where it is: 25 MB of memory for Telegram alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.every_answer import headers_of_every_answer
from api.exchange import chat_key, keyed_hash
from api.parts import Parts
from api.settings import Settings
from bot.channels import Aloud, Exchange
from bot.channels.channel import Channel
from bot.channels.household_chats import HouseholdChats
from bot.channels.matrix_key_folder import KeyFolder
from bot.wording import wording


@dataclass(frozen=True, slots=True)
class Networks:
    """``routes``: where a network brings events."""

    channels: Sequence[Channel] = ()
    routes: Sequence[Route] = ()


class Door(Protocol):
    """ASGI, of one network. ``opens``: whether it is that network that calls."""

    def opens(self, scope: Scope) -> bool: ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class FirstOfAll:
    """ASGI, before everything that pages need: what a network itself brings, most of what arrives. What else comes to
    its address goes the way of all else, and is refused there. ``routes``: each of one path, its endpoint a door."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self.app = app
        self._doors: Mapping[str, Door] = {route.path: route.endpoint for route in routes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = self._doors.get(scope["path"]) if scope["type"] == "http" else None
        await (door if door is not None and door.opens(scope) else self.app)(scope, receive, send)


def open_networks(parts: Parts, exchange: Exchange, aloud: Aloud, today: Callable[[], date]) -> Networks:
    """Each network that the settings name; nothing is connected yet."""
    telegram, matrix = _telegram(parts, exchange, aloud, today), _matrix(parts, exchange, aloud, today)
    return Networks((*telegram.channels, *matrix), telegram.routes)


def _telegram(parts: Parts, exchange: Exchange, aloud: Aloud, today: Callable[[], date]) -> Networks:
    settings = parts.settings
    if not settings.telegram_token:
        return Networks()
    from api.routes.telegram import webhook
    from bot.channels.telegram import TelegramChannel

    channel = TelegramChannel(
        settings.telegram_token,
        exchange,
        wording,
        clock=today,
        secret=settings.telegram_webhook_secret,
        api=settings.telegram_api,
        households=household_chats(TelegramChannel.name, parts, aloud),
        aloud=aloud,
    )
    return Networks((channel,), (webhook(channel, headers_of_every_answer(settings.public_url)),))


def _matrix(parts: Parts, exchange: Exchange, aloud: Aloud, today: Callable[[], date]) -> Sequence[Channel]:
    settings = parts.settings
    address, user, token = settings.matrix_homeserver, settings.matrix_user, settings.matrix_token
    if not (address and user and token):
        return ()
    from api.storage.matrix_rooms import MatrixRooms
    from bot.channels.matrix import MatrixChannel

    channel = MatrixChannel(
        address,
        user,
        token,
        exchange,
        wording,
        MatrixRooms(parts.store, parts.vault, keyed_hash(settings.secret_key), user),
        clock=today,
        keys=matrix_keys(settings),
        aloud=aloud,
        households=household_chats(MatrixChannel.name, parts, aloud),
    )
    return (channel,)


def household_chats(channel: str, parts: Parts, aloud: Aloud) -> HouseholdChats:
    """Whose chats in this network are a household's."""
    from api.households.chats import DeskChats

    settings = parts.settings
    key = chat_key(channel, settings.secret_key)
    return DeskChats(channel, parts.desk, settings.secret_key, key, settings.public_url, aloud=aloud)


def matrix_keys(settings: Settings) -> KeyFolder:
    """Where the keys of the bot's device on Matrix are, and what they are sealed under."""
    return KeyFolder(settings.data_dir / "matrix", keyed_hash(settings.secret_key)("matrix keys"))
