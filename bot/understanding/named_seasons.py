"""Seasons, feasts and years as they are named: « l'hiver dernier », « à Noël », « fin 2025 »."""

from __future__ import annotations

import re
from datetime import date

from bot.understanding.choosing import named_year, which
from bot.understanding.intervals import FEASTS, Times, day, season, year
from bot.understanding.named_stretches import part_of, running


def season_named(found: re.Match[str], today: date) -> Times | None:
    if not _plain_season(found):
        return None
    name = found["season"]
    if name == "hiver" and found["year"]:
        return None if not found["second"] else _winter(int(found["year"]), found["second"])
    if found["part"]:
        return None
    named = named_year(found, today)
    if (found["this"] or "").strip() == "d" and named is None and not found["way"]:
        return None  # « un DST d'hiver » is a kind of DST
    if name == "hiver" and named is not None:
        return None
    if (found["this"] or "") == "cet" or (found["this"] or "") == "ce":
        running = [season(name, today.year + step) for step in (-1, 0)]
        now = next((s for s in running if today in s), None)
        if now:
            return running(now, today)
    return which(lambda y: season(name, y), found, today)


def _winter(first: int, second: str) -> Times | None:
    other = int(second) if len(second) == 4 else 2000 + int(second)
    return Times.fixed(season("hiver", first)) if other == first + 1 else None


def feast(found: re.Match[str], today: date) -> Times | None:
    said = found["feast"]
    name = "nouvel an" if said in ("nouvel an", "jour de l an") else said.split(" ")[0]
    around, exact = FEASTS[name]
    before = re.search(r"(?P<just>juste )?(?:avant|apres|depuis) (?:le |la |les )?$", found.string[: found.start()])
    return which(lambda y: day(exact(y)) if before else around(y), found, today)


def year_named(found: re.Match[str], today: date) -> Times | None:
    part = part_of(found)
    named = named_year(found, today)
    if named is None or not 2000 <= named <= 2100:
        return None
    whole = year(named, part)
    if today not in whole:
        return Times.fixed(whole)
    return running(whole, today)


def _plain_season(found: re.Match[str]) -> bool:
    """« été » is a season after « l' », « cet », « en », « d' » or before « dernier » or a year; « a été » is not."""
    if found["season"] != "ete":
        return True
    this = (found["this"] or "").strip()
    before = found.string[: found.start()]
    if re.search(r"\b(?:a|ont|ai|avait|aurait|n|pas|ayant|avoir|avons|deja|jamais|bien|toujours)\s$", before):
        return False
    return this in ("l", "cet", "a l", "de l", "d", "en") or bool(found["year"] or found["way"] or found["lastyear"])
