"""aiguillage campaign: one message to many households."""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from api.commands.common import print_table, telling
from api.commands.household_words import chosen_role, chosen_template, known, named_territory, slot_given
from api.households.addresses import campaign_address
from api.households.campaigns import CampaignDesk, Planned, Preview
from api.jobs.adding import DurableJobs, prepare_tables
from api.settings import contact_keys, load_settings
from api.slot_faults import slot_lines
from api.storage.campaigns import Chosen, UnknownCampaignError
from api.storage.households import CANCELLED, FAILED, QUEUED, READ, SENT
from api.storage.store import Store
from api.storage.vault import Vault
from api.territories import territory_files
from bot.followup.relay import Sender
from bot.followup.slots import SlotError, fill
from bot.followup.templates import Template
from bot.wording import LOCALES, SOURCE_LANGUAGE, wording

REFERENCE = "reference"
STATES = (QUEUED, SENT, READ, FAILED, CANCELLED)
Look = Callable[[int], None]


@click.group("campaign")
def campaign() -> None:
    """Un message à beaucoup de ménages : le voir avant, l'envoyer à son rythme, l'arrêter."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What is sent and to whom, the same for looking and for sending."""
    to_whom = click.option(
        "--cases",
        "file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Un fichier CSV avec une colonne reference ; ses autres colonnes sont des valeurs propres à chacun.",
    )
    where = click.option("--territory", default=None, help="Sinon : les ménages suivis de ce territoire.")
    lang = click.option("--lang", default=None, help="Seulement ceux de cette langue.")
    slot = click.option("--slot", "given", multiple=True, metavar="NOM=VALEUR", help="Une valeur du message.")
    return click.argument("template")(to_whom(where(lang(slot(command)))))


@campaign.command("preview")
@_options
def campaign_preview(**said: object) -> None:
    """Voir, langue par langue, combien de messages partiraient, lesquels non et pourquoi. Rien ne part."""
    with telling(), _desk() as desk, _looking() as look:
        preview = desk.preview(_planned(**said), look)
    _show(preview)


@campaign.command("start")
@_options
@click.option("--by", "made_by", default="coordination", callback=chosen_role, help="Qui envoie : un rôle.")
@click.option("--yes", is_flag=True, help="Ne rien demander.")
def campaign_start(made_by: str, yes: bool, **said: object) -> None:
    """Envoyer. Les messages partent tant que le serveur tourne, et reprennent après une panne."""
    words = wording(SOURCE_LANGUAGE)
    with telling(), _desk() as desk:
        planned = _planned(**said)
        with _looking() as look:
            preview = desk.preview(planned, look)
        _show(preview)
        if not preview.leaving:
            click.echo(words("campaign.nobody"), err=True)
            sys.exit(1)
        if not yes:
            click.confirm(words("campaign.sure", count=preview.leaving.total()), abort=True)
        with _looking() as look:
            made = desk.start(planned, made_by, look)
    settings = load_settings()
    address = campaign_address(made.id, settings.secret_key, settings.public_url)
    click.echo(words("campaign.page.address", address=address))
    click.echo(words("campaign.started", campaign=made.id))


@campaign.command("status")
@click.argument("campaign_id", metavar="CAMPAGNE")
@click.option("--follow", is_flag=True, help="Suivre jusqu'à la fin.")
def campaign_status(campaign_id: str, follow: bool) -> None:
    """Où en est une campagne, langue par langue."""
    words = wording(SOURCE_LANGUAGE)
    with telling(), _desk() as desk, _naming(campaign_id):
        if follow:
            _follow(desk, campaign_id)
        made, counts = desk.progress(campaign_id)
    click.echo(f"{made.id} · {made.template} · {words(f'campaign.state.{made.state}')}")
    head = (words("campaign.language"), *(words(f"campaign.message.{state}") for state in STATES))
    total = sum(counts.values(), Counter())
    rows = [(language, *(str(found[state]) for state in STATES)) for language, found in counts.items()]
    print_table(head, [*rows, (words("campaign.all"), *(str(total[state]) for state in STATES))])


@campaign.command("stop")
@click.argument("campaign_id", metavar="CAMPAGNE")
def campaign_stop(campaign_id: str) -> None:
    """Arrêter une campagne, pour de bon : ce qui n'est pas parti ne part plus."""
    with telling(), _desk() as desk, _naming(campaign_id):
        kept = desk.stop(campaign_id)
    click.echo(wording(SOURCE_LANGUAGE)("campaign.stopped", campaign=campaign_id, count=kept))


