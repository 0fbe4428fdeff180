"""Questions that a page answered without network: taken in once, answered again here, and logged.

What the page answered is not asked: the answers given are replayed through the interview, under the version of the
rules that the page had.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.journal import Enquiry
from bot.membership import Asker
from bot.messages import Text
from bot.rendering import finding_json
from bot.services import Services
from bot.wording import wording
from rules.deciding_rules import deciding_rules
from rules.errors import SituationError
from rules.interview import Answer, Interview, Interviewer, Step
from rules.model import Territory

CHANNEL = "web"
LONGEST_KEPT = timedelta(days=400)
MOST_AHEAD = timedelta(days=1)  # the page's day may already have begun where the server's has not


@dataclass(frozen=True, slots=True)
class OfflineQuestion:
    """A finished question. ``event``: unguessable, made by the page; the same one is logged once.

    ``settings``: `settings_key` of the territory's settings that the page had. ``replaces``: the event of the
    question that a correction took the place of.
    """

    event: str
    asker: str
    started: date
    ruleset_version: str
    territory: str | None
    settings: str
    language: str
    answers: tuple[Answer, ...]
    replaces: str | None = None

    @property
    def key(self) -> str:
        """The event under which it is recorded, apart from those of the chat."""
        return event_key(self.event)


def event_key(event: str) -> str:
    return f"hors-ligne {event}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A question is logged under this token. ``notices``: what has changed since it was answered."""

    token: str
    notices: tuple[Text, ...] = ()


class QuestionRefused(Exception):
    """The question cannot be logged. ``said`` tells why and what to do."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.said = Text(message, params)


def settings_key(territory: Territory | None) -> str:
    """What tells one state of a territory's settings from another."""
    return hashlib.sha256(repr(territory).encode()).hexdigest()[:12]


def log_offline(question: OfflineQuestion, services: Services, today: date) -> Receipt:
    """Answer the question again and log it. Raises QuestionRefused where the answers lead to no answer, or whoever
    asked has not joined.

    ``today``: the day it comes in; a day long ago or still to come is refused.
    """
    if not today - LONGEST_KEPT <= question.started <= today + MOST_AHEAD:
        raise QuestionRefused("offline.refused.day", day=question.started)
    who = Asker(services.key(f"{CHANNEL}:{question.asker}"), CHANNEL, question.asker, question.language)
    if not services.membership.may_ask(who, question.territory):
        raise QuestionRefused("membership.offline")
    if question.territory and not services.membership.may_move(who, question.territory):
        raise QuestionRefused("membership.offline.elsewhere")
    interviewer = _interviewer(question, services)
    token = services.token()
    services.journal.log(_enquiry(question, services, interviewer, _replayed(question, interviewer), token))
    services.membership.has_asked(who, question.territory)
    return Receipt(token, changes(question, services.superseded, services.territory))


def _interviewer(question: OfflineQuestion, services: Services) -> Interviewer:
    compiled = services.compiled(question.ruleset_version)
    if compiled is None:
        raise QuestionRefused("offline.refused.version")
    territory = services.territory(question.territory) if question.territory else None
    if question.territory and territory is None:
        raise QuestionRefused("offline.refused.territory", territory=question.territory)
    return Interviewer(compiled, territory)


def _replayed(question: OfflineQuestion, interviewer: Interviewer) -> Step:
    """The end of the interview with these answers, each to the question that was asked there."""
    interview = interviewer.start(question.started)
    try:
        for given in question.answers:
            interview = _answered(interviewer, interview, given)
        step = interviewer.step(interview)
    except SituationError as error:
        raise QuestionRefused("offline.refused.answers") from error
    if step.finding is None:
        raise QuestionRefused("offline.refused.answers")
    return step


def _answered(interviewer: Interviewer, interview: Interview, given: Answer) -> Interview:
    asked = interviewer.step(interview).question
    if asked is None or asked.id != given.question:
        raise QuestionRefused("offline.refused.answers")
    return interviewer.answer(interview, given.choice)


def _enquiry(
    question: OfflineQuestion, services: Services, interviewer: Interviewer, step: Step, token: str
) -> Enquiry:
    assert step.finding is not None  # noqa: S101  (told by `_replayed`)
    asker = services.key(f"{CHANNEL}:{question.asker}")
    replaced: Mapping[str, object] | None = None
    if question.replaces:
        replaced = services.journal.seen(CHANNEL, event_key(question.replaces))
    return Enquiry(
        token=token,
        interview=f"{asker[:16]}-{hashlib.sha256(question.event.encode()).hexdigest()[:12]}",
        asked_at=services.now(),
        channel=CHANNEL,
        language=question.language,
        territory=question.territory,
        asker=asker,
        ruleset_version=question.ruleset_version,
        facts=step.situation.record(),
        answer=finding_json(step.finding, interviewer.compiled.ruleset, wording(question.language)),
        replaces=str(replaced["token"]) if replaced and replaced.get("token") else None,
        rules=deciding_rules(interviewer.compiled, step.situation, step.finding, interviewer.territory),
    )


def changes(
    question: OfflineQuestion,
    superseded: Callable[[str], date | None],
    territory: Callable[[str | None], Territory | None],
) -> tuple[Text, ...]:
    """What has changed since the page answered: the rules, the territory's settings."""
    notices = []
    if since := superseded(question.ruleset_version):
        notices.append(Text("versions.began_under", {"since": since, "version": question.ruleset_version}))
    if settings_key(territory(question.territory) if question.territory else None) != question.settings:
        notices.append(Text("offline.settings_changed"))
    return tuple(notices)
