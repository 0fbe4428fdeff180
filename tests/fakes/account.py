"""What Telegram keeps of one bot: its conversations, files, updates and profile."""

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.fakes.faults import Refusal
from tests.fakes.schema import bot_api
from tests.fakes.updates import Updates
from tests.fakes.webhook import Webhook

NAME = "Visiteuse"


@dataclass(frozen=True)
class StoredFile:
    """A file at Telegram, by the id it is sent and fetched with."""

    file_id: str
    path: str
    name: str
    mime_type: str
    data: bytes


@dataclass
class Account:
    """One bot's world. `chats` holds each chat's messages by id, as Bot API `Message` objects."""

    token: str
    updates: Updates = field(default_factory=Updates)
    webhook: Webhook = field(init=False)
    chats: dict[int, dict[int, dict]] = field(default_factory=dict)
    languages: dict[int, str] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    without_voices: set[int] = field(default_factory=set)
    actions: list[tuple[int, str]] = field(default_factory=list)
    files: dict[str, StoredFile] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)
    answers: dict[int, dict] = field(default_factory=dict)
    profile: dict[tuple, object] = field(default_factory=dict)
    _messages: int = 0
    _files: int = 0

    @property
    def bot(self) -> dict:
        """The bot as a `User`."""
        number = int(self.token.split(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Aiguillage", "username": "aiguillage_test_bot"}

    def person(self, chat: int) -> dict:
        """The `User` behind a private chat, in the language she last used."""
        language = self.languages.get(chat, "fr")
        return {"id": chat, "is_bot": False, "first_name": NAME, "language_code": language}

    def chat(self, params: Mapping) -> int:
        """The chat a call is for; refused if there is none such (any positive number is one) or it blocks."""
        chat = params["chat_id"]
        if not isinstance(chat, int) or chat <= 0:
            raise Refusal(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise Refusal(403)
        return chat

    def post(self, chat: int, sender: dict, content: Mapping) -> dict:
        """Adds a message to a conversation."""
        self._messages += 1
        message = {
            "message_id": self._messages,
            "date": self.now(),
            "chat": {"id": chat, "type": "private", "first_name": NAME},
            "from": sender,
            **content,
        }
        self.chats.setdefault(chat, {})[self._messages] = message
        return message

    def deliver(self, kind: str, content: Mapping) -> dict:
        """Makes an update and, with a webhook, sends it; raises Violation if there is no such update."""
        bot_api().update({"update_id": self.updates.upcoming, kind: content})
        update = self.updates.make(kind, copy.deepcopy(dict(content)))
        if self.webhook.address and self.updates.wanted(kind):
            self.webhook.carry(update)
        return update

    def now(self) -> int:
        """Telegram's clock, in seconds."""
        return int(time.time())

    def message(self, chat: int, message_id: int | None) -> dict | None:
        """The message of that id in that chat, if it is still there."""
        return self.chats.get(chat, {}).get(message_id)

    def keep(self, kind: str, name: str, mime_type: str, data: bytes) -> StoredFile:
        """Stores a file's bytes."""
        number, self._files = self._files, self._files + 1
        extension = name.rpartition(".")[2] if "." in name else "bin"
        path = f"{kind}/file_{number}.{extension}"
        stored = StoredFile(f"{kind}-{number}", path, name, mime_type, data)
        self.files[stored.file_id] = stored
        return stored
