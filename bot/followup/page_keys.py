"""The catalog messages of what stands around a household's messages: its page, a printed letter, a first contact."""

from __future__ import annotations

PAGE = (
    "received", "noted", "consented", "refused", "restarted", "which_day", "right_day", "wrong_day", "write",
    "send", "sending", "sent", "not_sent", "speak", "stop_recording", "listen_again", "no_microphone",
    "too_long", "not_heard", "text_too_long", "languages", "stop_messages", "expired", "unknown_link", "closed",
    "in_french", "machine", "original", "your_answer", "from_you", "from_us", "offline", "audio_only",
    "synthetic", "not_played", "transcribed", "privacy", "call_us", "pair", "welcome", "letter_how",
    "letter_address", "letter_call", "letter_until",
)  # fmt: skip


def page_key(name: str) -> str:
    return f"household.page.{name}"


PAGE_KEYS = tuple(map(page_key, PAGE))
