"""aiguillage case: agreements, the end of a case, and all that is kept of it"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click

from api.commands.case_desk import DAY, kept, opened_case, opened_planning, this_moment, today
from api.commands.common import output
from api.households.case_export import everything
from api.households.keeping import close, erase
from bot.followup.slots import SlotError, fill
from bot.followup.templates import templates
from bot.wording import SOURCE_LANGUAGE, wording


@click.command("agree-alert")
@click.argument("reference")
@click.option("--on", "day", type=DAY, required=True, help="Le jour où le ménage l'a dit.")
@click.option("--contact", required=True, help="L'adresse électronique ou le numéro du donneur d'alerte.")
def case_agree_alert(reference: str, day: datetime, contact: str) -> None:
    """Noter l'accord du ménage pour informer le donneur d'alerte. Son contact est gardé scellé."""
    words = wording(SOURCE_LANGUAGE)
    if day.date() > today():
        raise click.BadParameter(words("case.plan.future", day=day.date()), param_hint="--on")
    with opened_case(reference) as (planning, households, known):
        households.agree_alert(known, day.date(), _contact(contact))
        planning.refresh(households, known, this_moment())
    click.echo(words("case.plan.agreed", reference=known))


@click.command("close")
@click.argument("reference")
def case_close(reference: str) -> None:
    """Clore un suivi : plus rien n'est prévu ni ne part seul. Rien n'est effacé."""
    with opened_case(reference) as (planning, households, known):
        close(planning, households, known, this_moment())
    click.echo(wording(SOURCE_LANGUAGE)("case.plan.closed", reference=known))


@click.command("erase")
@click.argument("reference")
@click.option("--yes", "sure", is_flag=True, help="Sans demander.")
def case_erase(reference: str, sure: bool) -> None:
    """Effacer un ménage : sa clé est détruite, et ses messages, son adresse et sa voix avec elle, pour toujours."""
    words = wording(SOURCE_LANGUAGE)
    with opened_case(reference) as (_, _, known):
        pass
    if not sure and not click.confirm(words("case.plan.sure", reference=known)):
        click.echo(words("case.plan.nothing_erased"))
        return
    with opened_case(known) as (planning, households, known):
        erase(planning, households, known, this_moment())
    click.echo(words("case.plan.erased_now", reference=known))


@click.command("export")
@click.argument("reference")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire.")
def case_export(reference: str, to: Path | None) -> None:
    """Tout ce qui est gardé d'un ménage, en JSON, ouvert : pour lui, s'il le demande."""
    with opened_planning() as planning:
        store, vault = planning.desk.store, planning.desk.vault
        with store.households(vault) as households:
            whole = everything(households, kept(reference))
        with output(to) as out:
            out.write(json.dumps(whole, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _contact(given: str) -> str:
    """An address or a number. Raises SlotError."""
    consent = templates()["accord_messages"]
    slots = {name: slot.example for name, slot in consent.slots.items()} | {"contact": given}
    try:
        return str(fill(consent, slots)["contact"])
    except SlotError as error:
        raise SlotError("agree-alert", error.faults) from None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else asdict(value)  # type: ignore[call-overload]


COMMANDS = (case_agree_alert, case_close, case_erase, case_export)
