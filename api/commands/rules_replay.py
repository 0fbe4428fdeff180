"""aiguillage rules replay"""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from api import replay_report
from api.commands.common import output, telling
from api.commands.replaying import replaying, show_replay
from api.logbook import cell, harmless
from api.publishing import named_ruleset
from api.settings import load_settings
from api.storage.store import Store
from bot.wording import SOURCE_LANGUAGE, wording
from rules.replay import Comparison


@click.command("replay")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="En JSON : un objet.")
@click.option("--csv", "as_csv", is_flag=True, help="En CSV : une ligne par question dont la réponse change.")
@click.option("--output", "to", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire le CSV ou le JSON.")
@click.option("--tokens", is_flag=True, help="Avec le jeton de chaque question, celui de son adresse /reponse/.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="À partir de ce jour (UTC).")
@click.option("--territory", default=None, help="Seulement ce territoire.")
def rules_replay(
    new: str,
    as_json: bool,
    as_csv: bool,
    to: Path | None,
    tokens: bool,
    since: datetime | None,
    territory: str | None,
) -> None:
    """Rejouer les questions du journal sous d'autres règles, et dire ce qui change.

    NEW : un dossier de règles, ou une version gardée (son début suffit). Rien n'est publié. Les réglages des
    territoires sont ceux d'aujourd'hui. Sort avec 0 si rien ne change, 1 si une réponse change, 2 si c'est impossible.
    """
    if as_json and as_csv:
        raise click.UsageError("--json ou --csv, pas les deux.")
    words = wording(SOURCE_LANGUAGE)
    filters = {"since": since.replace(tzinfo=UTC) if since else None, "territory": territory}
    found = Comparison()
    with telling():
        settings = load_settings()
        with Store.open(settings.database_url) as store:
            compiled = named_ruleset(store, new)
            if compiled is None:
                raise click.BadParameter(words("versions.unknown", named=new))
            changed = replay_report.changes(replaying(store, settings, compiled, words, **filters), found)
            with output(to) as out:
                if as_csv:
                    writer = csv.writer(out, lineterminator="\n")
                    writer.writerow(replay_report.columns(tokens=tokens))
                    rows = (replay_report.row(one, tokens=tokens) for one in changed)
                    writer.writerows(map(harmless, map(cell, row)) for row in rows)
                for _ in changed:
                    pass  # what is left is counted in `found`
                if as_json:
                    out.write(replay_report.as_json(found, compiled.ruleset.id.version, tokens=tokens) + "\n")
        if not as_json and not as_csv:
            show_replay(found, words, tokens=tokens)
    sys.exit(1 if found.total > found.unchanged else 0)
