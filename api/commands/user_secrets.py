"""aiguillage user: passwords as they are asked for, and the square of a second factor"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import segno

from api.access.passwords import password_fault
from api.access.second_factor import address_of, new_secret, sealed
from api.storage.vault import Vault
from bot.wording import SOURCE_LANGUAGE, wording

WORDS = wording(SOURCE_LANGUAGE)
TYPED = click.option("--password-stdin", is_flag=True, help="Lire le mot de passe sur l'entrée standard, une ligne.")


@dataclass(frozen=True)
class Secret:
    """Of a second factor, to be shown once."""

    value: str

    def show(self, name: str) -> None:
        """The square in the terminal, and the key for whoever cannot photograph it."""
        click.echo(WORDS("user.totp", name=name))
        if sys.stdout.isatty():
            segno.make_qr(address_of(self.value, name), error="l").terminal(out=sys.stdout, compact=True)
        click.echo(WORDS("user.totp_key", key=self.value))


def new_totp(vault: Vault) -> tuple[Secret, Mapping[str, bytes]]:
    """A new secret, and the columns that keep it."""
    made = new_secret()
    return Secret(made), sealed(made, vault)


def asked_password(name: str, territory: str | None, from_stdin: bool, leaked: Path | None = None) -> str:
    """A password typed twice, or one line of standard input. ``leaked``: a file of those that leaked.

    Raises BadParameter where it will not do.
    """
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = click.prompt(WORDS("access.password.new"), hide_input=True)
        if click.prompt(WORDS("access.password.again"), hide_input=True) != given:
            raise click.BadParameter(WORDS("access.password.differ"), param_hint=WORDS("access.password"))
    fault = password_fault(given, name, territory, leaked)
    if fault is not None:
        raise click.BadParameter(WORDS(fault), param_hint=WORDS("access.password"))
    return given
