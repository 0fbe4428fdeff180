"""Calls that decide how updates reach the bot: polling, or a webhook."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from tests.fakes.account import Account
from tests.fakes.faults import Refusal
from tests.fakes.updates import WEBHOOK_CAME, WEBHOOK_SET
from tests.fakes.webhook import Address

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


async def get_updates(account: Account, params: Mapping) -> list[dict]:
    """Pending updates from `offset` on; those before it are confirmed and gone."""
    if account.webhook.address:
        raise Refusal(409, WEBHOOK_SET)
    _allow(account, params)
    limit = max(1, min(params.get("limit", 100), 100))
    return await account.updates.poll(params.get("offset", 0), limit, params.get("timeout", 0))


async def set_webhook(account: Account, params: Mapping) -> bool:
    """Pushes updates to a URL from now on: HTTPS, or plain HTTP on this machine; "" stops it."""
    if not params["url"]:
        return await delete_webhook(account, params)
    _check_url(params["url"])
    secret = params.get("secret_token")
    if secret is not None and not re.fullmatch("[A-Za-z0-9_-]{1,256}", secret):
        raise Refusal(400, "Bad Request: secret token contains unallowed characters")
    connections = params.get("max_connections", 40)
    if not 1 <= connections <= 100:
        raise Refusal(400, "Bad Request: max_connections must be between 1 and 100")
    _allow(account, params)
    _drop(account, params)
    account.updates.end_poll(WEBHOOK_CAME)
    account.webhook.set(Address(params["url"], secret, connections))
    return True


async def delete_webhook(account: Account, params: Mapping) -> bool:
    """Back to polling."""
    account.webhook.clear()
    _drop(account, params)
    return True


async def get_webhook_info(account: Account, params: Mapping) -> dict:
    """Where updates go, how many wait, what went wrong last."""
    address = account.webhook.address
    info = {
        "url": address.url if address else "",
        "has_custom_certificate": False,
        "pending_update_count": len(account.updates.pending),
    }
    if address:
        info |= {"max_connections": address.max_connections}
    if address and account.webhook.last_error:
        info |= dict(zip(("last_error_date", "last_error_message"), account.webhook.last_error, strict=True))
    return info | ({"allowed_updates": account.updates.allowed} if account.updates.allowed else {})


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")


def _allow(account: Account, params: Mapping) -> None:
    account.updates.allowed = params.get("allowed_updates", account.updates.allowed)


def _drop(account: Account, params: Mapping) -> None:
    if params.get("drop_pending_updates"):
        account.updates.pending.clear()


METHODS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
