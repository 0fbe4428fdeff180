"""How near a back-translation is to the original: chrF, shown to whoever decides, and no proof of anything.

Popović, « chrF: character n-gram F-score for automatic MT evaluation », WMT 2015: character n-grams of 1 to 6 without
blanks, precision and recall averaged over the orders, F with beta 2. As in sacreBLEU, an order that either text is too
short for is left out.
"""

from __future__ import annotations

from collections import Counter

ORDERS, BETA = 6, 2


def chrf(said: str, reference: str) -> float:
    """From 0 (nothing in common) to 1 (the same characters)."""
    ours, theirs = "".join(said.split()), "".join(reference.split())
    precisions, recalls = [], []
    for order in range(1, ORDERS + 1):
        given, wanted = _grams(ours, order), _grams(theirs, order)
        if not given or not wanted:
            continue
        common = (given & wanted).total()
        precisions.append(common / given.total())
        recalls.append(common / wanted.total())
    if not precisions:
        return 1.0 if ours == theirs else 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    if precision + recall == 0:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _grams(text: str, order: int) -> Counter[str]:
    return Counter(text[start : start + order] for start in range(len(text) - order + 1))
