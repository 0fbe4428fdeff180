"""The phone of whoever talks to the bot: what she does, and what she sees."""

from collections.abc import Mapping

from tests.fakes.files import attachment, carried
from tests.fakes.keyboards import Shown, rows
from tests.fakes.messages import TEXT_LIMIT
from tests.fakes.server import Server

FILES = {
    "voice": ("voice.oga", "audio/ogg"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "document": ("document.pdf", "application/pdf"),
    "photo": ("photo.jpg", "image/jpeg"),
    "video_note": ("video_note.mp4", "video/mp4"),
}


class Phone:
    """Every private chat with the bot, seen from the other side; `chat` is also the person's number."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._account = server.account

    async def write(self, chat: int, text: str, language: str = "fr", reply_to: int | None = None) -> int:
        """She writes a text (a command if it starts with /); returns the update's id.

        `reply_to`: the id of the message she replies to.
        """
        if not 1 <= len(text) <= TEXT_LIMIT:
            raise ValueError(f"a phone sends 1 to {TEXT_LIMIT} characters, not {len(text)}")
        content = {"text": text}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        if reply_to is not None:
            content["reply_to_message"] = self._account.message(chat, reply_to)
        return self._say(chat, content, language)

    async def send_file(
        self, chat: int, data: bytes, kind: str = "voice", language: str = "fr", **details: object
    ) -> int:
        """She sends a "voice", "audio", "document", "photo" or "video_note"; returns the update's id.

        `details`: `file_name`, `mime_type`, `duration` in seconds, `caption`; `unsized`: Telegram does not say how
        large it is.
        """
        name, mime_type = FILES[kind]
        stored = self._account.keep(kind, details.get("file_name", name), details.get("mime_type", mime_type), data)
        caption = {"caption": details["caption"]} if "caption" in details else {}
        return self._say(chat, attachment(self._account, kind, stored, details) | caption, language)

    async def press(self, chat: int, data: str, message_id: int | None = None) -> int:
        """She presses a button of the last message that has some; returns the update's id.

        With `message_id`, any data may come from any message, even one edited or deleted since: a phone may
        be late, or be no phone. Without, LookupError unless the button is there.
        """
        update_id = self._account.updates.upcoming
        query = {
            "id": f"query-{update_id}",
            "from": self._account.person(chat),
            "message": self._pressed(chat, data, message_id),
            "chat_instance": f"instance-{chat}",
            "data": data,
        }
        self._account.queries[query["id"]] = update_id
        return self._deliver(chat, "callback_query", query)

    def _pressed(self, chat: int, data: str, message_id: int | None) -> Mapping:
        if message_id is not None:
            gone = {"chat": {"id": chat, "type": "private"}, "message_id": message_id, "date": 0}
            return self._account.message(chat, message_id) or gone
        shown = next((shown for shown in reversed(self.messages(chat)) if shown.buttons), None)
        offered = [button[1] for row in shown.buttons for button in row] if shown else []
        if data not in offered:
            raise LookupError(f"no button '{data}' in chat {chat}; the last keyboard offers {offered}")
        return self._account.chats[chat][shown.message_id]

    def block(self, chat: int, notify: bool = False) -> None:
        """She blocks the bot: calls for her chat get 403. `notify`: the bot also gets `my_chat_member`."""
        if notify:
            self._deliver(chat, "my_chat_member", self._blocking(chat))
        self._account.blocked.add(chat)

    def _blocking(self, chat: int) -> dict:
        bot = self._account.bot
        return {
            "chat": {"id": chat, "type": "private", "first_name": self._account.person(chat)["first_name"]},
            "from": self._account.person(chat),
            "date": self._account.now(),
            "old_chat_member": {"status": "member", "user": bot},
            "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0},
        }

    def unblock(self, chat: int) -> None:
        """She lets the bot write again."""
        self._account.blocked.discard(chat)

    def forbid_voices(self, chat: int) -> None:
        """Her privacy settings take no voice messages."""
        self._account.without_voices.add(chat)

    def lose(self, update_id: int) -> None:
        """Telegram no longer has the file of this update's message."""
        message = self._account.updates.made[update_id]["message"]
        self._account.files.pop(carried(message)[1])

    def expire(self, update_id: int) -> None:
        """Telegram gave up on this button press: to answer it now is too late."""
        self._account.queries.pop(f"query-{update_id}", None)

    def conversation(self, chat: int) -> list[Shown]:
        """Both sides of a chat as the phone shows it now: edits in place, deleted messages gone."""
        return [_shown(message) for message in self._account.chats.get(chat, {}).values()]

    def messages(self, chat: int) -> list[Shown]:
        """The bot's side of the conversation, oldest first."""
        return [shown for shown in self.conversation(chat) if shown.from_bot]

    def last(self, chat: int) -> Shown | None:
        """The bot's latest message, None if it has said nothing."""
        return next(reversed(self.messages(chat)), None)

    def answered(self, update_id: int) -> bool:
        """Whether the bot has answered this button press."""
        return update_id in self._account.answers

    def toast(self, update_id: int) -> str | None:
        """The words of that answer, shown over the chat; None if it had none."""
        return self._account.answers.get(update_id, {}).get("text")

    def file(self, file_id: str) -> bytes:
        """The bytes of a file either side has sent."""
        return self._account.files[file_id].data

    def actions(self, chat: int) -> list[str]:
        """The "typing", "record_voice"… shown in this chat so far."""
        return [action for shown, action in self._account.actions if shown == chat]

    def _say(self, chat: int, content: Mapping, language: str) -> int:
        self._account.languages[chat] = language
        return self._deliver(chat, "message", self._account.post(chat, self._account.person(chat), content))

    def _deliver(self, chat: int, kind: str, content: Mapping) -> int:
        """Makes the update and sends it on its way; an update that is none is a Violation here."""
        if chat in self._account.blocked:
            raise RuntimeError(f"chat {chat} has blocked the bot: unblock it first")
        return self._account.deliver(kind, content)["update_id"]


def _shown(message: Mapping) -> Shown:
    kind, file_id = carried(message)
    text = message.get("text", message.get("caption", ""))
    return Shown(message["message_id"], text, rows(message), message["from"]["is_bot"], kind, file_id)
