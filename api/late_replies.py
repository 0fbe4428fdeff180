"""A reply that its channel cannot show now is kept, and shown by a job once it can be."""

from __future__ import annotations

from dataclasses import dataclass

from api.households.jobs import SHOW_REPLY, LaterJobs
from api.storage.journal import Clock, SqlJournal, now
from api.storage.vault import Vault
from api.storage.visitors import REACHED, Visitor, Visitors
from bot.messages import Incoming


@dataclass(frozen=True)
class LateReplies:
    """Remembers where whoever asked can be written to, and adds the job; in the caller's transaction."""

    vault: Vault
    jobs: LaterJobs
    clock: Clock = now

    def keep(self, journal: SqlJournal, incoming: Incoming, asker: str, wait: float) -> bool:
        """Have the reply to an event shown in ``wait`` seconds. False where nobody who may ask can be written to."""
        dialogue = journal.dialogue(asker)
        if incoming.channel not in REACHED or dialogue is None or not (dialogue.interview or dialogue.answer_token):
            return False
        visitors = Visitors(journal.connection, self.vault)
        if visitors.unreached(asker):
            known = Visitor(asker, incoming.channel, dialogue.territory, dialogue.language, incoming.asker)
            visitors.reach(known, self.clock())
        if not visitors.joined(asker):
            return False
        key = f"reply-{incoming.channel}-{incoming.event}"
        self.jobs.add(journal.connection, SHOW_REPLY, key, incoming.event, asker, delay=wait)
        return True
