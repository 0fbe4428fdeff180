"""aiguillage case show"""

from __future__ import annotations

from pathlib import Path

import click

from api.commands.case_desk import opened_case, this_moment, today
from api.commands.case_plan import due_head, due_line
from api.commands.common import output, print_table
from api.pages.case.drawing import timeline_page
from api.pages.case.words import in_words
from api.storage.dues import DueRow, Dues
from api.storage.households import Case
from bot.followup.steps import Plan
from bot.followup.timeline import Timeline, timeline
from bot.wording import SOURCE_LANGUAGE, Wording, wording

WIDTH = 48


@click.command("show")
@click.argument("reference")
@click.option("--html", "to", type=click.Path(dir_okay=False, path_type=Path), help="La frise, dans une page.")
@click.option("--lang", default=SOURCE_LANGUAGE, show_default=True, help="Langue de l'affichage.")
def case_show(reference: str, to: Path | None, lang: str) -> None:
    """Un ménage : sa frise, son accord, ce qui est à faire, ce à quoi faire attention."""
    words = wording(lang)
    with opened_case(reference) as (planning, households, known):
        case = households.case(known)
        drawn = timeline(households.episodes(known), today())
        made = planning.refresh(households, known, this_moment())
        rows = Dues(households.connection).of([known])[known]
    if to is not None:
        with output(to) as out:
            out.write(timeline_page(drawn, case.reference, words))
    _head(case, words)
    _drawn(drawn, words)
    _due(rows, made, words)
    for said in (*drawn.warnings, *made.notes):
        click.echo(words("case.plan.notice", said=in_words(said, words)))


def _head(case: Case, words: Wording) -> None:
    channel = words(f"case.plan.channel.{case.channel or 'none'}")
    consent = words(f"case.plan.consent.{case.consent}")
    click.echo(words("case.plan.title", reference=case.reference, language=case.language))
    click.echo(f"{consent} {channel}")
    if case.alert_agreed_on is not None:
        click.echo(words("case.plan.alert_agreed", day=case.alert_agreed_on))


def _drawn(drawn: Timeline, words: Wording) -> None:
    if not drawn.entries:
        click.echo(words("case.plan.no_episode"))
        return
    click.echo()
    for line, entry in zip(bars(drawn), drawn.entries, strict=True):
        click.echo(f"{line}  {in_words(entry.said, words)}")
    click.echo()


def bars(drawn: Timeline) -> list[str]:
    """A line of marks an entry, on one scale from the first day to today or the last day."""
    first = min(one.episode.began_on for one in drawn.entries)
    last = max([drawn.today, *(one.episode.ended_on or one.episode.began_on for one in drawn.entries)])
    days = max((last - first).days, 1)

    def place(days_in: int) -> int:
        return round(days_in * (WIDTH - 1) / days)

    lines = []
    for one in drawn.entries:
        ended = one.episode.ended_on or max(drawn.today, one.episode.began_on)
        start, end = place((one.episode.began_on - first).days), place((ended - first).days)
        mark = "█" * (end - start + 1) if one.episode.ended_on else "▒" * (end - start) + "▶"
        lines.append(("·" * start + mark).ljust(WIDTH, "·"))
    return lines


def _due(rows: list[DueRow], made: Plan, words: Wording) -> None:
    if not rows:
        click.echo(words("case.plan.nothing_due"))
        return
    reasons = {(one.step, one.occurrence): in_words(one.said, words) for one in made.dues}
    lines = [
        (
            *_without_reference(due_line(row, words)),
            reasons.get(row.key) or (words(row.reason) if _plain(row, words) else ""),
        )
        for row in rows
    ]
    print_table((*_without_reference(due_head(words)), words("case.plan.head.why")), lines)


def _without_reference(cells: tuple[str, ...]) -> tuple[str, ...]:
    return (cells[0], *cells[2:])


def _plain(row: DueRow, words: Wording) -> bool:
    """Whether the reason that a row keeps is whole without the values of the day it was written."""
    return row.reason is not None and words.has(row.reason) and "{" not in words.catalog.gettext(row.reason)
