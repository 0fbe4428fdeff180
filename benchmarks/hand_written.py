"""The rules as an expert would write them by hand: nested `if`s over a row, fastest questions first.

This is the yardstick that a general engine is measured beside, not a part of the product: it is one function that
nobody could check against the text, it gives no reason, and each change of a rule is a change of code.
"""

from __future__ import annotations

from collections.abc import Mapping

IMPOSSIBLE = "impossible"
SUPPORT = frozenset(
    {
        "mediation_bailleur",
        "relogement",
        "maintien_contact",
        "relance_relais",
        "accompagnement_vers_relais",
        "aide_dossier",
        "aide_numerique",
        "nouvelle_problematique",
    }
)
# Aims that an action cannot have.
AIMS_AGAINST = {
    **dict.fromkeys(SUPPORT, frozenset({"mesurer", "informer", "informer_tiers", "diagnostiquer"})),
    "enquete_satisfaction": frozenset({"accompagner", "diagnostiquer", "informer", "informer_tiers"}),
    "envoi_information": frozenset({"mesurer", "diagnostiquer"}),
    "nouveau_dst": frozenset({"informer", "informer_tiers"}),
    "premiere_visite": frozenset({"informer_tiers"}),
    "bilan": frozenset({"informer_tiers"}),
    "verification_equipement": frozenset({"informer_tiers"}),
    "nouvelle_visite_apres_chauffe": frozenset({"informer_tiers"}),
    "conseil": frozenset({"informer_tiers"}),
    "proposition_soutien": frozenset({"informer_tiers"}),
    "information_donneur_alerte": frozenset(),
    "autre": frozenset(),
}
NOT_IN_AN_EVALUATION = SUPPORT | {"premiere_visite", "nouveau_dst"}
ACCOMPANIES_IN_AN_EVALUATION = frozenset({"conseil", "envoi_information", "information_donneur_alerte"})
VISITS = frozenset({"premiere_visite", "nouvelle_visite_apres_chauffe"})
DIAGNOSES = frozenset({"premiere_visite", "nouveau_dst"})
AFTER_THE_DST = frozenset({"nouvelle_visite_apres_chauffe", "nouveau_dst"})
NO_DIAGNOSIS = SUPPORT | {"envoi_information"}
LONG = frozenset({"quelques_mois", "un_an", "plus_d_un_an"})
YEAR = frozenset({"un_an", "plus_d_un_an"})
CONTINUES = frozenset({"un_mois_ou_moins", "sous_la_convention"})


def decide(row: Mapping[str, str]) -> str:
    """The outcome of a complete row."""
    action, but, cadre = row["action"], row["but"], row["cadre_contact"]
    if but in AIMS_AGAINST[action]:
        return IMPOSSIBLE
    if cadre == "evaluation" and (
        but == "diagnostiquer"
        or action in NOT_IN_AN_EVALUATION
        or (but == "accompagner" and action not in ACCOMPANIES_IN_AN_EVALUATION)
    ):
        return IMPOSSIBLE
    moment, issue = row["moment"], row["issue_contact"]
    if moment == "futur":
        if issue != "prevu":
            return IMPOSSIBLE
    elif moment == "passe" and issue == "prevu":
        return IMPOSSIBLE
    mode = row["mode_contact"]
    if action in VISITS and mode != "visite":
        return IMPOSSIBLE
    if row["occupation"] == "proprietaire" and (action == "mediation_bailleur" or row["initiative"] == "bailleur"):
        return IMPOSSIBLE
    if clashing_times(row):
        return IMPOSSIBLE
    if row["dst"] == "fait":
        return after_the_dst(row, action, but, cadre, issue, mode)
    return before_the_dst(row, action, but, cadre)


