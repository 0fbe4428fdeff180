"""What a report is filled from: a decision request of the contract, or a question of the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from api.deciding import Decider
from bot.coordination import Ruling
from bot.journal import Enquiry
from bot.reports.energy import parse_energy
from bot.reports.html import page
from bot.reports.in_words import in_words
from bot.reports.load import load_trame
from bot.reports.model import Report, Trame
from bot.reports.prefill import Case, blank, prefilled
from bot.wording import Wording
from rules.engine import examine
from rules.errors import SituationError
from rules.situation import Situation, parse

SUFFIXES = (".docx", ".html")


def trame_of(category: str | None) -> Trame:
    """The N+1 visit report, or the SR follow-up of a category. Raises KeyError for a category that is not there."""
    return load_trame("n1") if category is None else load_trame("sr").of_category(category)


def report_of_request(decider: Decider, trame: Trame, request: object, today: date, energy: object = None) -> Report:
    """A report from a decision request, as JSON values; blank where it has no situation.

    ``energy``: the figures of both years, as JSON values. Raises RequestError as a decision does, and
    SituationError for the figures.
    """
    decider.decide(request, today)
    if not isinstance(request, Mapping):
        raise TypeError("a decision has refused what is not a mapping")
    figures = None if energy is None else parse_energy(energy)
    name = request.get("territory") or decider.default_territory
    territory = decider.territory(name if isinstance(name, str) else None)
    said = request.get("situation")
    if not said and figures is None:
        return blank(trame, territory)
    ruleset = decider.compiled.ruleset
    if not said:
        return prefilled(trame, Case(Situation({}), None, territory, energy=figures), ruleset)
    situation = parse(ruleset.vocabulary, said, today)
    finding = examine(decider.compiled, situation, territory, final=True)
    return prefilled(trame, Case(situation, finding, territory, energy=figures), ruleset)


def report_of_enquiry(
    decider: Decider, trame: Trame, enquiry: Enquiry, ruling: Ruling | None, energy: object = None
) -> Report:
    """A report from a question of the log, with the answer that it was given, and the verdict on that above it.

    Under another version of the rules since, the logged answer stands in its own words, and says so; facts that
    these rules cannot read any more are left out. Raises SituationError for the figures of energy.
    """
    figures = None if energy is None else parse_energy(energy)
    ruleset = decider.compiled.ruleset
    territory = decider.territory(enquiry.territory)
    changed = enquiry.ruleset_version != ruleset.id.version
    try:
        situation = parse(ruleset.vocabulary, enquiry.facts, enquiry.asked_at.date(), ranges=True)
    except SituationError:
        if not changed:
            raise
        situation = Situation({})
    if changed:
        case = Case(situation, None, territory, logged=enquiry.answer, energy=figures, ruling=ruling)
    else:
        finding = examine(decider.compiled, situation, territory, final=True)
        case = Case(situation, finding, territory, energy=figures, ruling=ruling)
    return prefilled(trame, case, ruleset)


def written(report: Report, suffix: str, words: Wording) -> bytes:
    """The report as a file of that kind, one of SUFFIXES."""
    worded = in_words(report, words)
    if suffix == ".html":
        return page(worded).encode()
    from bot.reports.docx import docx

    return docx(worded)
