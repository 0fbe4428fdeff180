"""Differences and faults of rulesets in an author's words: boxes of facts, answers, sentences."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping

from bot.wording import Wording
from rules.checking.cover import Box
from rules.checking.frame import frame_of, zone_names
from rules.model import Ruleset
from rules.table import Answer, Gap, Saying
from rules.traits import Trait

BOUND = re.compile(r"(<=|<|>=|>)(\d+)")
BOUND_WORDS = {"<=": "at_most", "<": "less_than", ">=": "at_least", ">": "more_than"}


class RuleWords:
    """The words of the tables of some rulesets; of a trait that two have, the last one's count."""

    def __init__(self, words: Wording, *rulesets: Ruleset) -> None:
        self.words = words
        self.traits: dict[str, Trait] = {name: t for ruleset in rulesets for name, t in ruleset.traits.items()}
        self.zones = {zone: name for ruleset in rulesets for zone, name in zone_names(frame_of(ruleset)).items()}
        self.local = {
            zone: key for r in rulesets for zone, key in zip(r.convention_zones, ("short", "long"), strict=True)
        }

    def box(self, box: Box, domains: Mapping[str, tuple[str, ...]]) -> str:
        """A box: « Action : Bilan ; DST : Fait »."""
        facts = [self._fact(trait, box[trait], domain) for trait, domain in domains.items() if trait in box]
        return " ; ".join(facts) if facts else self.words("check.everywhere")

    def _fact(self, trait: str, values: frozenset[str], domain: tuple[str, ...]) -> str:
        rest = [v for v in domain if v not in values]
        negated = len(rest) < len(values)
        listed = rest if negated else [v for v in domain if v in values]
        said = ", ".join(self._value(trait, value) for value in listed)
        label = self._or(f"fact.{self.traits[trait].facts[0]}", trait)
        return self.words("check.box.except" if negated else "check.box.fact", fact=label, values=said)

    def _value(self, trait: str, value: str) -> str:
        kind, fact = self.traits[trait].kind, self.traits[trait].facts[0]
        if value in self.local:
            return self.words(f"check.zone.{self.local[value]}")
        if bounds := BOUND.findall(self.zones.get(value, value) if kind == "delay" else ""):
            said = (self.words(f"check.months.{BOUND_WORDS[sign]}", months=months) for sign, months in bounds)
            return self.words("check.months.both").join(said)
        if value in ("oui", "non"):
            return self.words("value.true" if value == "oui" else "value.false")
        return self._or(f"value.{fact}.{value}" if kind == "choice" else f"check.value.{kind}.{value}", value)

    def _or(self, message: str, otherwise: str) -> str:
        return self.words(message) if self.words.has(message) else otherwise

    def answer(self, value: Hashable) -> str:
        """An answer: its missions with the certainty, or why nobody may answer and who decides."""
        if isinstance(value, Gap):
            return self.words("check.answer.gap")
        if not isinstance(value, Answer):
            return self.words("check.answer.at_odds" if hasattr(value, "rules") else "check.answer.not_known")
        if value.missions:
            missions = " + ".join(self._or(f"mission.{m}", m) for m in value.missions)
            return f"{missions} ({self.words(f'certainty.{value.certainty}')})"
        decider = self.words(f"decider.{value.decider}")
        said = self.words(f"check.open.{value.reason}", decider=decider)
        candidates = ", ".join(self._or(f"mission.{m}.short", m) for m in value.candidates)
        return f"{said} [{candidates}]" if candidates else said

    def saying(self, saying: Saying) -> str:
        """What kind of sentence, and the sentence."""
        sentence = saying.message if saying.kind == "open_point" else self._or(saying.message, saying.message)
        about = self._or(f"mission.{saying.about}.short", saying.about) if saying.about else ""
        return self.words(f"check.saying.{saying.kind}", sentence=sentence, about=about)

    def count(self, number: int) -> str:
        """A whole number, its thousands apart."""
        return f"{number:,}".replace(",", "\u202f")
