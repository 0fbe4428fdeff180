"""Answers outside a conversation: a shared one, and the expert form's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from api.deciding import Decider
from api.storage.store import Store
from bot.expert import FieldErrors
from bot.messages import Reply, Section, Text
from bot.rendering import error_text, hint_text
from bot.showing import finding_sections
from rules.engine import examine
from rules.errors import SituationError
from rules.interview import Interviewer
from rules.situation import parse


@dataclass(frozen=True)
class Answers:
    """``shared`` gives a logged answer under its token; ``expert`` answers all facts at once, and logs nothing."""

    store: Store
    decider: Decider
    today: Callable[[], date]

    async def shared(self, token: str, language: str) -> Reply | None:
        """The answer as it was given: under another version of the rules since, it says so and shows both apart."""
        enquiry = await asyncio.to_thread(self.store.enquiry, token)
        if enquiry is None:
            return None
        ruleset = self.decider.compiled.ruleset
        if enquiry.ruleset_version != ruleset.id.version:
            return Reply(_as_logged(enquiry.answer), share=token, language=language)
        situation = parse(ruleset.vocabulary, enquiry.facts, enquiry.asked_at.date(), ranges=True)
        territory = self.decider.territory(enquiry.territory)
        finding = examine(self.decider.compiled, situation, territory, final=True)
        sections = finding_sections(finding, Interviewer(self.decider.compiled, territory))
        return Reply(sections, share=token, language=language)

    async def expert(self, facts: Mapping[str, object], language: str) -> Reply | FieldErrors:
        return await asyncio.to_thread(self._expert, facts, language)

    def _expert(self, facts: Mapping[str, object], language: str) -> Reply | FieldErrors:
        compiled = self.decider.compiled
        try:
            situation = parse(compiled.ruleset.vocabulary, facts, self.today())
        except SituationError as error:
            return _field_errors(error, set(compiled.ruleset.vocabulary.facts))
        territory = self.decider.territory(self.decider.default_territory)
        finding = examine(compiled, situation, territory, final=True)
        return Reply(finding_sections(finding, Interviewer(compiled, territory)), language=language)


def _field_errors(error: SituationError, facts: set[str]) -> FieldErrors:
    """What is wrong, under its fact; under ``""`` what concerns no fact of the form."""
    told: dict[str, tuple[Text, ...]] = {}
    for one in error.errors:
        fact = one.fact.split(".")[0]
        field = fact if fact in facts else ""
        told[field] = (*told.get(field, ()), error_text(one), hint_text(one))
    return FieldErrors(told)


def _as_logged(answer: Mapping[str, object]) -> tuple[Section, ...]:
    """A logged answer under rules that are no longer in force: its own words, as they were given."""
    missions = answer.get("missions") or []
    lines = [Text(f"mission.{m}") for m in missions] if isinstance(missions, list) else []
    said = [Text("chat.old_rules")]
    reasons = answer.get("reasons")
    for reason in reasons if isinstance(reasons, list) else []:
        said.append(Text("chat.verbatim", {"text": f"{reason['text']} [{reason['statement']} — {reason['source']}]"}))
    headline = Section("answer", tuple(lines) or (Text("chat.referred"),), Text("chat.answer"))
    return (headline, Section("reasons", tuple(said), Text("chat.why")))
