"""What a conversation needs of the review, and what its visitor is told there, on one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from api.households.jobs import TELL_ASKER, Jobs
from api.rulesets import Rulesets
from api.storage.journal import Clock, SqlJournal, now
from api.storage.rulings import contest, ruling_told, standing_of, still_returned
from api.storage.tidings import VERDICT, Tiding, waiting_tidings, wake_tidings
from api.storage.vault import Vault
from api.storage.visitors import REACHED, Visitor, Visitors
from bot.coordination import RETURNED, Standing, about_answer, ruling_section
from bot.coordination import VERDICT as VERDICT_SECTION
from bot.journal import Enquiry
from bot.messages import Button, Incoming, Reply, Text
from bot.presses import press_data

News = Callable[[Connection, Tiding, str], Reply | None]
"""What a tiding says in a language; None where it says nothing any more."""


class CoordinationDesk:
    """``bot.coordination.Coordination`` on a connection, whose transaction the caller commits or rolls back.

    ``others``: what tidings of other kinds than verdicts say.
    """

    def __init__(
        self,
        connection: Connection,
        rulesets: Rulesets,
        vault: Vault,
        jobs: Jobs,
        public_url: str,
        clock: Clock = now,
        others: Mapping[str, News] | None = None,
    ) -> None:
        self._connection, self._rulesets, self._jobs = connection, rulesets, jobs
        self._news: dict[str, News] = {VERDICT: self._of_verdict, **(others or {})}
        self._visitors, self._public_url, self._clock = Visitors(connection, vault), public_url, clock

    def standing(self, token: str) -> Standing | None:
        return standing_of(self._connection, token)

    def ask(self, token: str) -> None:
        contest(self._connection, token, self._clock())

    def visited(self, incoming: Incoming, asker: str, logged: Enquiry | None) -> None:
        """After an event: where the visitor can be written to is remembered, and what did not arrive is sent again."""
        if incoming.channel not in REACHED:
            return
        if logged is not None and self._visitors.unreached(asker):
            language, territory = logged.language, logged.territory
            self._visitors.reach(Visitor(asker, incoming.channel, territory, language, incoming.asker), self._clock())
        for tiding in wake_tidings(self._connection, asker):
            self._jobs.add(self._connection, TELL_ASKER, f"tiding-{tiding}-visit-{incoming.event}", tiding)

    def with_news(self, reply: Reply, incoming: Incoming, asker: str) -> Reply:
        """The reply under what the visitor was not told yet, where the channel cannot write to them by itself.

        A question that came back to them stands there at each visit, until it is answered.
        """
        if incoming.channel in REACHED:
            return reply
        waiting = [tiding for tiding in waiting_tidings(self._connection, asker) if tiding.kind in self._news]
        visit = not (incoming.button or incoming.text or incoming.command)
        again = still_returned(self._connection, asker) if visit else []
        told = [news for tiding in (*waiting, *again) if (news := self.news(tiding, reply.language)) is not None]
        shown = reply.share if any(s.kind == VERDICT_SECTION for s in reply.sections) else None
        apart = [news for news in told if shown is None or news.share != shown]
        return replace(
            reply,
            sections=(*(s for news in apart for s in news.sections), *reply.sections),
            buttons=(*(row for news in apart for row in news.buttons if row[0].kind != "listen"), *reply.buttons),
            tidings=tuple(tiding.id for tiding in waiting),
        )

    def news(self, tiding: Tiding, language: str) -> Reply | None:
        """What a tiding says. None where it says nothing any more, or nobody gave words to its kind."""
        words = self._news.get(tiding.kind)
        return words(self._connection, tiding, language) if words else None

    def _of_verdict(self, connection: Connection, tiding: Tiding, language: str) -> Reply | None:
        """The verdict, on which question, and the way on; None once another verdict counts."""
        found = ruling_told(connection, tiding)
        enquiry = SqlJournal(connection).enquiry(found[0]) if found else None
        if found is None or enquiry is None:
            return None
        token, ruling = found
        section = ruling_section(ruling, self._rulesets.current.ruleset, (about_answer(enquiry),))
        link = Text("ruling.link", {"address": f"{self._public_url}/reponse/{token}"})
        label = Text("coordination.resume", {"day": enquiry.asked_at.date()})
        resume = Button(press_data("resume", 0, token), label, "resume")
        listen = Button(press_data("listen", 0, token), Text("speech.listen"), "listen")
        return Reply(
            (replace(section, lines=(*section.lines, link)),),
            (*(((resume,),) if ruling.kind == RETURNED else ()), (listen,)),
            share=token,
            language=language,
        )
