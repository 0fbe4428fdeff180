"""aiguillage rules approve"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from api.commands.common import telling
from api.rules_files import reviewed_text
from api.rules_report import difference_lines, issue_lines
from bot.wording import SOURCE_LANGUAGE, wording
from rules.checking.inspect import against_review, inspect
from rules.checking.partition import write
from rules.checking.partition_text import FILE, Approval, read
from rules.load import SLIME_PLUS, raw_files, ruleset_from
from rules.table import tabulate


@click.command()
@click.argument("folder", default=SLIME_PLUS, type=click.Path(file_okay=False, path_type=Path))
@click.option("--by", required=True, help="Qui a relu, par son rôle.")
@click.option("--lang", default=SOURCE_LANGUAGE, help="Langue des textes.")
def rules_approve(folder: Path, by: str, lang: str) -> None:
    """Montrer ce qui change depuis la version relue, puis l'approuver : écrit la partition, avec qui et quand."""
    words = wording(lang)
    if not by.strip():
        raise click.UsageError(words("check.approve.nobody"))
    with telling():
        files = raw_files(folder)
        ruleset = ruleset_from(files)
        found = inspect(ruleset, files, reviewed_text(folder))
        for line in difference_lines(words, found.difference, ruleset):
            click.echo(line)
        faults = [issue for issue in found.faults if not issue.code.startswith("partition_")]
        if faults:
            for line in (*issue_lines(words, faults), words("check.approve.refused")):
                click.echo(line, err=True)
            sys.exit(1)
        approval = Approval(ruleset.id.version, " ".join(by.split()), date.today().isoformat())
        text = write(ruleset, tabulate(ruleset), approval)
        if against_review(ruleset, text):
            raise AssertionError("the text that was written does not say the table: nothing was approved")
        (folder / FILE).parent.mkdir(exist_ok=True)
        (folder / FILE).write_text(text, encoding="utf-8")
        boxes = sum(len(part.boxes) for part in read(text).parts)
        click.echo(words("check.approved", by=approval.by, file=str(folder / FILE), boxes=boxes))
