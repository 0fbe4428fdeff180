"""A guide ready to be shown, on the web or by the command: the rules in force, a territory, a language, a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.pages.guide.words import Sheet, Speaker, make_sheet
from bot.wording import wording
from rules.compile import CompiledRuleset
from rules.guide.guide import Guide, make_guide
from rules.model import Territory


@dataclass(frozen=True, slots=True)
class Ready:
    """A guide with its words in one language and the day it is printed."""

    guide: Guide
    sheet: Sheet
    say: Speaker
    printed: date


@dataclass(frozen=True, slots=True)
class Guides:
    """Makes guides of one ruleset. ``address``: where visitors ask, None where it is not known."""

    compiled: CompiledRuleset
    address: str | None = None

    def ready(self, territory: Territory | None, language: str, printed: date) -> Ready:
        """The guide for a territory, or for the text alone, in a language that has a catalog."""
        guide = make_guide(self.compiled, printed, territory)
        words, ruleset = wording(language), self.compiled.ruleset
        sheet = make_sheet(guide, ruleset, words, printed, self.address)
        return Ready(guide, sheet, Speaker(words, ruleset), printed)
