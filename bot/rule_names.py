"""A rule in a coordinator's words: what it answers, and the statements and reasons that it stands on."""

from __future__ import annotations

from bot.rule_words import RuleWords
from bot.wording import Wording
from rules.model import Ruleset
from rules.table import Answer

REASONS_SHOWN = 2


def rule_name(rule: str, ruleset: Ruleset, words: Wording) -> str:
    """Its answer, its first reasons and their statements; that it is of earlier rules where it is not in these."""
    found = next((one for one in ruleset.rules if one.id == rule), None)
    clash = next((one for one in ruleset.contradictions if one.id == rule), None)
    if found is not None:
        answer = Answer(found.missions, found.certainty)
        if found.open is not None:
            answer = Answer(reason=found.open.reason, decider=found.open.decider)
        reasons = [one.reason for one in found.reasons]
    elif clash is not None:
        answer = Answer(reason=clash.open.reason, decider=clash.open.decider)
        reasons = list(clash.reasons)
    else:
        return words("statistics.rule.earlier", rule=rule.replace("_", " "))
    said = " ".join(words(one.message, **one.params) for one in reasons[:REASONS_SHOWN])
    numbers = ", ".join(str(number) for number in dict.fromkeys(one.statement for one in reasons))
    return words("statistics.rule", answer=RuleWords(words, ruleset).answer(answer), reasons=said, statements=numbers)
