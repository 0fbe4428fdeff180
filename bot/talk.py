"""One event's work on one dialogue: where its interview stands, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot import showing
from bot.coordination import reviewed
from bot.followup.questions import household_questions
from bot.journal import Dialogue, Enquiry
from bot.membership import Asker
from bot.messages import Incoming, Reply, Text
from bot.rendering import finding_json
from bot.resuming import restored
from bot.services import Services
from bot.showing_errors import error_lines
from bot.wording import nearest_language, wording
from rules.deciding_rules import deciding_rules
from rules.errors import SituationError
from rules.interview import Interview, Interviewer, Step


@dataclass
class Talk:
    """``notice``: why it began anew; ``notices``: what is to be said above whatever is shown."""

    services: Services
    asker: str
    dialogue: Dialogue
    interviewer: Interviewer
    interview: Interview
    notice: str | None = None
    notices: tuple[Text, ...] = ()

    @classmethod
    def of(cls, incoming: Incoming, services: Services) -> Talk:
        """The dialogue of whoever did this, with its interview as it stands."""
        asker = services.key(f"{incoming.channel}:{incoming.asker}")
        dialogue = services.journal.dialogue(asker) or Dialogue(
            key=asker,
            channel=incoming.channel,
            language=nearest_language(incoming.language),
            territory=incoming.territory or services.default_territory,
        )
        talk = cls(services, asker, dialogue, *fresh(services, dialogue.territory, incoming.today))
        talk.go_on(incoming)
        return talk

    @classmethod
    def kept(cls, key: str, incoming: Incoming, services: Services) -> Talk | None:
        """The dialogue under this key, which something else than its asker goes on with; None where there is none."""
        dialogue = services.journal.dialogue(key)
        if dialogue is None:
            return None
        talk = cls(services, key, dialogue, *fresh(services, dialogue.territory, incoming.today))
        talk.go_on(incoming)
        return talk

    def go_on(self, incoming: Incoming) -> None:
        """Take the kept interview up, under the version of the rules that it began under."""
        if not self.dialogue.interview:
            return
        kept = Interview.from_record(self.dialogue.interview)
        if kept.ruleset_version != self.interview.ruleset_version:
            if not kept.begun and incoming.button is None and incoming.text is None:
                self.turn()  # nothing was answered: the first question is shown anew, its old buttons are out of date
                return
            compiled = self.services.compiled(kept.ruleset_version)
            if compiled is None:
                self.notice = "chat.rules_changed"
                self.restart(incoming)
                return
            self.interviewer = Interviewer(compiled, self.interviewer.territory)
        self.interview = kept if kept.begun else replace(kept, started=incoming.today)

    def lasting(self) -> Dialogue:
        """The dialogue as it is to be kept: where its interview stands, and at which question."""
        asked = self.interviewer.step(self.interview).question
        return replace(self.dialogue, interview=self.interview.record(), asking=asked.id if asked else None)

    def answer(self, choice: str, incoming: Incoming) -> Reply:
        """Take a choice for the current question; the last one logs the question."""
        return self._go_to(lambda: self.interviewer.answer(self.interview, choice), incoming)

    def tell(self, facts: Mapping[str, object], incoming: Incoming) -> Reply:
        """Take facts that were told and confirmed; where they say all that is needed, the question is logged."""
        said = ("understanding.confirmed", "understanding.confirmed.nothing_missing")
        return self._go_to(lambda: self.interviewer.tell(self.interview, facts), incoming, *said)

    def _go_to(
        self, work: Callable[[], Interview], incoming: Incoming, more: str | None = None, done: str | None = None
    ) -> Reply:
        """Take an interview that goes on, and log the question where nothing more is asked; ``more`` and ``done``: what
        is said then."""
        try:
            self.interview = work()
        except SituationError as error:
            return self.show(error=error)
        self.turn()
        step = self.interviewer.step(self.interview)
        if step.finding is None:
            return self.show(more)
        self._log(step, incoming)
        return self.show(done)

    def correct(self, question: str) -> Reply:
        """Ask a question again; the other answers stay as long as they matter."""
        try:
            self.interview = self.interviewer.correct(self.interview, question)
        except SituationError as error:
            return self.show(error=error)
        self.turn()
        return self.show()

    def back(self) -> Reply:
        """Take the last answer back."""
        if not self.interview.begun and not self.interview.correcting:
            return self.show("chat.nothing_before")
        self.interview = self.interviewer.back(self.interview)
        self.turn()
        return self.show()

    def restart(self, incoming: Incoming) -> None:
        """A new question, under the rules in force; one that was begun and not finished is noted as left there."""
        left = self.interviewer.step(self.interview).question
        if left is not None and self.interview.begun:
            self.services.journal.abandon(self.dialogue.key, left.id, len(self.interview.answers))
        self.interviewer, self.interview = fresh(self.services, self.dialogue.territory, incoming.today)
        self.turn()
        self.dialogue = replace(self.dialogue, answer_token=None)

    def restore(self, before: Enquiry) -> bool:
        """Whether its answers could be taken up, under the rules that they were given by."""
        compiled = self.services.compiled(before.ruleset_version)
        interviewer = Interviewer(compiled, self.services.territory(before.territory)) if compiled else None
        interview = restored(before, interviewer) if interviewer else None
        if interviewer is None or interview is None:
            return False
        self.interviewer, self.interview = interviewer, interview
        self.dialogue = replace(self.dialogue, territory=before.territory)
        self.turn()
        return True

    def askable(self, step: Step) -> bool:
        """Whether the household itself can be asked the current question."""
        asked = step.question.id if step.question else None
        return self.dialogue.household is not None and asked in household_questions()

    def turn(self) -> None:
        """What was shown before is out of date from now on, and what was proposed."""
        self.dialogue = replace(self.dialogue, turn=self.dialogue.turn + 1, proposed=None)

    def show(
        self,
        notice: str | None = None,
        *,
        more: bool = False,
        error: SituationError | None = None,
        notices: Sequence[Text] = (),
    ) -> Reply:
        """The current question, or the answer, under what is to be said."""
        notices = [*self.notices, *(Text(n) for n in (self.notice, notice) if n), *notices]
        if error is not None:
            notices += error_lines(error)
        step = self.interviewer.step(self.interview)
        if step.finding is None:
            askable = self.askable(step)
            return showing.question(
                self.dialogue, self.interviewer, self.interview, step, notices, more=more, askable=askable
            )
        if since := self.services.superseded(self.interview.ruleset_version):
            notices.append(Text("versions.began_under", {"since": since, "version": self.interview.ruleset_version}))
        reply = showing.answer(self.dialogue, self.interviewer, self.interview, step.finding, notices)
        token, ruleset = self.dialogue.answer_token, self.interviewer.compiled.ruleset
        standing = self.services.coordination.standing(token) if token else None
        return reviewed(reply, self.dialogue, standing, ruleset, referred=step.finding.status == "referred")

    def _log(self, step: Step, incoming: Incoming) -> None:
        assert step.finding is not None  # noqa: S101  (told by the caller)
        token = self.services.token()
        enquiry = Enquiry(
            token=token,
            interview=self.name,
            asked_at=self.services.now(),
            channel=incoming.channel,
            language=self.dialogue.language,
            territory=self.dialogue.territory,
            asker=self.asker,
            ruleset_version=self.interview.ruleset_version,
            facts=step.situation.record(),
            answer=finding_json(step.finding, self.interviewer.compiled.ruleset, wording(self.dialogue.language)),
            replaces=self.dialogue.answer_token,
            rules=deciding_rules(self.interviewer.compiled, step.situation, step.finding, self.interviewer.territory),
        )
        self.services.journal.log(enquiry)
        self.services.membership.has_asked(self.who(incoming), self.dialogue.territory)
        self.dialogue = replace(self.dialogue, answer_token=token)

    @property
    def name(self) -> str:
        """The interview's name, in the log of questions and in the server's logs."""
        return f"{self.asker[:16]}-{self.dialogue.turn - len(self.interview.answers)}"

    def who(self, incoming: Incoming) -> Asker:
        """The visitor, as memberships know them."""
        return Asker(self.asker, incoming.channel, incoming.asker, self.dialogue.language)


def fresh(services: Services, territory: str | None, today: date) -> tuple[Interviewer, Interview]:
    """A new question under the rules in force."""
    interviewer = Interviewer(services.current, services.territory(territory))
    return interviewer, interviewer.start(today)
