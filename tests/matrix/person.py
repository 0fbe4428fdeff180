"""A person on Matrix, with a client of their own: writes, speaks, reacts, and sees what the others of a room do."""

from __future__ import annotations

import asyncio
import io
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import nio
from nio.crypto.attachments import decrypt_attachment
from nio.store import SqliteMemoryStore

from tests.matrix.homeserver import Account, Homeserver

WITHIN = 60.0  # seconds: how long a wait lasts before it fails
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
VOICE = "org.matrix.msc3245.voice"
T = TypeVar("T")


@dataclass
class Said:
    """A message of another member as the room shows it now, edits and reactions applied.

    ``content``: of the message or of its last edit. ``reactions``: event id -> (sender, key).
    ``encrypted``: whether it came so. ``withdrawn``: redacted.
    """

    event: str
    sender: str
    content: dict[str, object]
    encrypted: bool
    edits: int = 0
    reactions: dict[str, tuple[str, str]] = field(default_factory=dict)
    withdrawn: bool = False

    @property
    def text(self) -> str:
        return str(self.content.get("body", ""))

    @property
    def html(self) -> str:
        return str(self.content.get("formatted_body", ""))

    @property
    def is_voice(self) -> bool:
        return self.content.get("msgtype") == "m.audio" and VOICE in self.content

    @property
    def keys(self) -> list[str]:
        """What was reacted with, in order: on Matrix a bot offers choices by reacting to its own message."""
        return [key for _, key in self.reactions.values()]


