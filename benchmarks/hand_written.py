"""The rules as an expert would write them by hand: nested `if`s over a row, fastest questions first.

This is the yardstick that a general engine is measured beside, not a part of the product: it is one long function, as
a call costs as much as several questions, that nobody could check against the text and that gives no reason.
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

    # What the contact is: an action and an aim that cannot go together, or not under this title.
    if but in AIMS_AGAINST[action]:
        return IMPOSSIBLE
    if cadre == "evaluation" and (
        but == "diagnostiquer"
        or action in NOT_IN_AN_EVALUATION
        or (but == "accompagner" and action not in ACCOMPANIES_IN_AN_EVALUATION)
    ):
        return IMPOSSIBLE
    if action in VISITS and row["mode_contact"] != "visite":
        return IMPOSSIBLE
    if row["occupation"] == "proprietaire" and (action == "mediation_bailleur" or row["initiative"] == "bailleur"):
        return IMPOSSIBLE
    issue = row["issue_contact"]
    if issue == "prevu":
        if row["moment"] == "passe":
            return IMPOSSIBLE
    elif row["moment"] == "futur":
        return IMPOSSIBLE

    # What is said of the pause, the visits and the SR must be of one household.
    pause, sr = row["pause"], row["sr"]
    continues = row["accompagnement_continu"] == "oui"
    if pause in LONG:
        delai_dst = row["delai_dst"]
        if continues or delai_dst not in LONG or row["delai_visite"] not in LONG or row["delai_n1"] not in LONG:
            return IMPOSSIBLE
        if delai_dst == "quelques_mois" and pause in YEAR:
            return IMPOSSIBLE
        if sr == "termine" and row["delai_fin_sr"] not in LONG:
            return IMPOSSIBLE
    elif pause == "selon_la_convention" and (
        row["delai_dst"] in CONTINUES or row["delai_visite"] in CONTINUES or row["delai_n1"] in CONTINUES
    ):
        return IMPOSSIBLE
    elif not continues:
        if sr == "aucun":
            if row["delai_dst"] != pause or row["delai_visite"] != pause:
                return IMPOSSIBLE
        elif sr == "termine" and row["delai_fin_sr"] != pause:
            return IMPOSSIBLE
    orientation = row["orientation"]
    if sr == "aucun":
        if row["fin_sr_connue"] == "connu" or row["debut_sr_connu"] == "connu":
            return IMPOSSIBLE
    elif orientation == "aucune" or (sr == "en_cours" and row["fin_sr_connue"] == "connu"):
        return IMPOSSIBLE

    # Before the DST is done.
    dst = row["dst"]
    if dst != "fait":
        if sr != "aucun" or row["n1_precedent"] == "connu":
            return IMPOSSIBLE
        started = dst == "en_cours"
        if not started and (action in AFTER_THE_DST or orientation != "aucune" or row["date_dst_connue"] == "connu"):
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

    # Once it is done: what is no support of the household.
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
    if action == "nouveau_dst" and pause not in LONG and (continues or pause != "selon_la_convention"):
        return "second_dst"

    # Support that goes on, or a pause that the text does not settle.
    if continues or pause in CONTINUES:
        if orientation == "a_activer":
            return "soutien_renforce"
        return IMPOSSIBLE if orientation == "closes" else "soutien_sans_orientation"
    if pause == "a_trancher":
        return "pause_a_trancher"

    # Support that takes up again after a pause.
    if sr == "en_cours":
        return "sr_en_cours_apres_pause"
    if action == "relance_relais":
        return "relance_apres_pause"
    if issue == "non_joint" or issue == "refuse":
        return "aucune"
    if row["option_n1"] == "non":
        return "option_n1_non_prise"
    if row["mode_contact"] == "message":
        return IMPOSSIBLE
    if but == "les_deux" and row["option_evaluation"] == "oui":
        return "suivi_n1+evaluation"
    return "suivi_n1"
