"""aiguillage case: episodes, appointments, and what is due"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from api.commands.case_desk import DAY, as_day, given_slots, kept, opened_case, opened_planning, this_moment, today
from api.commands.common import output, print_table
from api.commands.household_words import named_territory
from api.households.desk import LINK, PRINT
from api.households.keeping import keep_episode
from api.households.planning import Planning
from api.households.proposals import Proposals
from api.logbook import cell, harmless
from api.settings import load_settings
from api.storage.dues import DueRow, Dues
from api.storage.households import Stored
from bot.followup.content import TEMPLATE, Content
from bot.followup.message import render
from bot.followup.planning_values import planning_values
from bot.followup.relay import APPOINTMENT
from bot.followup.slots import fill
from bot.followup.steps import ALERT, ALONE, REMINDER, Plan
from bot.followup.templates import templates
from bot.followup.timeline import KINDS
from bot.wording import SOURCE_LANGUAGE, Wording, wording

HEAD = ("id", "reference", "due_at", "step", "occurrence", "state")
slots = click.option(
    "--slot", "given", multiple=True, metavar="NOM=VALEUR", callback=given_slots, help="Une valeur du message."
)
by_hand = click.option(
    "--by", type=click.Choice([LINK, PRINT]), default=None, help="À remettre soi-même : un lien, ou une lettre."
)


@click.command("episode")
@click.argument("reference")
@click.argument("kind", metavar="NATURE", type=click.Choice(KINDS))
@click.option("--from", "began", type=DAY, required=True, help="Son premier jour, par exemple 2026-01-30.")
@click.option("--to", "ended", type=DAY, help="Son dernier jour. Le redire avec le même premier jour y met fin.")
@click.option("--open", "still", is_flag=True, help="Un DST, un N+1 ou une évaluation qui demande plusieurs visites.")
def case_episode(reference: str, kind: str, began: datetime, ended: datetime | None, still: bool) -> None:
    """Noter ce qui s'est passé : dst, orientations, soutien_renforce, pause, suivi_n1, evaluation."""
    words = wording(SOURCE_LANGUAGE)
    with opened_case(reference) as (planning, households, known):
        keep_episode(planning, households, known, kind, began.date(), as_day(ended), this_moment(), still=still)
    click.echo(words("case.plan.episode", reference=known))


@click.command("appointment")
@click.argument("reference")
@click.option("--day", required=True, help="Le jour, par exemple 2027-01-06.")
@click.option("--hour", required=True, help="L'heure, par exemple 14:30.")
@click.option("--lieu", required=True, help="chez_vous, au_telephone, notre_bureau ; ou une adresse.")
@click.option("--duree", default="60", show_default=True, help="En minutes.")
@by_hand
def case_appointment(reference: str, by: str | None, **given: str) -> None:
    """Dire au ménage un rendez-vous qui est pris (M05), et prévoir son rappel la veille."""
    words = wording(SOURCE_LANGUAGE)
    values = {"jour": given["day"], "heure": given["hour"], "lieu": given["lieu"], "duree": given["duree"]}
    with opened_case(reference) as (planning, households, known):
        case = households.case(known)
        content = Content(TEMPLATE, APPOINTMENT, {**case.sender.slots(APPOINTMENT), **values})
        day = _coming_day(content, words)
        sent = planning.desk.send_in(households, case, content, channel=by)
        made = planning.refresh(households, known, this_moment())
    _tell_sent(planning, sent, words)
    _tell_reminder(made, day, words)


