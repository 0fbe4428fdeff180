"""The two Bot API libraries under one set of verbs, so that each test of the fake runs with both."""

import aiogram
import telegram
from aiogram import exceptions, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram.request import HTTPXRequest

Rows = list[list[tuple[str, str]]]


class PythonTelegramBot:
    """python-telegram-bot: forms, files as parts of their own name."""

    RetryAfter = telegram.error.RetryAfter
    Forbidden = telegram.error.Forbidden
    BadRequest = telegram.error.BadRequest
    Conflict = telegram.error.Conflict
    Unauthorized = telegram.error.InvalidToken
    ServerFault = telegram.error.NetworkError
    TimedOut = telegram.error.TimedOut

    def __init__(self, url: str, token: str) -> None:
        self.requests = [HTTPXRequest(), HTTPXRequest()]
        request, polling = self.requests
        bases = {"base_url": f"{url}/bot", "base_file_url": f"{url}/file/bot"}
        self.bot = telegram.Bot(token, **bases, request=request, get_updates_request=polling)

    async def close(self) -> None:
        for request in self.requests:
            await request.shutdown()

    async def updates(self, **params: object) -> list:
        return list(await self.bot.get_updates(**params))

    async def send(self, chat: int, text: str, rows: Rows = (), **params: object) -> object:
        return await self.bot.send_message(chat, text, reply_markup=self._keyboard(rows), **params)

    async def reply(self, chat: int, text: str, message_id: int) -> object:
        reply = telegram.ReplyParameters(message_id=message_id)
        return await self.bot.send_message(chat, text, reply_parameters=reply)

    async def edit(self, chat: int, message_id: int, text: str, rows: Rows = ()) -> object:
        return await self.bot.edit_message_text(text, chat, message_id, reply_markup=self._keyboard(rows))

    async def edit_buttons(self, chat: int, message_id: int, rows: Rows = ()) -> object:
        return await self.bot.edit_message_reply_markup(chat, message_id, reply_markup=self._keyboard(rows))

    async def delete(self, chat: int, message_id: int) -> object:
        return await self.bot.delete_message(chat, message_id)

    async def answer(self, query_id: str, text: str | None = None) -> object:
        return await self.bot.answer_callback_query(query_id, text)

    async def send_file(self, kind: str, chat: int, source: bytes | str, name: str = "f.bin", **details: object):
        """Sends bytes, or a file by its id."""
        named = {} if isinstance(source, str) else {"filename": name}
        return await getattr(self.bot, f"send_{kind}")(chat, source, **named, **details)

    async def download(self, file_id: str) -> bytes:
        return bytes(await (await self.bot.get_file(file_id)).download_as_bytearray())

    async def send_quickly(self, chat: int, text: str) -> object:
        """Gives up after a fifth of a second."""
        return await self.bot.send_message(chat, text, read_timeout=0.2)

    async def set_commands(self, commands: dict[str, str], **where: str) -> object:
        scope, where = self._scope(where)
        return await self.bot.set_my_commands(list(commands.items()), scope=scope, **where)

    async def commands(self, **where: str) -> dict[str, str]:
        scope, where = self._scope(where)
        found = await self.bot.get_my_commands(scope=scope, **where)
        return {command.command: command.description for command in found}

    @staticmethod
    def _scope(where: dict) -> tuple[object, dict]:
        private = where.pop("scope", None) == "private"
        return telegram.BotCommandScopeAllPrivateChats() if private else None, where

    @staticmethod
    def _keyboard(rows: Rows) -> telegram.InlineKeyboardMarkup | None:
        button = telegram.InlineKeyboardButton
        buttons = [[button(label, callback_data=data) for label, data in row] for row in rows]
        return telegram.InlineKeyboardMarkup(buttons) if rows else None


class Aiogram:
    """aiogram: JSON in forms, files attached by reference, every answer checked by pydantic."""

    RetryAfter = exceptions.TelegramRetryAfter
    Forbidden = exceptions.TelegramForbiddenError
    BadRequest = exceptions.TelegramBadRequest
    Conflict = exceptions.TelegramConflictError
    Unauthorized = exceptions.TelegramUnauthorizedError
    ServerFault = exceptions.TelegramServerError
    TimedOut = exceptions.TelegramNetworkError

    def __init__(self, url: str, token: str) -> None:
        self.bot = aiogram.Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))

    async def close(self) -> None:
        await self.bot.session.close()

    async def updates(self, **params: object) -> list:
        return await self.bot.get_updates(**params)

    async def send(self, chat: int, text: str, rows: Rows = (), **params: object) -> object:
        return await self.bot.send_message(chat, text, reply_markup=self._keyboard(rows), **params)

    async def reply(self, chat: int, text: str, message_id: int) -> object:
        reply = types.ReplyParameters(message_id=message_id)
        return await self.bot.send_message(chat, text, reply_parameters=reply)

    async def edit(self, chat: int, message_id: int, text: str, rows: Rows = ()) -> object:
        where = {"chat_id": chat, "message_id": message_id}
        return await self.bot.edit_message_text(text=text, reply_markup=self._keyboard(rows), **where)

    async def edit_buttons(self, chat: int, message_id: int, rows: Rows = ()) -> object:
        where = {"chat_id": chat, "message_id": message_id}
        return await self.bot.edit_message_reply_markup(reply_markup=self._keyboard(rows), **where)

    async def delete(self, chat: int, message_id: int) -> object:
        return await self.bot.delete_message(chat, message_id)

    async def answer(self, query_id: str, text: str | None = None) -> object:
        return await self.bot.answer_callback_query(query_id, text)

    async def send_file(self, kind: str, chat: int, source: bytes | str, name: str = "f.bin", **details: object):
        """Sends bytes, or a file by its id."""
        given = source if isinstance(source, str) else types.BufferedInputFile(source, name)
        return await getattr(self.bot, f"send_{kind}")(chat, given, **details)

    async def download(self, file_id: str) -> bytes:
        return (await self.bot.download(file_id)).read()

    async def send_quickly(self, chat: int, text: str) -> object:
        """Gives up after a fifth of a second."""
        return await self.bot.send_message(chat, text, request_timeout=0.2)

    async def set_commands(self, commands: dict[str, str], **where: str) -> object:
        scope, where = self._scope(where)
        given = [types.BotCommand(command=name, description=words) for name, words in commands.items()]
        return await self.bot.set_my_commands(given, scope=scope, **where)

    async def commands(self, **where: str) -> dict[str, str]:
        scope, where = self._scope(where)
        found = await self.bot.get_my_commands(scope=scope, **where)
        return {command.command: command.description for command in found}

    @staticmethod
    def _scope(where: dict) -> tuple[object, dict]:
        private = where.pop("scope", None) == "private"
        return types.BotCommandScopeAllPrivateChats() if private else None, where

    @staticmethod
    def _keyboard(rows: Rows) -> types.InlineKeyboardMarkup | None:
        button = types.InlineKeyboardButton
        buttons = [[button(text=label, callback_data=data) for label, data in row] for row in rows]
        return types.InlineKeyboardMarkup(inline_keyboard=buttons) if rows else None
