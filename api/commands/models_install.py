"""aiguillage models install"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.common import telling
from api.settings import load_settings
from bot.translation.index import INDEX, Offer, download, offers, wanted
from bot.translation.packages import Installed, install, installed
from bot.wording import SOURCE_LANGUAGE, wording

PAIR = re.compile(r"[a-z]{2,3}-[a-z]{2,3}(-[A-Z]{2})?")


@click.command("install")
@click.argument("what", nargs=-1, required=True, metavar="FICHIER|PAIRE...")
@click.option("--index", default=INDEX, show_default=True, metavar="URL", help="La liste des paquets, pour une paire.")
@click.option("--sha256", default=None, metavar="HEX", help="L'empreinte que le fichier doit avoir.")
def models_install(what: tuple[str, ...], index: str, sha256: str | None) -> None:
    """Installer des paquets Argos : des fichiers .argosmodel, ou des paires comme fr-ar.

    Une paire est cherchée dans la liste des paquets, ce qui demande internet ; sans elle, un passage par l'anglais.
    """
    with telling():
        folder = load_settings().models
        files = [one for one in what if not PAIR.fullmatch(one) or Path(one).exists()]
        if sha256 and (len(what) > 1 or not files):
            raise click.UsageError("--sha256 va avec un seul fichier")
        for file in files:
            _tell(install(Path(file), folder, sha256))
        pairs = [one for one in what if one not in files]
        if pairs:
            asyncio.run(_fetched(pairs, index, folder))


async def _fetched(pairs: list[str], index: str, folder: Path) -> None:
    offered = await offers(index)
    for pair in pairs:
        chosen = wanted(pair, offered, installed(folder))
        if not chosen:
            click.echo(wording(SOURCE_LANGUAGE)("models.already", pair=pair))
        for offer in chosen:
            with tempfile.TemporaryDirectory(prefix="aiguillage-") as temporary:
                file = Path(temporary) / f"{offer.pair}.argosmodel"
                await _downloaded(offer, file)
                _tell(install(file, folder, offer.sha256))


async def _downloaded(offer: Offer, file: Path) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{offer.pair} {offer.version}", total=None)
        await download(offer, file, lambda done, total: bar.update(task, completed=done, total=total))


def _tell(done: Installed) -> None:
    said = {"pair": done.package.pair, "version": done.package.version, "size": f"{done.size / 1e6:.1f}"}
    click.echo(
        wording(SOURCE_LANGUAGE)("models.installed", **said, sha256=done.sha256, folder=str(done.package.folder))
    )
