"""Calls about files: send one, learn where to fetch it."""

from collections.abc import Mapping
from functools import partial

from tests.fakes.account import Account, StoredFile
from tests.fakes.faults import Refusal
from tests.fakes.keyboards import inline
from tests.fakes.messages import replied
from tests.fakes.schema import Upload, Violation

CAPTION_LIMIT = 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024
KINDS = ("voice", "audio", "document", "photo")
CARRIED = (*KINDS, "video_note")
PHOTO_SIDES = (90, 320)
ROUND_SIDE = 240
NO_VOICES = "Bad Request: user restricted receiving of voice note messages"
NO_FILE = "Bad Request: wrong file_id or the file is temporarily unavailable"


def attachment(account: Account, kind: str, stored: StoredFile, details: Mapping) -> dict:
    """The part of a `Message` that carries a file; a photo has a thumbnail first, then itself."""
    if kind == "photo":
        small = account.keep("thumbnail", stored.name, stored.mime_type, stored.data)
        return {"photo": [_size(file, side) for file, side in zip((small, stored), PHOTO_SIDES, strict=True)]}
    described = {"length": ROUND_SIDE} if kind == "video_note" else {"mime_type": stored.mime_type}
    if kind in ("voice", "audio", "video_note"):
        described["duration"] = details.get("duration", 0)
    if kind in ("audio", "document"):
        described["file_name"] = stored.name
    if kind == "audio":
        described |= {name: details[name] for name in ("performer", "title") if name in details}
    content = file_object(stored) | described
    if details.get("unsized"):
        del content["file_size"]
    return {kind: content}


def file_object(stored: StoredFile) -> dict:
    """The fields every file has at Telegram."""
    return {
        "file_id": stored.file_id,
        "file_unique_id": f"unique-{stored.file_id}",
        "file_size": len(stored.data),
    }


def _size(stored: StoredFile, side: int) -> dict:
    return file_object(stored) | {"width": side, "height": side}


def carried(message: Mapping) -> tuple[str, str | None]:
    """The kind of a message and the id of its file: ("text", None), ("voice", "voice-0")."""
    for kind in CARRIED:
        if kind in message:
            content = message[kind][-1] if kind == "photo" else message[kind]
            return kind, content["file_id"]
    return "text", None


async def _send(kind: str, account: Account, params: Mapping) -> dict:
    chat = account.chat(params)
    if kind == "voice" and chat in account.without_voices:
        raise Refusal(400, NO_VOICES)
    if "parse_mode" in params:
        raise Violation("parse_mode: this fake plays plain text and entities only")
    if len(params.get("caption", "")) > CAPTION_LIMIT:
        raise Refusal(400, "Bad Request: message caption is too long")
    keyboard = inline(params) | replied(account, chat, params)
    caption = {name: params[name] for name in ("caption", "caption_entities") if params.get(name)}
    stored = _stored(account, kind, params[kind])
    return account.post(chat, account.bot, attachment(account, kind, stored, params) | caption | keyboard)


def _stored(account: Account, kind: str, source: Upload | str) -> StoredFile:
    if isinstance(source, str):
        if source not in account.files:
            raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
        return account.files[source]
    if not source.data:
        raise Refusal(400, "Bad Request: file must be non-empty")
    return account.keep(kind, source.name, source.mime_type, source.data)


async def get_file(account: Account, params: Mapping) -> dict:
    """Where a file can be fetched, up to 20 MB."""
    stored = account.files.get(params["file_id"])
    if stored is None:
        raise Refusal(400, NO_FILE)
    if len(stored.data) > DOWNLOAD_LIMIT:
        raise Refusal(400, "Bad Request: file is too big")
    return file_object(stored) | {"file_path": stored.path}


METHODS = {f"send{kind.title()}": partial(_send, kind) for kind in KINDS} | {"getFile": get_file}
