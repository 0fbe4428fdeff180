"""Calls about the bot itself: who it is, its commands, name and descriptions in each language."""

import re
from collections.abc import Mapping
from functools import partial

from tests.fakes.account import Account
from tests.fakes.faults import Refusal

TEXTS = {
    "Name": ("name", 64),
    "Description": ("description", 512),
    "ShortDescription": ("short_description", 120),
}
COMMANDS = 100
DEFAULT_SCOPE = {"type": "default"}


async def get_me(account: Account, params: Mapping) -> dict:
    """The bot as Telegram presents it to itself."""
    return account.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def _language(params: Mapping) -> str:
    """Telegram takes two-letter codes only."""
    code = params.get("language_code", "")
    if code and not re.fullmatch("[a-z]{2}", code):
        raise Refusal(400, "Bad Request: invalid language code specified")
    return code


def _commands_key(params: Mapping) -> tuple:
    scope = params.get("scope", DEFAULT_SCOPE)
    return ("commands", tuple(sorted(scope.items())), _language(params))


async def set_my_commands(account: Account, params: Mapping) -> bool:
    """Replaces the commands of one scope and language."""
    if len(params["commands"]) > COMMANDS:
        raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in params["commands"]:
        if not re.fullmatch("/?[a-z0-9_]{1,32}", command["command"]):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    account.profile[_commands_key(params)] = params["commands"]
    return True


async def get_my_commands(account: Account, params: Mapping) -> list:
    """The commands of exactly this scope and language; no other stands in."""
    return account.profile.get(_commands_key(params), [])


async def delete_my_commands(account: Account, params: Mapping) -> bool:
    """Forgets the commands of one scope and language."""
    account.profile.pop(_commands_key(params), None)
    return True


async def _set_text(field: str, limit: int, account: Account, params: Mapping) -> bool:
    text = params.get(field, "")
    if len(text) > limit:
        raise Refusal(400, f"Bad Request: bot {field.replace('_', ' ')} is too long")
    account.profile[(field, _language(params))] = text
    return True


async def _get_text(field: str, account: Account, params: Mapping) -> dict:
    default = account.bot["first_name"] if field == "name" else ""
    return {field: account.profile.get((field, _language(params))) or default}


async def set_chat_menu_button(account: Account, params: Mapping) -> bool:
    """Sets the button beside the text field, for one chat or for all."""
    account.profile[("menu_button", params.get("chat_id"))] = params.get("menu_button", DEFAULT_SCOPE)
    return True


async def get_chat_menu_button(account: Account, params: Mapping) -> dict:
    """The button beside the text field of one chat, or of all."""
    return account.profile.get(("menu_button", params.get("chat_id")), DEFAULT_SCOPE)


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    **{f"setMy{name}": partial(_set_text, *text) for name, text in TEXTS.items()},
    **{f"getMy{name}": partial(_get_text, text[0]) for name, text in TEXTS.items()},
}
