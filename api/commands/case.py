"""aiguillage case: household cases"""

from __future__ import annotations

import sys

import click

from api.commands import case_keep, case_plan
from api.commands.case_show import case_show
from api.commands.common import telling
from api.households.addresses import followup_address
from api.households.opening import case_language, sender_of
from api.settings import Settings, contact_keys, load_settings
from api.slot_faults import slot_line
from api.storage.households import ErasedCaseError, UnknownCaseError
from api.storage.store import Store
from api.storage.vault import Vault
from api.territories import territory_files
from bot.followup.catalog import household_languages
from bot.followup.relay import Sender
from bot.followup.slots import SlotError
from bot.speech.voices import voices_here
from bot.wording import SOURCE_LANGUAGE, wording


@click.group("case")
def case() -> None:
    """Les ménages suivis : une référence chacun, jamais un nom."""


@case.command("open")
@click.option("--lang", required=True, help="Langue du ménage, par exemple ar ; ou snk, sans écrit.")
@click.option("--territory", default=None, help="Territoire du ménage.")
@click.option("--prenom", required=True, help="Prénom de la personne qui écrit, tel que le ménage le lira.")
@click.option("--structure", required=True, help="Sa structure.")
@click.option("--telephone", required=True, help="Le téléphone à appeler.")
@click.option("--contact", required=True, help="À qui demander ses données : une adresse électronique ou un numéro.")
def case_open(lang: str, territory: str | None, **said: str) -> None:
    """Ouvrir le suivi d'un ménage : donne sa référence et l'adresse de la page de suivi."""
    with telling():
        settings = load_settings()
        language, sender = known_language(lang), _sender(said)
        place = _territory(settings, territory)
        with Store.open(settings.database_url) as store, store.households(Vault(contact_keys(settings))) as households:
            opened = households.open_case(language, sender, place)
        if language not in voices_here(settings.models):
            click.echo(wording(SOURCE_LANGUAGE)("card.no_voice"), err=True)
        click.echo(opened.reference)
        click.echo(followup_address(opened.reference, settings.secret_key, settings.public_url))


@case.command("page")
@click.argument("reference")
def case_page(reference: str) -> None:
    """L'adresse de la page de suivi d'un ménage."""
    with telling():
        settings = load_settings()
        with Store.open(settings.database_url) as store, store.households(Vault(contact_keys(settings))) as households:
            try:
                known = households.case(reference.strip().upper())
            except (UnknownCaseError, ErasedCaseError) as error:
                which = "erased" if isinstance(error, ErasedCaseError) else "unknown"
                click.echo(wording(SOURCE_LANGUAGE)(f"visitor.case.{which}", reference=reference), err=True)
                sys.exit(2)
        click.echo(followup_address(known.reference, settings.secret_key, settings.public_url))


def known_language(lang: str) -> str:
    """The language as BCP 47 writes it. Raises BadParameter for what is none that CLDR knows."""
    code = case_language(lang)
    if code is None:
        written = ", ".join(household_languages())
        refusal = wording(SOURCE_LANGUAGE)("visitor.case.no_language", lang=lang, known=written)
        raise click.BadParameter(refusal, param_hint="LANG")
    return code


def _territory(settings: Settings, name: str | None) -> str | None:
    """The territory named, else the program's own. Raises BadParameter for one that has no file."""
    known = territory_files(settings)
    if name and name not in known:
        words = wording(SOURCE_LANGUAGE)
        listed = ", ".join(sorted(known)) or words("problem.no_territory")
        refusal = words("followup.unknown_territory", territory=name, known=listed)
        raise click.BadParameter(refusal, param_hint="--territory")
    return name or settings.territory


def _sender(said: dict[str, str]) -> Sender:
    """Who writes. Raises BadParameter for a value that no message could say."""
    try:
        return sender_of(said)
    except SlotError as error:
        wrong = error.faults[0]
        refusal = slot_line(wrong, wording(SOURCE_LANGUAGE))
        raise click.BadParameter(refusal, param_hint=f"--{wrong.slot}") from None


for command in (case_show, *case_plan.COMMANDS, *case_keep.COMMANDS):
    case.add_command(command)
