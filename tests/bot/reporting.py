"""A case and its report, for the tests of reports."""

from __future__ import annotations

from datetime import date

from docx.oxml.ns import qn

from bot.reports.energy import parse_energy
from bot.reports.in_words import in_words
from bot.reports.load import load_trame
from bot.reports.prefill import Case, prefilled
from bot.wording import wording
from rules.engine import examine
from rules.model import Convention, Territory
from rules.situation import parse
from tests.rules.situations import COMPILED, TODAY, VOCABULARY

DECIDED = date(2026, 1, 15)
SETTLED = {
    "dst": "fait", "date_dst": "2025-11-10", "sr": "termine", "date_fin_sr": "2026-03-02", "but": "accompagner",
    "accompagnement_continu": False, "date_dernier_accompagnement": "2026-03-02", "cadre_contact": "suivi",
    "action": "bilan", "option_n1": True, "issue_contact": "joint", "mode_contact": "visite",
    "date_contact": "2026-11-16", "orientations_donnees": 2, "meme_visiteur": True, "demenage": False,
    "occupation": "locataire_prive", "orientations": [{"libelle": "Mme B. chaudière", "etat": "faite"}],
}  # fmt: skip
REFERRED = SETTLED | {
    "sr": "aucun", "date_fin_sr": None, "date_dst": "2026-01-30", "date_dernier_accompagnement": "2026-02-10",
    "date_contact": "2026-04-21",
}  # fmt: skip
ENERGY = {
    "avant": {
        "depenses": "1450.20", "depenses_du": "2024-10-01", "depenses_au": "2025-09-30",
        "revenus": "14800", "revenus_du": "2024-10-01", "revenus_au": "2025-09-30",
    },
    "apres": {
        "depenses": "1210", "depenses_du": "2025-10-01", "depenses_au": "2026-09-30",
        "revenus": "15000", "revenus_du": "2025-10-01", "revenus_au": "2026-09-30",
    },
}  # fmt: skip


def a_territory(**options):
    decided = {fact: Convention(value, "Comité de pilotage", DECIDED) for fact, value in options.items()}
    return Territory("pays-exemple", "Pays d'exemple", decided)


def a_report(raw, territory=None, energy=None, trame=None):
    situation = parse(VOCABULARY, raw, TODAY, ranges=True)
    finding = examine(COMPILED, situation, territory, final=True)
    case = Case(situation, finding, territory, energy=None if energy is None else parse_energy(energy))
    return prefilled(trame or load_trame("n1"), case, COMPILED.ruleset)


def worded(report, language="fr"):
    return in_words(report, wording(language))


def controls_of(document):
    """Every content control of an opened DOCX: its tag and its text."""
    for control in document.element.body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        yield tag.get(qn("w:val")), "".join(text.text or "" for text in control.iter(qn("w:t")))


def fields_of(report):
    """The worded fields by their id."""
    return {f.cell.name: f for section in report.sections for f in section.fields}
