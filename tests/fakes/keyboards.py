"""The buttons under a message."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.faults import Refusal

DATA_BYTES = 64
ACTIONS = {
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A message as the phone shows it: `buttons` are rows of (label, data), `file_id` what it carries."""

    message_id: int
    text: str
    buttons: list[list[tuple[str, str]]]
    from_bot: bool = True
    kind: str = "text"
    file_id: str | None = None


def inline(params: Mapping) -> dict:
    """The `reply_markup` a message keeps: its inline keyboard, nothing if it has none."""
    markup = params.get("reply_markup") or {}
    rows = [row for row in markup.get("inline_keyboard", []) if row]
    for button in (button for row in rows for button in row):
        _check(button)
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _check(button: Mapping) -> None:
    if not button["text"]:
        raise Refusal(400, "Bad Request: inline keyboard button text must be non-empty")
    if len(ACTIONS & set(button)) != 1:
        raise Refusal(400, "Bad Request: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= DATA_BYTES:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")


def rows(message: Mapping) -> list[list[tuple[str, str]]]:
    """The (label, data) rows under a `Message`; a button that opens a page has its address as data."""
    markup = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[(b["text"], b.get("callback_data", b.get("url", ""))) for b in row] for row in markup]
