"""The bot's menu of commands, in each language."""

from __future__ import annotations

import logging
from collections.abc import Callable

from telegram import Bot, BotCommand
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram_sending import Patience, why
from bot.commands import MENU
from bot.wording import SOURCE_LANGUAGE, MissingMessage, Wording, languages

log = logging.getLogger(__name__)


async def register_commands(bot: Bot, patience: Patience, wording: Callable[[str], Wording]) -> None:
    """Tell Telegram the commands where they differ from what it has: French for all, then other languages.

    Raises InvalidToken; the menu is a comfort, and any other trouble is only logged.
    """
    for language in (SOURCE_LANGUAGE, *(code for code in languages() if code != SOURCE_LANGUAGE)):
        if len(language) != 2:
            continue  # Telegram takes two-letter codes only
        try:
            await _register(bot, patience, wording(language))
        except InvalidToken:
            raise
        except (MissingMessage, TelegramError) as error:
            log.warning("telegram: no command menu in %s: %s", language, why(error))


async def _register(bot: Bot, patience: Patience, words: Wording) -> None:
    code = None if words.language == SOURCE_LANGUAGE else words.language
    wanted = tuple(BotCommand(name, words(f"telegram.command.{name}")) for name in MENU)
    if await patience.insist(lambda: bot.get_my_commands(language_code=code)) != wanted:
        await patience.insist(lambda: bot.set_my_commands(wanted, language_code=code))
