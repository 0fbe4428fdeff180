"""Answers outside a conversation: a shared one, and the expert form's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from api.deciding import Decider
from api.past import past_of
from api.rulesets import Rulesets
from api.storage.store import Store
from bot.coordination import ruled
from bot.expert import FieldErrors
from bot.journal import Enquiry
from bot.messages import Reply, Section, Text
from bot.rendering import error_text, hint_text
from bot.showing_findings import finding_sections
from rules.engine import examine
from rules.errors import SituationError
from rules.interview import Interviewer
from rules.replay import Replayed, replayed
from rules.situation import parse


@dataclass(frozen=True)
class Answers:
    """``shared`` gives a logged answer under its token; ``expert`` answers all facts at once, and logs nothing.

    ``decider`` gives the one for a new request.
    """

    store: Store
    rulesets: Rulesets
    decider: Callable[[], Decider]
    today: Callable[[], date]

    async def shared(self, token: str, language: str) -> Reply | None:
        """The answer as it was given; where it would be another today, it says so. Above it the
        verdict of coordination, where there is one. None for an unknown token."""
        return await asyncio.to_thread(self._shared, token, language)

    async def as_given(self, token: str, language: str) -> Reply | None:
        """The answer as the visitor saw it, without what coordination said of it. None for an unknown token."""
        enquiry = await asyncio.to_thread(self.store.enquiry, token)
        return None if enquiry is None else await asyncio.to_thread(self._as_given, enquiry, language)

    def _shared(self, token: str, language: str) -> Reply | None:
        enquiry = self.store.enquiry(token)
        if enquiry is None:
            return None
        reply, ruling = self._as_given(enquiry, language), self.store.ruling(token)
        return reply if ruling is None else ruled(reply, ruling, self.rulesets.current.ruleset)

    def _as_given(self, enquiry: Enquiry, language: str) -> Reply:
        token = enquiry.token
        decider = self.decider()
        territory = decider.territory(enquiry.territory)
        compiled = self.rulesets.compiled(enquiry.ruleset_version)
        if compiled is None:
            return Reply(_as_logged(enquiry.answer, "chat.old_rules"), share=token, language=language)
        now = replayed(past_of(enquiry, territory), compiled)
        if now.finding is None or now.changed:
            return Reply(_as_logged(enquiry.answer, "versions.other_settings"), share=token, language=language)
        sections = finding_sections(now.finding, Interviewer(compiled, territory))
        since = self.rulesets.superseded(enquiry.ruleset_version)
        if since is not None:
            today = replayed(past_of(enquiry, territory), self.rulesets.current)
            sections = (_given_under(enquiry.ruleset_version, since, today), *sections)
        return Reply(sections, share=token, language=language)

    async def expert(self, facts: Mapping[str, object], language: str) -> Reply | FieldErrors:
        return await asyncio.to_thread(self._expert, facts, language)

    def _expert(self, facts: Mapping[str, object], language: str) -> Reply | FieldErrors:
        decider = self.decider()
        compiled = decider.compiled
        try:
            situation = parse(compiled.ruleset.vocabulary, facts, self.today())
        except SituationError as error:
            return field_errors(error, set(compiled.ruleset.vocabulary.facts))
        territory = decider.territory(decider.default_territory)
        finding = examine(compiled, situation, territory, final=True)
        return Reply(finding_sections(finding, Interviewer(compiled, territory)), language=language)


def field_errors(error: SituationError, facts: set[str]) -> FieldErrors:
    """What is wrong, under its fact; under ``""`` what concerns no fact of the form."""
    told: dict[str, tuple[Text, ...]] = {}
    for one in error.errors:
        fact = one.fact.split(".")[0]
        field = fact if fact in facts else ""
        told[field] = (*told.get(field, ()), error_text(one), hint_text(one))
    return FieldErrors(told)


def _given_under(version: str, since: date, today: Replayed) -> Section:
    """Which rules an answer was given under, and what those of today would say."""
    under = Text("versions.given_under", {"since": since, "version": version})
    if today.finding is None:
        return Section("notice", (under, Text("versions.today_unreadable")))
    if not today.changed:
        return Section("notice", (under, Text("versions.today_same")))
    if today.finding.missions == today.past.was.missions:
        return Section("notice", (under, Text("versions.today_otherwise")))
    missions = tuple(Text(f"mission.{m}") for m in today.finding.missions) or Text("versions.referred")
    return Section("notice", (under, Text("versions.today_other", {"missions": missions})))


def _as_logged(answer: Mapping[str, object], why: str) -> tuple[Section, ...]:
    """A logged answer that cannot be examined again: its own words, as they were given, and why."""
    missions = answer.get("missions") or []
    lines = [Text(f"mission.{m}") for m in missions] if isinstance(missions, list) else []
    said = [Text(why)]
    reasons = answer.get("reasons")
    for reason in reasons if isinstance(reasons, list) else []:
        said.append(Text("chat.verbatim", {"text": f"{reason['text']} [{reason['statement']} — {reason['source']}]"}))
    headline = Section("answer", tuple(lines) or (Text("chat.referred"),), Text("chat.answer"))
    return (headline, Section("reasons", tuple(said), Text("chat.why")))
