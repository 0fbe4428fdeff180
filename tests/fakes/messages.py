"""Calls about messages: send, edit, delete, answer a button."""

from collections.abc import Mapping

from tests.fakes.account import Account
from tests.fakes.faults import Refusal
from tests.fakes.keyboards import inline
from tests.fakes.schema import Violation

TEXT_LIMIT = 4096
ANSWER_LIMIT = 200
ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}
SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def send_message(account: Account, params: Mapping) -> dict:
    """Shows a text on the phone."""
    chat = account.chat(params)
    content = text_of(params) | inline(params) | replied(account, chat, params)
    return account.post(chat, account.bot, content)


def text_of(params: Mapping) -> dict:
    """The text and entities a message keeps: trimmed, 1 to 4096 characters."""
    if "parse_mode" in params:
        raise Violation("parse_mode: this fake plays plain text and entities only")
    text = params["text"].strip()
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    if len(text) > TEXT_LIMIT:
        raise Refusal(400, "Bad Request: message is too long")
    return {"text": text} | ({"entities": params["entities"]} if params.get("entities") else {})


def replied(account: Account, chat: int, params: Mapping) -> dict:
    """The message this one answers, if any."""
    reply = params.get("reply_parameters")
    if not reply:
        return {}
    target = account.message(chat, reply.get("message_id"))
    if target is None and not reply.get("allow_sending_without_reply"):
        raise Refusal(400, "Bad Request: message to be replied not found")
    return {"reply_to_message": {k: v for k, v in target.items() if k != "reply_to_message"}} if target else {}


async def edit_message_text(account: Account, params: Mapping) -> dict:
    """Changes text and buttons in place; without `reply_markup` the buttons go."""
    message = _own_message(account, params)
    content = text_of(params) | inline(params)
    if "text" not in message:
        raise Refusal(400, "Bad Request: there is no text in the message to edit")
    return _edited(account, message, content, ("text", "entities", "reply_markup"))


async def edit_message_reply_markup(account: Account, params: Mapping) -> dict:
    """Changes the buttons alone."""
    return _edited(account, _own_message(account, params), inline(params), ("reply_markup",))


def _own_message(account: Account, params: Mapping) -> dict:
    if "chat_id" not in params or "message_id" not in params:
        raise Refusal(400, "Bad Request: message identifier is not specified")
    message = account.message(account.chat(params), params["message_id"])
    if message is None:
        raise Refusal(400, "Bad Request: message to edit not found")
    if not message["from"]["is_bot"]:
        raise Refusal(400, "Bad Request: message can't be edited")
    return message


def _edited(account: Account, message: dict, content: Mapping, parts: tuple[str, ...]) -> dict:
    if {name: message[name] for name in parts if name in message} == content:
        raise Refusal(400, SAME)
    for name in parts:
        message.pop(name, None)
    message |= content | {"edit_date": account.now()}
    return message


async def delete_message(account: Account, params: Mapping) -> bool:
    """Takes a message, of the bot or of the person, off the phone."""
    chat = account.chat(params)
    if account.message(chat, params["message_id"]) is None:
        raise Refusal(400, "Bad Request: message to delete not found")
    del account.chats[chat][params["message_id"]]
    return True


async def answer_callback_query(account: Account, params: Mapping) -> bool:
    """Stops the button's spinner, once; a second answer, or a late one, is refused."""
    if len(params.get("text", "")) > ANSWER_LIMIT:
        raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
    update_id = account.queries.pop(params["callback_query_id"], None)
    if update_id is None:
        raise Refusal(400, TOO_OLD)
    account.answers[update_id] = dict(params)
    return True


async def send_chat_action(account: Account, params: Mapping) -> bool:
    """Shows "typing…" and the like."""
    chat = account.chat(params)
    if params["action"] not in ACTIONS:
        raise Refusal(400, "Bad Request: wrong parameter action in request")
    account.actions.append((chat, params["action"]))
    return True


METHODS = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
}
