"""Records for the storage and logbook tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.journal import Dialogue, Enquiry

MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

ANSWER: dict[str, object] = {
    "status": "settled",
    "missions": ["suivi_n1"],
    "certainty": "stated",
    "reasons": [{"statement": 21, "text": "Une visite « après la chauffe »…", "source": "Atelier n°2, § 5"}],
    "excluded": [{"mission": "soutien_renforce", "reasons": [{"statement": 19, "text": "…", "source": "…"}]}],
    "open": None,
    "ruleset": {"name": "slime-plus", "version": "abc"},
}

REFERRED: dict[str, object] = {
    "status": "referred",
    "missions": [],
    "certainty": "open",
    "reasons": [],
    "excluded": [],
    "open": {"reason": "threshold_undefined", "decider": "cler", "question": "…"},
}


def an_enquiry(number: int = 1, **changes: object) -> Enquiry:
    """Enquiry ``tok-<number>``, asked that many minutes after MORNING."""
    values: dict[str, object] = {
        "token": f"tok-{number}",
        "interview": f"interview-{number}",
        "asked_at": MORNING + timedelta(minutes=number),
        "channel": "web",
        "language": "fr",
        "territory": None,
        "asker": "0f" * 16,
        "ruleset_version": "abc",
        "facts": {"dst": "fait", "accompagnement_continu": False, "date_dst": "2026-01-12"},
        "answer": ANSWER,
    }
    return Enquiry(**(values | changes))  # type: ignore[arg-type]


def a_dialogue(**changes: object) -> Dialogue:
    values: dict[str, object] = {
        "key": "a1" * 16,
        "channel": "telegram",
        "language": "fr",
        "territory": "loire",
        "turn": 3,
        "interview": {"facts": {"dst": "fait"}, "asked": ["dst", "sr"], "question": "but"},
        "answer_token": "tok-1",
    }
    return Dialogue(**(values | changes))  # type: ignore[arg-type]
