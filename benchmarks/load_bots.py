"""Bare echo bots beside ours, each a process: what arrives is sent back, a pressed button is answered and its message
edited. Nothing is kept.

    python -m benchmarks.load_bots ptb-httpx|ptb-aiohttp|aiogram API PORT
"""

from __future__ import annotations

import asyncio
import logging
import sys

import uvicorn
from aiogram import Bot as AiogramBot
from aiogram import Dispatcher, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.channels.telegram import WEBHOOK_PATH
from bot.channels.telegram_http import AiohttpRequest

TOKEN = "1:LOAD"  # noqa: S105
NAMES = ("ptb-httpx", "ptb-aiohttp", "aiogram")


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    await update.message.reply_text(update.message.text)


async def press(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    await asyncio.gather(query.answer(), query.edit_message_text(query.data))


def ptb(api: str, *, stock: bool) -> Application:
    """As the library's own example with another web server has it, many updates at a time."""
    building = ApplicationBuilder().token(TOKEN).base_url(f"{api}/bot").updater(None).concurrent_updates(True)
    if stock:  # the library's time-outs lose replies under load: a minute each
        building = building.pool_timeout(60).read_timeout(60).connect_timeout(60)
    else:
        building = building.request(AiohttpRequest(pool_timeout=60, read_timeout=60))
    made = building.build()
    made.add_handler(MessageHandler(filters.TEXT, echo))
    made.add_handler(CallbackQueryHandler(press))
    return made


async def serve_ptb(application: Application, port: int) -> None:
    async def receive(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return Response()

    routes = [Route(WEBHOOK_PATH, receive, methods=["POST"])]
    config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=port, log_level="warning")
    async with application:
        await application.start()
        await uvicorn.Server(config).serve()
        await application.stop()


def serve_aiogram(api: str, port: int) -> None:
    """As the library's own example of a webhook has it."""
    dispatcher, bot = Dispatcher(), AiogramBot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))

    async def echo(message: types.Message) -> None:
        await message.answer(message.text or "")

    async def press(query: types.CallbackQuery) -> None:
        assert isinstance(query.message, types.Message)
        await asyncio.gather(bot(query.answer()), bot(query.message.edit_text(query.data or "")))

    dispatcher.message.register(echo)
    dispatcher.callback_query.register(press)
    app = web.Application()
    SimpleRequestHandler(dispatcher=dispatcher, bot=bot).register(app, path=WEBHOOK_PATH)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def main() -> None:
    name, api, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if name == "aiogram":
        serve_aiogram(api, port)
    else:
        asyncio.run(serve_ptb(ptb(api, stock=name == "ptb-httpx"), port))


if __name__ == "__main__":
    main()
