"""What visitors answered to a vignette, in words."""

from __future__ import annotations

from collections import Counter

from api.pages.statistics.figures import ratio
from api.review.vignettes import UNSURE
from api.statistics.agreement import agreement
from bot.wording import Wording


def choice_name(choice: str, words: Wording) -> str:
    return words("vignette.unsure") if choice == UNSURE else words(f"mission.{choice}")


def results(counts: Counter[str], expected: str | None, words: Wording) -> list[str]:
    """The sentences of what visitors answered; none of fewer than three."""
    judged = agreement(counts, expected)
    if judged is None:
        return []
    total = str(judged.answers)
    found = [
        words("vignette.results.count", mission=choice_name(mission, words), number=str(number), total=total)
        for mission, number in counts.most_common()
    ]
    pairs, commonest = ratio(judged.pairs, words), ratio(judged.commonest, words)
    found.append(words("vignette.results.agree", commonest=commonest, pairs=pairs))
    if judged.with_rules is None:
        return [*found, words("vignette.results.open")]
    return [*found, words("vignette.results.rules", number=str(judged.with_rules), total=total)]