@click.command("due")
@click.option("--territory", default=None, help="Seulement ce territoire.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(0, 3660), help="Pour combien de jours.")
@click.option("--csv", "as_csv", is_flag=True, help="En CSV.")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire le CSV.")
def case_due(territory: str | None, days: int, as_csv: bool, to: Path | None) -> None:
    """Ce qui est à faire ces prochaines semaines : ce qui est proposé, et ce qui partira seul."""
    words = wording(SOURCE_LANGUAGE)
    if territory is not None:
        named_territory(territory, words)
    with opened_planning() as planning, planning.desk.store.households(planning.desk.vault) as households:
        coming = Dues(households.connection).coming(this_moment() + timedelta(days=days), territory)
        if as_csv or to:
            with output(to) as out:
                lines = csv.writer(out)
                lines.writerow(HEAD)
                lines.writerows(
                    [harmless(cell(getattr(row, name.replace("reference", "case_ref")))) for name in HEAD]
                    for row in coming
                )
            return
        rows = [due_line(row, words) for row in coming]
    if not rows:
        click.echo(words("case.plan.none_due", days=days))
        return
    print_table(due_head(words), rows)


@click.command("accept")
@click.argument("number", metavar="ID", type=int)
@slots
@by_hand
def case_accept(number: int, given: dict[str, object], by: str | None) -> None:
    """Envoyer ce qui est proposé, une seule fois."""
    words = wording(SOURCE_LANGUAGE)
    with opened_planning() as planning:
        proposals, now = Proposals(planning), this_moment()
        if proposals.step(number) == ALERT:
            case, told = proposals.hand_over(number, now, given)
            click.echo(words("case.plan.alert_to", contact=case.alert_address or "—"))
            click.echo(render(templates()[ALERT], told, SOURCE_LANGUAGE).text)
            return
        _tell_sent(planning, proposals.accept(number, now, given, channel=by), words)


@click.command("dismiss")
@click.argument("number", metavar="ID", type=int)
def case_dismiss(number: int) -> None:
    """Écarter ce qui est proposé : cela ne revient pas."""
    with opened_planning() as planning:
        row = Proposals(planning).dismiss(number)
    click.echo(wording(SOURCE_LANGUAGE)("case.plan.dismissed", id=number, reference=kept(row.case_ref)))


def due_head(words: Wording) -> tuple[str, ...]:
    return tuple(words(f"case.plan.head.{name}") for name in ("id", "reference", "when", "step", "state"))


def due_line(row: DueRow, words: Wording) -> tuple[str, ...]:
    moment = words("case.plan.when", **when(row.due_at))
    return str(row.id), row.case_ref, moment, words(f"due.step.{row.step}"), words(f"due.state.{row.state}")


def when(moment: datetime) -> dict[str, object]:
    """The civil day and hour of a moment."""
    local = moment.astimezone(planning_values().timezone)
    return {"day": local.date(), "hour": f"{local:%H:%M}"}


def _tell_sent(planning: Planning, sent: Stored, words: Wording) -> None:
    how, address = sent.channel if sent.channel in (LINK, PRINT) else "channel", ""
    if how != "channel":
        with planning.desk.store.households(planning.desk.vault) as households:
            link = households.link_of(sent)
        address = f"{load_settings().public_url}/m/{link.token if link else ''}"
    number = templates()[sent.subject].number
    click.echo(words(f"case.plan.sent.{how}", reference=sent.case, number=number, address=address))


def _tell_reminder(made: Plan, day: date, words: Wording) -> None:
    reminders = (one for one in made.dues if one.step == REMINDER and one.occurrence.startswith(day.isoformat()))
    reminder = next(reminders, None)
    if reminder is None:
        click.echo(words("case.plan.no_reminder"))
        return
    said = "reminder" if reminder.how == ALONE else "reminder_proposed"
    click.echo(words(f"case.plan.{said}", **when(reminder.due_at)))


def _coming_day(content: Content, words: Wording) -> date:
    """The day of an appointment. Raises BadParameter for one that is over, SlotError for what is no day."""
    day = fill(templates()[APPOINTMENT], content.values)["jour"]
    assert isinstance(day, date)  # noqa: S101  (the slot's kind)
    if day < today():
        raise click.BadParameter(words("case.plan.past", day=day), param_hint="--day")
    return day


COMMANDS = (case_episode, case_appointment, case_due, case_accept, case_dismiss)