def clashing_times(row: Mapping[str, str]) -> bool:
    """Whether what is said of the pause, the visits and the SR cannot be of one household."""
    pause, sr, delai_dst = row["pause"], row["sr"], row["delai_dst"]
    if pause in LONG:
        if row["accompagnement_continu"] == "oui":
            return True
        if delai_dst not in LONG or row["delai_visite"] not in LONG or row["delai_n1"] not in LONG:
            return True
        if delai_dst == "quelques_mois" and pause in YEAR:
            return True
        if sr == "termine":
            return row["delai_fin_sr"] not in LONG or row["orientation"] == "aucune"
    elif row["accompagnement_continu"] == "non":
        if sr == "termine":
            if row["delai_fin_sr"] != pause:
                return True
        elif sr == "aucun" and (delai_dst != pause or row["delai_visite"] != pause):
            return True
    if sr == "aucun":
        return row["debut_sr_connu"] == "connu" or row["fin_sr_connue"] == "connu"
    if row["orientation"] == "aucune":
        return True
    return sr == "en_cours" and row["fin_sr_connue"] == "connu"


def before_the_dst(row: Mapping[str, str], action: str, but: str, cadre: str) -> str:
    """The outcome while the DST is not done."""
    if row["sr"] != "aucun" or row["n1_precedent"] == "connu":
        return IMPOSSIBLE
    started = row["dst"] == "en_cours"
    if not started and (action in AFTER_THE_DST or row["orientation"] != "aucune" or row["date_dst_connue"] == "connu"):
        return IMPOSSIBLE
    if but == "informer_tiers" or action == "information_donneur_alerte":
        return "aucune"
    if (
        action in DIAGNOSES
        or but == "diagnostiquer"
        or (cadre == "diagnostic" and (but == "accompagner" or but == "les_deux") and action not in NO_DIAGNOSIS)
    ):
        return "diagnostic_orientation"
    if but == "mesurer" or cadre == "evaluation":
        return "evaluation" if row["option_evaluation"] == "oui" else "option_evaluation_non_prise"
    if but == "informer" or action == "envoi_information":
        return "diagnostic_orientation" if started else "amont"
    return "soutien_pendant_dst" if started else "soutien_avant_dst"


def after_the_dst(row: Mapping[str, str], action: str, but: str, cadre: str, issue: str, mode: str) -> str:
    """The outcome once the DST is done."""
    if action == "premiere_visite" or row["menage_slime"] == "non":
        return IMPOSSIBLE
    if but == "informer_tiers" or action == "information_donneur_alerte":
        return "aucune"
    if cadre == "evaluation" or (but == "mesurer" and action != "nouveau_dst"):
        return "evaluation" if row["option_evaluation"] == "oui" else "option_evaluation_non_prise"
    if but == "informer" or action == "envoi_information":
        return "information_apres_dst"
    if but == "diagnostiquer" or but == "mesurer":
        return "second_dst"
    pause, continues = row["pause"], row["accompagnement_continu"] == "oui"
    if action == "nouveau_dst" and pause not in LONG and (continues or pause != "selon_la_convention"):
        return "second_dst"
    if continues or pause in CONTINUES:
        orientation = row["orientation"]
        if orientation == "a_activer":
            return "soutien_renforce"
        return IMPOSSIBLE if orientation == "closes" else "soutien_sans_orientation"
    if pause == "a_trancher":
        return "pause_a_trancher"
    return after_a_pause(row, action, but, issue, mode)


def after_a_pause(row: Mapping[str, str], action: str, but: str, issue: str, mode: str) -> str:
    """The outcome of support that takes up again after a pause."""
    if row["sr"] == "en_cours":
        return "sr_en_cours_apres_pause"
    if action == "relance_relais":
        return "relance_apres_pause"
    if issue == "non_joint" or issue == "refuse":
        return "aucune"
    if row["option_n1"] == "non":
        return "option_n1_non_prise"
    if mode == "message":
        return IMPOSSIBLE
    if but == "les_deux" and row["option_evaluation"] == "oui":
        return "suivi_n1+evaluation"
    return "suivi_n1"
