"""aiguillage plan"""

from __future__ import annotations

from datetime import datetime, time

import click
from rich.progress import Progress

from api.commands.case_desk import DAY, opened_planning, this_moment
from bot.followup.planning_values import planning_values
from bot.wording import SOURCE_LANGUAGE, wording

MORNING = time(6)


@click.command()
@click.option("--dry-run", is_flag=True, help="Dire ce qui changerait, sans rien changer ni envoyer.")
@click.option("--date", "day", type=DAY, default=None, help="Comme si c'était ce jour, à 6 heures. Avec --dry-run.")
def plan(dry_run: bool, day: datetime | None) -> None:
    """Mettre à jour ce qui est à faire pour chaque ménage, et envoyer ce qui part seul. Le serveur le fait aussi."""
    words = wording(SOURCE_LANGUAGE)
    if day is not None and not dry_run:
        raise click.BadParameter(words("case.plan.date_dry"), param_hint="--date")
    now = this_moment() if day is None else datetime.combine(day.date(), MORNING, planning_values().timezone)
    with opened_planning() as planning, Progress(transient=True) as bar:
        task = bar.add_task(words("case.plan.planning"), total=None)
        done = planning.plan_day(now, keep=not dry_run, progress=lambda n: bar.update(task, completed=n))
    changes = done.changes
    said = "planned_dry" if dry_run else "planned"
    counts = {"added": changes.added, "changed": changes.changed, "cancelled": changes.cancelled}
    click.echo(words(f"case.plan.{said}", cases=done.cases, **counts, sent=done.sent, held=done.held))
