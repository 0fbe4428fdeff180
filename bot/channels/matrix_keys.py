"""End-to-end encryption: the keys of the bot's device, in a folder of ours, and what keeps them of use.

matrix-nio encrypts and decrypts. Here its keys are sealed in a file, the bot's device is signed, messages wait for keys
that come after them, and a reply goes only once every device that it is for has its key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.channels.matrix_errors import AwayError, RefusedError
from bot.channels.matrix_identity import Identity
from bot.channels.matrix_key_folder import KeyFolder

if TYPE_CHECKING:
    from bot.channels.matrix_client import Homeserver

log = logging.getLogger(__name__)

LATE = 5.0  # seconds that the key of a message may come after the message
UNKNOWN = 20.0  # seconds after which a room that no sync tells of is none of ours
QUERY, PUBLISH, SIGN = "keys/query", "keys/device_signing/upload", "keys/signatures/upload"
Through = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


class Encryption:
    """What the channel asks of encryption. ``open`` comes first, ``tend`` after every sync."""

    def __init__(self, homeserver: Homeserver, keys: KeyFolder) -> None:
        self._homeserver, self._client, self._keys = homeserver, homeserver.client, keys
        self._identity = Identity(homeserver.user, keys.secret)
        self._synced, self._in_sync = asyncio.Event(), False

    async def open(self) -> None:
        """Make the device known, and sign it. Raises KeysError, TokenError, AwayError or RefusedError."""
        client, user = self._client, self._homeserver.user
        mine = client.olm.account.identity_keys["ed25519"]
        found = await self._homeserver.post(QUERY, {"device_keys": {user: []}})
        there = found["device_keys"].get(user, {}).get(client.device_id)
        if there is not None and there["keys"].get(f"ed25519:{client.device_id}") != mine:
            raise self._keys.others()
        if client.should_upload_keys:
            await self._homeserver.call(client.keys_upload)
            found = await self._homeserver.post(QUERY, {"device_keys": {user: []}})
        await self._sign(found["device_keys"][user][client.device_id], found.get("master_keys", {}).get(user))

    async def tend(self) -> None:
        """After a sync: what the homeserver is to be told, and whose devices have changed. Raises TokenError."""
        client, insist = self._client, self._homeserver.insist
        try:
            if client.should_upload_keys:
                await insist(client.keys_upload)
            if client.should_query_keys:
                await insist(client.keys_query)
            if client.should_claim_keys:
                await insist(lambda: client.keys_claim(client.get_users_for_key_claiming()))
            await insist(client.send_to_device_messages)
        except RefusedError as refused:
            log.warning("matrix: the keys could not be tended: %s", refused)
        if not self._in_sync:
            self._forget_others()
        self._in_sync = True
        self._synced.set()
        self._synced = asyncio.Event()

    async def opened(self, room: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """An event that could not be read: in clear where its key comes late, else as it is."""
        from nio import EncryptionError, MegolmEvent

        sealed = MegolmEvent.parse_encrypted_event(dict(event))
        if not isinstance(sealed, MegolmEvent):
            return event
        try:
            async with asyncio.timeout(LATE):
                while True:
                    try:
                        sealed.room_id = room
                        return self._client.decrypt_event(sealed).source
                    except EncryptionError:
                        await self._synced.wait()
        except TimeoutError:
            return event

    async def sealed(self, room: str, through: Through) -> bool:
        """Whether what is sent to the room is to be encrypted; then every device there has the key for it by now.

        ``through``: how the homeserver is asked. Raises what that raises, and RefusedError for a room not known.
        """
        await self._known(room)
        client = self._client
        if not client.rooms[room].encrypted:
            return False
        if not client.rooms[room].members_synced:
            await through(lambda: client.joined_members(room))
        if client.should_query_keys:
            await through(client.keys_query)
        if missing := client.get_missing_sessions(room):
            await through(lambda: client.keys_claim(missing))
        await through(lambda: self._shared(room))
        return True

    def _forget_others(self) -> None:
        """Keep keys of those rooms only, and of those people, that the bot is with: nio keeps all it ever met."""
        rooms = tuple(self._client.rooms)
        people = tuple({user for room in self._client.rooms.values() for user in room.users} | {self._homeserver.user})
        database = self._client.store.database
        gone = f"select id from devicekeys where user_id not in {_marks(people)}"  # noqa: S608  (marks alone)
        with database.atomic():
            for table in ("keys", "devicetruststate"):
                database.execute_sql(f"delete from {table} where device_id in ({gone})", people)  # noqa: S608
            database.execute_sql(f"delete from devicekeys where user_id not in {_marks(people)}", people)  # noqa: S608
            for table in ("megolminboundsessions", "encryptedrooms", "outgoingkeyrequests"):
                database.execute_sql(f"delete from {table} where room_id not in {_marks(rooms)}", rooms)  # noqa: S608

    async def _known(self, room: str) -> None:
        try:
            async with asyncio.timeout(UNKNOWN):
                while room not in self._client.rooms:
                    await self._synced.wait()
        except TimeoutError:
            raise (RefusedError("M_NOT_FOUND") if self._in_sync else AwayError("not in sync yet")) from None

    async def _shared(self, room: str) -> None:
        """Give the room's key to every device that is there. nio takes it for given also where that was refused."""
        olm = self._client.olm
        while room in self._client.sharing_session:
            await self._client.sharing_session[room].wait()
        if not olm.should_share_group_session(room):
            return
        await self._client.share_group_session(room, ignore_unverified_devices=True)
        session = olm.outbound_group_sessions[room]
        given = session.users_shared_with | session.users_ignored
        if any(device not in given for device in self._reachable(room)):
            session.shared = False
            raise AwayError("a key was not taken")

    def _reachable(self, room: str) -> set[tuple[str, str]]:
        olm = self._client.olm
        return {
            (user, device.id)
            for user in self._client.rooms[room].users
            for device in olm.device_store.active_user_devices(user)
            if olm.session_store.get(device.curve25519) and device.id != self._client.device_id
        }

    async def _sign(self, device: Mapping[str, Any], master: Mapping[str, Any] | None) -> None:
        if master is not None and not self._identity.is_theirs(master):
            log.warning("matrix: the bot's account has an identity that is not ours: its device stays unsigned")
            return
        try:
            if master is None:
                await self._homeserver.post(PUBLISH, self._identity.published())
            if not self._identity.has_signed(device):
                signed = {self._client.device_id: self._identity.sign(device)}
                await self._homeserver.post(SIGN, {self._homeserver.user: signed})
        except RefusedError as refused:
            log.warning("matrix: the homeserver takes no signature: the bot's device stays unsigned (%s)", refused)


def _marks(values: tuple[str, ...]) -> str:
    return f"({', '.join('?' * len(values))})"