def _follow(desk: CampaignDesk, campaign_id: str) -> None:
    """A bar of what is not waiting any more, until the campaign ends."""
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(campaign_id, total=None)
        while True:
            made, counts = desk.progress(campaign_id)
            total = sum(counts.values(), Counter())
            bar.update(task, total=total.total(), completed=total.total() - total[QUEUED])
            if made.ended_at is not None:
                return
            time.sleep(1)


@contextmanager
def _desk() -> Iterator[CampaignDesk]:
    settings = load_settings()
    with Store.open(settings.database_url) as store:
        prepare_tables(store.engine.url)
        vault, territories = Vault(contact_keys(settings)), territory_files(settings)
        yield CampaignDesk(store, vault, DurableJobs(store.engine), territories.get)


@contextmanager
def _looking() -> Iterator[Look]:
    """A bar on standard error, for long lists."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(wording(SOURCE_LANGUAGE)("campaign.looking"), total=None)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def _naming(campaign_id: str) -> Iterator[None]:
    try:
        yield
    except UnknownCampaignError:
        click.echo(wording(SOURCE_LANGUAGE)("campaign.unknown", campaign=campaign_id), err=True)
        sys.exit(2)


def _planned(
    template: str, file: Path | None, territory: str | None, lang: str | None, given: tuple[str, ...]
) -> Planned:
    """What is asked for. Raises UsageError for what cannot be sent to anybody."""
    words = wording(SOURCE_LANGUAGE)
    if (file is None) == (territory is None):
        raise click.UsageError(words("campaign.whom"))
    chosen_one = chosen_template(template)
    if territory is not None:
        named_territory(territory, words)
    slots = dict(slot_given(one, words) for one in given)
    own = _own_values(file) if file else {}
    language = known(lang, LOCALES) if lang else None
    chosen = Chosen(tuple(own) if file else None, territory, language)
    for one in {tuple(values.items()): values for values in own.values()}.values() or [{}]:
        _check(chosen_one, {**slots, **one})
    return Planned(chosen_one.id, slots, chosen, {r: values for r, values in own.items() if values})


def _check(template: Template, values: dict[str, str]) -> None:
    """Every value is one of the message's and can be written. Raises BadParameter."""
    ours = Sender("A", "A", "01 23 45 67 89", "a@exemple.fr").slots(template.id)
    try:
        fill(template, {**values, **ours})
    except SlotError as error:
        raise click.BadParameter("\n".join(slot_lines(error, wording(SOURCE_LANGUAGE))), param_hint="--slot") from None


def _own_values(file: Path) -> dict[str, dict[str, str]]:
    """Reference -> its own values. Raises BadParameter for a file without a column of references."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            head = opened.readline()
            opened.seek(0)
            rows = list(csv.DictReader(opened, delimiter=";" if ";" in head else ","))
    except (UnicodeDecodeError, csv.Error):
        raise _bad_file(file) from None
    if not rows or REFERENCE not in rows[0]:
        raise _bad_file(file)
    filled = ((row[REFERENCE], row) for row in rows if row[REFERENCE])
    return {r.strip(): {n: v for n, v in row.items() if n and n != REFERENCE and v} for r, row in filled}


def _bad_file(file: Path) -> click.BadParameter:
    return click.BadParameter(wording(SOURCE_LANGUAGE)("campaign.bad_file", file=str(file)), param_hint="--cases")


def _show(preview: Preview) -> None:
    words = wording(SOURCE_LANGUAGE)
    for reference in preview.unknown[:20]:
        click.echo(words("campaign.unknown_case", reference=reference), err=True)
    if not preview.leaving and not preview.held:
        click.echo(words("campaign.no_case"), err=True)
        return
    rows = []
    for language in sorted({*preview.leaving, *preview.held}):
        shown = preview.shown.get(language)
        how = words("campaign.both" if shown and len(shown.blocks) > 1 else "campaign.alone") if shown else ""
        held = preview.held.get(language, Counter())
        rows.append((language, str(preview.leaving[language]), how, str(held.total())))
    print_table(tuple(words(f"campaign.{name}") for name in ("language", "leaving", "how", "held")), rows)
    for language, held in sorted(preview.held.items()):
        for reason, count in held.most_common():
            click.echo(f"{language} · {count} · {words.say(preview.reasons[reason])}")
