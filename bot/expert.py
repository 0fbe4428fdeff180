"""The expert form: every fact of the contract on one page. What is asked, in what groups; no words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.messages import Text

Kind = Literal["date", "bool", "choice", "integer", "orientations"]
ORIENTATION_STATES = ("non_commencee", "en_cours", "prise_en_charge", "faite", "refusee", "inconnue")
MOST_ORIENTATIONS = 20
_BOOLEANS: Mapping[str, object] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Field:
    """One fact. Its label is the message ``fact.<fact>``, a value's ``value.<fact>.<value>``."""

    fact: str
    kind: Kind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together. Its title is the message ``web.expert.group.<name>``."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """Why a form was refused: for each fact, sentences; under ``""`` what concerns no single fact."""

    errors: Mapping[str, tuple[Text, ...]]


def _date(fact: str) -> Field:
    return Field(fact, "date")


def _bool(fact: str) -> Field:
    return Field(fact, "bool", ("true", "false"))


def _choice(fact: str, *choices: str) -> Field:
    return Field(fact, "choice", choices)


_ACTION = _choice(
    "action",
    "premiere_visite",
    "mediation_bailleur",
    "relogement",
    "maintien_contact",
    "relance_relais",
    "accompagnement_vers_relais",
    "aide_dossier",
    "aide_numerique",
    "bilan",
    "verification_equipement",
    "nouvelle_visite_apres_chauffe",
    "nouveau_dst",
    "nouvelle_problematique",
    "enquete_satisfaction",
    "conseil",
    "proposition_soutien",
    "envoi_information",
    "information_donneur_alerte",
    "autre",
)
_CONTACT = (
    _ACTION,
    _choice("but", "accompagner", "mesurer", "les_deux", "diagnostiquer", "informer", "informer_tiers"),
    _choice("cadre_contact", "diagnostic", "suivi", "evaluation"),
    _choice("mode_contact", "visite", "telephone", "message"),
    _choice("initiative", "visiteur", "menage", "bailleur", "relais"),
    _choice("issue_contact", "joint", "non_joint", "refuse", "prevu"),
    _date("date_contact"),
    _date("aujourdhui"),
)
_DIAGNOSIS = (
    _bool("menage_slime"),
    _choice("dst", "pas_fait", "en_cours", "fait"),
    _date("date_dst"),
    _bool("meme_visiteur"),
    _date("date_derniere_visite"),
)
_ORIENTATIONS = (
    Field("orientations_donnees", "integer"),
    Field("orientations", "orientations", ORIENTATION_STATES),
    _bool("orientation_cochee_terminee"),
)
_SUPPORT = (
    _bool("accompagnement_continu"),
    _date("date_dernier_accompagnement"),
    _choice("sr", "aucun", "en_cours", "termine"),
    _date("date_debut_sr"),
    _date("date_fin_sr"),
    _bool("nouvelle_problematique"),
)
_FOLLOW_UP = (
    _bool("option_n1"),
    _date("date_n1_precedent"),
    _bool("option_evaluation"),
    _date("date_derniere_evaluation"),
)
_HOME = (
    _bool("demenage"),
    _choice("occupation", "proprietaire", "locataire_prive", "locataire_social"),
)

EXPERT_FORM: tuple[Group, ...] = (
    Group("contact", _CONTACT),
    Group("diagnosis", _DIAGNOSIS),
    Group("orientations", _ORIENTATIONS),
    Group("support", _SUPPORT),
    Group("follow_up", _FOLLOW_UP),
    Group("home", _HOME),
)


def facts_of(groups: Iterable[Group], form: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    """The facts a filled form gives, in the contract's JSON vocabulary: an empty field is left out.

    A value that cannot be read is kept as the string it is: it is the rules' reader that refuses it in words.
    """
    facts: dict[str, object] = {}
    for field in (field for group in groups for field in group.fields):
        given = tuple(value.strip() for value in form.get(field.fact, ()) if value.strip())
        if field.kind == "orientations" and given:
            facts[field.fact] = [{"etat": state} for state in given[:MOST_ORIENTATIONS]]
        elif given:
            facts[field.fact] = _value(field, given[-1])
    return facts


def _value(field: Field, given: str) -> object:
    if field.kind == "bool":
        return _BOOLEANS.get(given, given)
    if field.kind == "integer" and re.fullmatch(r"[+-]?[0-9]{1,9}", given):
        return int(given)
    return given
