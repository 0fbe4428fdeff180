"""The jobs that follow a transaction. Arguments are ids alone: no name, address or word stands in a job's row."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

SEND = "send_message"  # message id: send it by its channel
SHOW_ANSWER = "show_answer"  # message id: show under it, where the channel can, which button was pressed
TELL_VISITOR = "tell_visitor"  # message id: translate what a household wrote, and tell who follows the case
TELL_ASKER = "tell_asker"  # tiding id: tell a visitor of a verdict or a vignette in their own chat
SHOW_REPLY = "show_reply"  # event, asker's key: show a reply that could not be shown when it was given
HEAR_REPLY = "hear_reply"  # message id: write down what a household said, before its visitor is told
HEAR = "hear_note"  # voice note id: hear what a visitor said, and say what was understood
DELIVER = "deliver_webhook"  # delivery id: tell a program of a verdict
CAMPAIGN = "run_campaign"  # campaign id: send its messages
DAILY = "daily"  # plan what is due today
OFTEN = "often"  # send what is due by now


class Jobs(Protocol):
    """Takes jobs in within the caller's transaction: they run if it commits, and not at all if it rolls back."""

    def add(self, connection: Connection, job: str, key: str, *ids: str) -> None:
        """Add a job. ``key``: a job under a key that was added before is not added again."""


class LaterJobs(Jobs, Protocol):
    """Jobs that may wait."""

    def add(self, connection: Connection, job: str, key: str, *ids: str, delay: float | None = None) -> None:
        """``delay``: seconds before it may run."""
