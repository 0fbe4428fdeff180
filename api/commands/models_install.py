"""aiguillage models install"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.common import megabytes, telling
from api.settings import load_settings
from bot.speech.model_folder import only_one
from bot.speech.model_install import InstalledModel, install_model
from bot.speech.model_kinds import NAME, WHISPER, kind_of
from bot.translation.index import INDEX, Offer, download, offers, wanted
from bot.translation.packages import Installed, install, installed
from bot.wording import SOURCE_LANGUAGE, wording

PAIR = re.compile(r"[a-z]{2,3}-[a-z]{2,3}(-[A-Z]{2})?")


@click.command("install")
@click.argument("what", nargs=-1, required=True, metavar="FICHIER|PAIRE|MODÈLE...")
@click.option("--from", "given", default=None, metavar="DOSSIER|ARCHIVE|URL", help="D’où vient le modèle de parole.")
@click.option("--index", default=INDEX, show_default=True, metavar="URL", help="La liste des paquets, pour une paire.")
@click.option("--sha256", default=None, metavar="HEX", help="L'empreinte que le fichier d’un paquet doit avoir.")
def models_install(what: tuple[str, ...], given: str | None, index: str, sha256: str | None) -> None:
    """Installer ce qu’il faut à la traduction, à l’écoute et à la voix.

    Traduction : des fichiers .argosmodel, ou des paires comme fr-ar, cherchées dans la liste des paquets, ce qui
    demande internet ; sans elle, un passage par l'anglais.

    Écoute : whisper-tiny, whisper-base ou whisper-small (0,5 Go, conseillé), dont les empreintes sont connues.
    Voix : piper-fr_FR-siwis-medium, ou toute autre voix de Piper par son nom. Sans internet, ou pour d’autres modèles,
    --from dit d’où : un dossier, une archive .zip ou .tar.gz, une adresse (celle du dossier, ou celle du .onnx).

    \b
    aiguillage models install whisper-small
    aiguillage models install whisper-small --from /media/cle/faster-whisper-small
    aiguillage models install piper-fr --from https://exemple.fr/fr_FR-siwis-medium.onnx
    """
    with telling():
        folder = load_settings().models
        models = [one for one in what if NAME.fullmatch(one) and not Path(one).is_file()]
        rest = [one for one in what if one not in models]
        if given and (len(models) != 1 or rest):
            raise click.UsageError("--from va avec un seul modèle de parole, comme whisper-small ou piper-fr")
        files = [one for one in rest if not PAIR.fullmatch(one) or Path(one).exists()]
        if sha256 and (len(what) > 1 or not files):
            raise click.UsageError("--sha256 va avec un seul fichier")
        for name in models:
            with _bars() as tell:
                done = install_model(name, folder, given, tell)
            _tell_model(done)
        for file in files:
            _put(Path(file), folder, sha256)
        pairs = [one for one in rest if one not in files]
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
                _put(file, folder, offer.sha256)


async def _downloaded(offer: Offer, file: Path) -> None:
    with _bars() as tell:
        await download(offer, file, lambda done, total: tell(f"{offer.pair} {offer.version}", done, total))


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar for each name that something is told of: its bytes so far, and of how many."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    tasks = {}
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def tell(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield tell


def _put(package: Path, folder: Path, sha256: str | None) -> None:
    with only_one(folder):
        done = install(package, folder, sha256)
    _tell(done)


def _tell(done: Installed) -> None:
    said = {"pair": done.package.pair, "version": done.package.version, "size": f"{done.size / 1e6:.1f}"}
    click.echo(
        wording(SOURCE_LANGUAGE)("models.installed", **said, sha256=done.sha256, folder=str(done.package.folder))
    )


def _tell_model(done: InstalledModel) -> None:
    words = wording(SOURCE_LANGUAGE)
    click.echo(words("model.installed", name=done.name, size=megabytes(done.size), folder=str(done.folder)))
    for file, digest in sorted(done.digests.items()):
        click.echo(f"{digest}  {file}")
    click.echo(words("model.digests.known" if done.known else "model.digests.kept"))
    if kind_of(done.name) is WHISPER and find_spec("faster_whisper") is None:
        click.echo(words("model.engine_lacks", command="pip install 'aiguillage[whisper]'"))
