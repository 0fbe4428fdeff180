"""THE use case: one thing a person did in, one reply out. The same for every channel.

`respond` works inside a unit of work that the caller opened, and leaves everything that must last in its journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot import showing
from bot.coordination import NO_COORDINATION, Coordination, reviewed
from bot.explaining import other_missions_sections
from bot.followup.asking import NO_HOUSEHOLDS, HouseholdDesk, choice_said
from bot.followup.questions import household_questions
from bot.journal import Dialogue, Enquiry, Journal
from bot.membership import INVITATION_PAYLOAD, OPEN, Asker, InvitationRefused, Membership, uninvited
from bot.messages import Incoming, Reply, Text
from bot.presses import Press, read_press, typed_choice
from bot.rendering import finding_json
from bot.resuming import offered, restored
from bot.wording import languages, nearest_language, wording
from rules.compile import CompiledRuleset
from rules.deciding_rules import deciding_rules
from rules.errors import SituationError
from rules.explaining.explain import explain
from rules.interview import Interview, Interviewer, Step
from rules.model import Territory

START, ASK, RESTART, BACK, LANGUAGE, HELP = "start", "sr_ou_n1", "recommencer", "retour", "langue", "aide"
TERRITORY_PAYLOAD, HOUSEHOLD_PAYLOAD = "t_", "c-"


@dataclass(frozen=True)
class Services:
    """What a conversation needs of the world. ``key``: a keyed hash; ``token``: a new unguessable name.

    ``current``: the rules in force, for new questions. ``compiled``: a version for what began under it, or None where
    it was not kept. ``superseded``: the day from which a version was in force that no longer is, else None.
    """

    current: CompiledRuleset
    compiled: Callable[[str], CompiledRuleset | None]
    superseded: Callable[[str], date | None]
    journal: Journal
    territory: Callable[[str | None], Territory | None]
    key: Callable[[str], str]
    token: Callable[[], str]
    now: Callable[[], datetime]
    default_territory: str | None = None
    households: HouseholdDesk = NO_HOUSEHOLDS
    membership: Membership = OPEN
    coordination: Coordination = NO_COORDINATION


def respond(incoming: Incoming, services: Services) -> Reply:
    """Answer one event: the next question, the finding, or the current question again where the press is out of date.

    A finished question is logged once, when its last answer comes in. Of somebody who may not ask nothing is kept.
    """
    talk = _Talk.of(incoming, services)
    refusal = talk.admit(incoming)
    if refusal is not None:
        return refusal
    reply = talk.take(incoming)
    services.journal.keep(talk.lasting())
    return replace(reply, language=talk.dialogue.language)


def hear(dialogue: str, question: str, facts: Mapping[str, object], today: date, services: Services) -> bool:
    """Go on with an interview by what a household answered to the question that it stands at.

    ``dialogue``: its key. Whether the answer was taken: one that fits no choice, or another question's, does nothing.
    """
    kept = services.journal.dialogue(dialogue)
    if kept is None or kept.interview is None or not facts:
        return False
    incoming = Incoming(kept.channel, "", "", today)
    talk = _Talk(services, dialogue, kept, *_fresh(services, kept.territory, today))
    talk._go_on(incoming)
    if talk.notice is not None or not talk.hear(question, facts, incoming):
        return False
    services.journal.keep(talk.lasting())
    return True


@dataclass
class _Talk:
    """One event's work on one dialogue."""

    services: Services
    asker: str
    dialogue: Dialogue
    interviewer: Interviewer
    interview: Interview
    notice: str | None = None
    notices: tuple[Text, ...] = ()

    @classmethod
    def of(cls, incoming: Incoming, services: Services) -> _Talk:
        asker = services.key(f"{incoming.channel}:{incoming.asker}")
        dialogue = services.journal.dialogue(asker) or Dialogue(
            key=asker,
            channel=incoming.channel,
            language=nearest_language(incoming.language),
            territory=incoming.territory or services.default_territory,
        )
        talk = cls(services, asker, dialogue, *_fresh(services, dialogue.territory, incoming.today))
        talk._go_on(incoming)
        if incoming.household is not None:
            talk._be_about(incoming.household)
        return talk

    def admit(self, incoming: Incoming) -> Reply | None:
        """Take in whoever comes by an invitation. What to say to somebody who may not ask, else None."""
        argument = incoming.argument or ""
        if incoming.command == START and argument.startswith(INVITATION_PAYLOAD):
            return self._join(argument.removeprefix(INVITATION_PAYLOAD), incoming)
        territory = self.dialogue.territory
        if incoming.command in (START, ASK) and argument.startswith(TERRITORY_PAYLOAD):
            territory = argument.removeprefix(TERRITORY_PAYLOAD)
        membership, who = self.services.membership, self._who(incoming)
        if membership.may_ask(who, territory):
            return None
        chosen = argument.strip() if incoming.command == LANGUAGE else ""
        return uninvited(membership, chosen if chosen in languages() else who.language)

    def _join(self, token: str, incoming: Incoming) -> Reply | None:
        membership, who = self.services.membership, self._who(incoming)
        try:
            joined = membership.join(token, who)
        except InvitationRefused as refused:
            if not membership.may_ask(who, self.dialogue.territory):
                return uninvited(membership, who.language, refused.said)
            self.notices = (refused.said,)
            return None
        if joined.territory != self.dialogue.territory:
            self.dialogue = replace(self.dialogue, territory=joined.territory)
            self._restart(incoming)
        territory = self.services.territory(joined.territory)
        named = {"territory": territory.name if territory else joined.territory}
        self.notices = (Text("membership.joined.before" if joined.before else "membership.joined", named),)
        if joined.reached:
            self.notices += (Text("membership.joined.reached"),)
        return None

    def _who(self, incoming: Incoming) -> Asker:
        return Asker(self.asker, incoming.channel, incoming.asker, self.dialogue.language)

    def _go_on(self, incoming: Incoming) -> None:
        """Take the kept interview up, under the version of the rules that it began under."""
        if not self.dialogue.interview:
            return
        kept = Interview.from_record(self.dialogue.interview)
        if kept.ruleset_version != self.interview.ruleset_version:
            if not kept.answers and incoming.button is None and incoming.text is None:
                self._turn()  # nothing was answered: the first question is shown anew, its old buttons are out of date
                return
            compiled = self.services.compiled(kept.ruleset_version)
            if compiled is None:
                self.notice = "chat.rules_changed"
                self._restart(incoming)
                return
            self.interviewer = Interviewer(compiled, self.interviewer.territory)
        self.interview = kept if kept.answers else replace(kept, started=incoming.today)

    def lasting(self) -> Dialogue:
        """The dialogue as it is to be kept: where its interview stands, and at which question."""
        asked = self.interviewer.step(self.interview).question
        return replace(self.dialogue, interview=self.interview.record(), asking=asked.id if asked else None)

    def take(self, incoming: Incoming) -> Reply:
        if incoming.command is not None:
            return self._command(incoming.command, incoming.argument or "", incoming)
        if self.notice is not None:
            return self._show()  # it began anew: what was pressed or typed answered another question
        if incoming.button is not None:
            press = read_press(incoming.button)
            return self._show("chat.not_understood") if press is None else self._press(press, incoming)
        if incoming.text is not None:
            return self._text(incoming.text, incoming)
        return self._show()

    def _command(self, command: str, argument: str, incoming: Incoming) -> Reply:
        match command:
            case "start" | "sr_ou_n1":
                if argument.startswith(TERRITORY_PAYLOAD):
                    self._move_to(argument.removeprefix(TERRITORY_PAYLOAD), incoming)
                if argument.startswith(HOUSEHOLD_PAYLOAD):
                    self._be_about(argument.removeprefix(HOUSEHOLD_PAYLOAD))
                if command == START and not self.interview.answers:
                    return showing.welcome(self._show())
                self._restart(incoming)
                return self._show()
            case "recommencer":
                self._restart(incoming)
                return self._show()
            case "retour":
                return self._back()
            case "langue":
                return self._language(argument.strip(), incoming)
            case _:
                return showing.help_reply(self._show())

    def _press(self, press: Press, incoming: Incoming) -> Reply:
        if press.kind == "language":
            return replace(self._language(press.value, incoming), edits=True)
        if press.kind == "help":
            return showing.help_reply(self._show())
        if press.kind == "resume":
            return self._resume(press, incoming)
        if press.turn != self.dialogue.turn:
            return self._show("chat.out_of_date")
        match press.kind:
            case "more":
                return replace(self._show(more=True), edits=True)
            case "back":
                return replace(self._back(), edits=True)
            case "restart":
                self._restart(incoming)
                return self._show()
            case "correct":
                return replace(self._correct(press.value), edits=True)
            case "why":
                return replace(self._why(), edits=True)
            case "ask":
                return self._ask(press.value)
            case "contest":
                return replace(self._contest(), edits=True)
            case _:
                return replace(self._answer(press.value, incoming), edits=True)

    def _text(self, text: str, incoming: Incoming) -> Reply:
        step = self.interviewer.step(self.interview)
        choice = typed_choice(text, step)
        return self._show("chat.not_understood") if choice is None else self._answer(choice, incoming)

    def _answer(self, choice: str, incoming: Incoming) -> Reply:
        try:
            self.interview = self.interviewer.answer(self.interview, choice)
        except SituationError as error:
            return self._show(error=error)
        self._turn()
        step = self.interviewer.step(self.interview)
        if step.finding is not None:
            self._log(step, incoming)
        return self._show()

    def _correct(self, question: str) -> Reply:
        try:
            self.interview = self.interviewer.correct(self.interview, question)
        except SituationError as error:
            return self._show(error=error)
        self._turn()
        return self._show()

    def _why(self) -> Reply:
        """The answer again, with why it is none of the other missions and what would lead to each."""
        shown, compiled = self._show(), self.interviewer.compiled
        step = self.interviewer.step(self.interview)
        if step.finding is None:
            return shown
        explained = explain(compiled, step.situation, self.interviewer.territory)
        return showing.why_not(shown, other_missions_sections(explained.others, compiled.ruleset))

    def _back(self) -> Reply:
        if not self.interview.answers and not self.interview.correcting:
            return self._show("chat.nothing_before")
        self.interview = self.interviewer.back(self.interview)
        self._turn()
        return self._show()

    def _restart(self, incoming: Incoming) -> None:
        """A new question, under the rules in force; one that was begun and not finished is noted as left there."""
        left = self.interviewer.step(self.interview).question
        if left is not None and self.interview.answers:
            self.services.journal.abandon(self.dialogue.key, left.id, len(self.interview.answers))
        self.interviewer, self.interview = _fresh(self.services, self.dialogue.territory, incoming.today)
        self._turn()
        self.dialogue = replace(self.dialogue, answer_token=None)

    def _language(self, code: str, incoming: Incoming) -> Reply:
        if code not in languages():
            return showing.language_menu(self._show())
        self.dialogue = replace(self.dialogue, language=code)
        self.services.membership.speaks(self._who(incoming))
        return self._show()

    def _move_to(self, territory: str, incoming: Incoming) -> None:
        if self.services.territory(territory) is None:
            self.notice = "chat.unknown_territory"
            return
        if not self.services.membership.may_move(self._who(incoming), territory):
            self.notice = "membership.not_yours"
            return
        self.dialogue = replace(self.dialogue, territory=territory)
        self._restart(incoming)

    def _be_about(self, token: str) -> None:
        """From now on the question is about this household, which can then be asked."""
        reference = self.services.households.known(token)
        self.notice = "chat.unknown_household" if reference is None else self.notice
        self.dialogue = replace(self.dialogue, household=reference or self.dialogue.household)

    def _askable(self, step: Step) -> bool:
        asked = step.question.id if step.question else None
        return self.dialogue.household is not None and asked in household_questions()

    def _ask(self, question: str) -> Reply:
        """Send the current question to the household; its answer takes the interview up again."""
        step = self.interviewer.step(self.interview)
        if not self._askable(step) or step.question is None or step.question.id != question:
            return self._show("chat.out_of_date")
        assert self.dialogue.household is not None  # noqa: S101  (askable says so)
        told = self.services.households.ask(self.dialogue.household, question, self.asker)
        return self._show(notices=(told,))

    def hear(self, question: str, facts: Mapping[str, object], incoming: Incoming) -> bool:
        """Take a household's answer for the current question, where it says one of its choices. Whether it did."""
        step = self.interviewer.step(self.interview)
        if step.question is None or step.question.id != question:
            return False
        choice = choice_said(step.choices, facts)
        if choice is None:
            return False
        self._answer(choice, incoming)
        return True

    def _contest(self) -> Reply:
        """Have coordination look at the answer that is shown; the answer then says so."""
        if self.dialogue.answer_token is None or self.interviewer.step(self.interview).finding is None:
            return self._show("chat.out_of_date")
        self.services.coordination.ask(self.dialogue.answer_token)
        return self._show()

    def _resume(self, press: Press, incoming: Incoming) -> Reply:
        """Take up an earlier question of the same visitor; one under way is left only once they were asked."""
        before = self.services.journal.enquiry(press.value)
        if before is None or before.asker != self.asker:
            return self._show("chat.out_of_date")
        if self.dialogue.answer_token == before.token:
            return self._show()
        standing = self.services.coordination.standing(before.token)
        if standing is not None and standing.replaced:
            return self._show("coordination.replaced")
        day = before.asked_at.date()
        under_way = self.interview.answers and self.interviewer.step(self.interview).question is not None
        if under_way and press.turn != self.dialogue.turn:
            return offered(
                self._show(notices=(Text("coordination.moved_on", {"day": day}),)), before, self.dialogue.turn
            )
        as_before = self._restore(before)
        if not as_before:
            self._restart(incoming)
        self.dialogue = replace(self.dialogue, answer_token=before.token)
        return self._show(notices=(Text("coordination.resumed" if as_before else "coordination.again", {"day": day}),))

    def _restore(self, before: Enquiry) -> bool:
        """Whether its answers could be taken up, under the rules that they were given by."""
        compiled = self.services.compiled(before.ruleset_version)
        interviewer = Interviewer(compiled, self.services.territory(before.territory)) if compiled else None
        interview = restored(before, interviewer) if interviewer else None
        if interviewer is None or interview is None:
            return False
        self.interviewer, self.interview = interviewer, interview
        self.dialogue = replace(self.dialogue, territory=before.territory)
        self._turn()
        return True

    def _turn(self) -> None:
        self.dialogue = replace(self.dialogue, turn=self.dialogue.turn + 1)

    def _log(self, step: Step, incoming: Incoming) -> None:
        assert step.finding is not None  # noqa: S101  (told by the caller)
        token = self.services.token()
        enquiry = Enquiry(
            token=token,
            interview=f"{self.asker[:16]}-{self.dialogue.turn - len(self.interview.answers)}",
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
        self.services.membership.has_asked(self._who(incoming), self.dialogue.territory)
        self.dialogue = replace(self.dialogue, answer_token=token)

    def _show(
        self,
        notice: str | None = None,
        *,
        more: bool = False,
        error: SituationError | None = None,
        notices: Sequence[Text] = (),
    ) -> Reply:
        notices = [*self.notices, *(Text(n) for n in (self.notice, notice) if n), *notices]
        if error is not None:
            notices += showing.error_lines(error)
        step = self.interviewer.step(self.interview)
        if step.finding is None:
            askable = self._askable(step)
            return showing.question(
                self.dialogue, self.interviewer, self.interview, step, notices, more=more, askable=askable
            )
        if since := self.services.superseded(self.interview.ruleset_version):
            notices.append(Text("versions.began_under", {"since": since, "version": self.interview.ruleset_version}))
        reply = showing.answer(self.dialogue, self.interviewer, self.interview, step.finding, notices)
        token, ruleset = self.dialogue.answer_token, self.interviewer.compiled.ruleset
        standing = self.services.coordination.standing(token) if token else None
        return reviewed(reply, self.dialogue, standing, ruleset, referred=step.finding.status == "referred")


def _fresh(services: Services, territory: str | None, today: date) -> tuple[Interviewer, Interview]:
    """A new question under the rules in force."""
    interviewer = Interviewer(services.current, services.territory(territory))
    return interviewer, interviewer.start(today)
