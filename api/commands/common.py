"""What the commands share: errors in their own words, where output goes, tables on the screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from api.backup.archive import BackupError
from api.settings import SettingsError
from api.storage.store import StorageError
from bot.followup.errors import CatalogError
from bot.speech.errors import ModelError
from bot.translation.errors import TranslationError
from bot.wording import SOURCE_LANGUAGE, MissingMessage, wording
from rules.errors import RulesetError


@contextmanager
def telling() -> Iterator[None]:
    """A known error, or a file that cannot be read or written, in its own words and exit status 2: no traceback."""
    try:
        yield
    except (SettingsError, RulesetError, StorageError, MissingMessage, CatalogError, TranslationError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (ModelError, BackupError) as error:
        click.echo(wording(SOURCE_LANGUAGE).say(error.said), err=True)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(2)


@contextmanager
def output(file: Path | None) -> Iterator[TextIO]:
    """The file to write to; standard output where there is none."""
    if file is None:
        yield sys.stdout
        return
    with file.open("w", encoding="utf-8", newline="") as out:
        yield out


def print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Rows under their head, as wide as the screen."""
    from rich.console import Console as Screen
    from rich.table import Table

    table = Table(*head, show_lines=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    Screen().print(table)


def megabytes(size: int) -> str:
    """Bytes as a table or a sentence shows them: « 12,5 »."""
    return f"{size / 1e6:.1f}".replace(".", ",")