class Person:
    """Made by ``person``. ``room``: where they speak. ``messages``: what the others said there, oldest first.

    ``unreadable``: the events that no key opened. ``client`` is there for what this class does not do.
    """

    def __init__(self, client: nio.AsyncClient, room: str = "") -> None:
        self.client, self.room = client, room
        self.messages: list[Said] = []
        self.unreadable: list[str] = []
        self._news: deque[Said] = deque()
        self._stirred = asyncio.Condition()
        for kind, noted in (
            (nio.RoomMessage, self._message),
            (nio.ReactionEvent, self._reaction),
            (nio.RedactionEvent, self._redaction),
            (nio.MegolmEvent, self._unreadable),
        ):
            client.add_event_callback(noted, kind)

    @property
    def user_id(self) -> str:
        return self.client.user_id

    async def open_room(self, *others: str, encrypted: bool = False, trusted: bool = False) -> str:
        """A new room with ``others`` invited. Its id. It becomes the room of this person. ``trusted``: all may do
        everything there."""
        state = [ENCRYPTION] if encrypted else []
        preset = nio.RoomPreset.trusted_private_chat if trusted else nio.RoomPreset.private_chat
        made = await self.client.room_create(is_direct=True, preset=preset, invite=others, initial_state=state)
        self.room = _well(made, nio.RoomCreateResponse).room_id
        await self.until(lambda: self.room in self.client.rooms and self._here.encrypted == encrypted)
        return self.room

    async def accept(self) -> str:
        """Wait for an invitation and follow it. The id of the room, which becomes the room of this person."""
        self.room = await self.until(lambda: next(iter(self.client.invited_rooms), None))
        _well(await self.client.join(self.room), nio.JoinResponse)
        await self.until(lambda: self.room in self.client.rooms)
        return self.room

    async def invite(self, user_id: str) -> None:
        _well(await self.client.room_invite(self.room, user_id), nio.RoomInviteResponse)

    async def meet(self, user_id: str) -> None:
        """Wait until ``user_id`` has joined the room: what is encrypted before that is not for them."""
        await self.until(lambda: user_id in self._here.users and user_id not in self._here.invited_users)

    async def write(self, text: str) -> str:
        """The id of the event. So for all that follow."""
        return await self._send("m.room.message", {"msgtype": "m.text", "body": text})

    async def reply(self, event: str, text: str) -> str:
        """Write ``text`` in reply to an event."""
        relation = {"m.in_reply_to": {"event_id": event}}
        return await self._send("m.room.message", {"msgtype": "m.text", "body": text, "m.relates_to": relation})

    async def edit(self, event: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        return await self._send("m.room.message", {**new, "m.new_content": new, "m.relates_to": relation})

    async def react(self, key: str, to: str | None = None) -> str:
        """React to the event ``to``, or else to the latest message of the others."""
        event = to or self.messages[-1].event
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self._send("m.reaction", {"m.relates_to": relation})

    async def withdraw(self, event: str) -> None:
        _well(await self.client.room_redact(self.room, event), nio.RoomRedactResponse)

    async def speak(self, ogg: bytes, seconds: float, size: int | None = None, **broken: object) -> str:
        """Send a voice note, encrypted where the room is. ``size``: as it is announced; ``broken``: in place of what
        opens it, in an encrypted room."""
        data, hidden = io.BytesIO(ogg), self._here.encrypted
        uploaded, keys = await self.client.upload(data, "audio/ogg", "voix.ogg", encrypt=hidden, filesize=len(ogg))
        url = _well(uploaded, nio.UploadResponse).content_uri
        length = round(seconds * 1000)
        return await self._send(
            "m.room.message",
            {
                "msgtype": "m.audio",
                "body": "voix.ogg",
                "info": {"mimetype": "audio/ogg", "size": size or len(ogg), "duration": length},
                "org.matrix.msc1767.audio": {"duration": length, "waveform": [0, 512, 1024, 512, 0]},
                VOICE: {},
                **({"file": {**keys, **broken, "url": url}} if hidden else {"url": url}),
            },
        )

    async def hear(self, said: Said) -> bytes:
        """The file of a message, decrypted."""
        hidden = said.content.get("file")
        url = hidden["url"] if isinstance(hidden, dict) else str(said.content["url"])
        data = _well(await self.client.download(url), nio.MemoryDownloadResponse).body
        if not isinstance(hidden, dict):
            return data
        return decrypt_attachment(data, hidden["key"]["k"], hidden["hashes"]["sha256"], hidden["iv"])

    async def next(self, within: float = WITHIN) -> Said:
        """The next message of the others, new or edited, that was not handed out yet."""
        await self.until(lambda: self._news or None, within)
        return self._news.popleft()

    async def until(self, seen: Callable[[], T | None], within: float = WITHIN) -> T:
        """What ``seen`` gives, asked again after each sync, once it is neither None nor False. TimeoutError."""
        async with asyncio.timeout(within), self._stirred:
            while (found := seen()) is None or found is False:
                await self._stirred.wait()
            return found

    @property
    def _here(self) -> nio.MatrixRoom:
        return self.client.rooms[self.room]

    async def _send(self, kind: str, content: dict[str, object]) -> str:
        sent = await self.client.room_send(self.room, kind, content, ignore_unverified_devices=True)
        return _well(sent, nio.RoomSendResponse).event_id

    async def stay_in_sync(self, entered: asyncio.Event) -> None:
        """Until cancelled. Keys are seen to between two syncs: ``sync_forever`` lets them wait for the next event."""
        client = self.client
        while True:
            synced = await client.sync(timeout=10_000 if entered.is_set() else 0, full_state=not entered.is_set())
            _well(synced, nio.SyncResponse)
            if client.should_upload_keys:
                _well(await client.keys_upload(), nio.KeysUploadResponse)
            if client.should_query_keys:
                await client.keys_query()
            if client.should_claim_keys:
                await client.keys_claim(client.get_users_for_key_claiming())
            await client.send_to_device_messages()
            entered.set()
            async with self._stirred:
                self._stirred.notify_all()

    def _of_another(self, room: nio.MatrixRoom, event: nio.Event) -> bool:
        return room.room_id == self.room and event.sender != self.user_id

    def _message(self, room: nio.MatrixRoom, event: nio.RoomMessage) -> None:
        if not self._of_another(room, event):
            return
        content = event.source["content"]
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            said = self._said(relation["event_id"])
            if said is None or said.sender != event.sender:
                return
            said.content, said.edits = content["m.new_content"], said.edits + 1
        else:
            said = Said(event.event_id, event.sender, content, event.decrypted)
            self.messages.append(said)
        self._news.append(said)

    def _reaction(self, room: nio.MatrixRoom, event: nio.ReactionEvent) -> None:
        said = self._said(event.reacts_to)
        if said is not None:
            said.reactions[event.event_id] = (event.sender, event.key)

    def _redaction(self, room: nio.MatrixRoom, event: nio.RedactionEvent) -> None:
        for said in self.messages:
            said.reactions.pop(event.redacts, None)
            said.withdrawn = said.withdrawn or said.event == event.redacts

    def _unreadable(self, room: nio.MatrixRoom, event: nio.MegolmEvent) -> None:
        if self._of_another(room, event):
            self.unreadable.append(event.event_id)

    def _said(self, event: str) -> Said | None:
        return next((said for said in self.messages if said.event == event), None)


@asynccontextmanager
async def person(server: Homeserver, account: Account, room: str = "") -> AsyncIterator[Person]:
    """The person on a new device, in sync with the server until the block ends. ``room``: where they are already."""
    device = server.log_in(account)
    config = nio.AsyncClientConfig(store=SqliteMemoryStore, encryption_enabled=True)
    client = nio.AsyncClient(server.url, device.user_id, device.device_id, store_path="/", config=config)
    client.restore_login(device.user_id, device.device_id, device.access_token)
    made, entered = Person(client, room), asyncio.Event()
    syncing = asyncio.create_task(made.stay_in_sync(entered))
    try:
        entering = asyncio.create_task(entered.wait())
        await asyncio.wait({entering, syncing}, timeout=WITHIN, return_when=asyncio.FIRST_COMPLETED)
        entering.cancel()
        if syncing.done():
            syncing.result()
        yield made
    finally:
        syncing.cancel()
        await asyncio.gather(syncing, return_exceptions=True)
        await client.close()


def _well(answer: object, kind: type[T]) -> T:
    if not isinstance(answer, kind):
        raise RuntimeError(f"the homeserver answered {answer}")
    return answer
