"""aiguillage user: the accounts of those who sign in"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from api.access.passwords import Passwords
from api.access.roles import NATIONAL, ROLES
from api.access.team import NAME
from api.commands.common import print_table, telling
from api.commands.user_secrets import TYPED, asked_password, new_totp
from api.pages.when import moments
from api.setting_values import REQUIRED
from api.settings import Settings, contact_keys, load_settings
from api.storage.account_changes import KnownAccountError
from api.storage.accounts import Kept
from api.storage.store import Store
from api.storage.vault import Vault
from api.territories import territory_files
from bot.wording import SOURCE_LANGUAGE, wording

WORDS = wording(SOURCE_LANGUAGE)


@dataclass(frozen=True)
class Opened:
    """What a command works on."""

    settings: Settings
    store: Store

    @property
    def vault(self) -> Vault:
        return Vault(contact_keys(self.settings))

    def account(self, name: str) -> Kept:
        """The account of this name, also a closed one. Ends the command where there is none."""
        kept = self.store.accounts.kept(name.strip())
        if kept is None:
            click.echo(WORDS("user.unknown", name=name), err=True)
            sys.exit(2)
        return kept

    def password(self, name: str, territory: str | None, from_stdin: bool) -> str:
        """A new password, asked for and hashed. Raises BadParameter where it will not do."""
        given = asked_password(name, territory, from_stdin, self.settings.leaked_passwords)
        return Passwords().hashed(given)

    def say_way_in(self) -> None:
        """Where one signs in."""
        click.echo(WORDS("user.way_in", address=f"{self.settings.public_url}/connexion"))


@contextmanager
def opened() -> Iterator[Opened]:
    """The database, with its errors in words."""
    with telling():
        settings = load_settings()
        with Store.open(settings.database_url) as store:
            yield Opened(settings, store)


@click.group("user")
def user() -> None:
    """Les comptes de celles et ceux qui se connectent : coordination, administration, lecture nationale."""


@user.command("add")
@click.argument("name", metavar="NOM")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Ce que ce compte peut faire.")
@click.option("--territory", metavar="ID", default=None, help="Son territoire ; aucun pour la lecture nationale.")
@click.option("--totp", is_flag=True, help="Avec un code sur le téléphone, en plus du mot de passe.")
@click.option("--oidc", is_flag=True, help="Sans mot de passe : par le fournisseur d'identité (AIGUILLAGE_OIDC_…).")
@TYPED
def user_add(name: str, role: str, territory: str | None, totp: bool, oidc: bool, password_stdin: bool) -> None:
    """Créer un compte. Le nom est une adresse électronique, ou un mot de 3 à 254 caractères sans espace."""
    name = name.strip().lower()
    if not NAME.fullmatch(name):
        raise click.BadParameter(WORDS("team.refused.name"), param_hint="NOM")
    if oidc and (totp or password_stdin):
        raise click.UsageError(WORDS("user.oidc_alone"))
    with opened() as at:
        place = _place(at.settings, role, territory)
        if at.store.accounts.kept(name) is not None:
            raise click.BadParameter(WORDS("user.known", name=name), param_hint="NOM")
        more = {} if oidc else {"password": at.password(name, place, password_stdin)}
        secret, columns = new_totp(at.vault) if totp else (None, {})
        first = not at.store.accounts.all()
        try:
            with at.store.accounts.changing(None) as changes:
                changes.add(name, role, place, **more, **columns)
        except KnownAccountError:
            raise click.BadParameter(WORDS("user.known", name=name), param_hint="NOM") from None
        click.echo(WORDS("user.added", name=name, role=WORDS(f"desk.role.{role}")))
        if secret is not None:
            secret.show(name)
        elif not oidc and at.settings.second_factor == REQUIRED:
            click.echo(WORDS("user.code_first"))
        if oidc:
            click.echo(WORDS("user.by_provider" if at.settings.oidc_issuer else "user.no_provider", name=name))
        if first:
            click.echo(WORDS("user.first"))
        at.say_way_in()


@user.command("list")
def user_list() -> None:
    """Les comptes, les ouverts d'abord."""
    with opened() as at:
        found = at.store.accounts.all()
        if not found:
            click.echo(WORDS("user.none"), err=True)
            return
        head = ("name", "role", "territory", "way", "sessions", "state")
        rows = [_row(one, len(at.store.accounts.sessions(one.account.id))) for one in found]
        print_table(tuple(WORDS(f"user.column.{one}") for one in head), rows)


@user.command("close")
@click.argument("name", metavar="NOM")
def user_close(name: str) -> None:
    """Fermer un compte et ses sessions. Rien n'est effacé : « user reopen » le rouvre."""
    with opened() as at:
        kept = at.account(name)
        if kept.closed_at is not None:
            click.echo(WORDS("user.closed_before", name=kept.account.name))
            return
        with at.store.accounts.changing(None) as changes:
            changes.close(kept.account.id)
        click.echo(WORDS("user.closed", name=kept.account.name))


@user.command("reopen")
@click.argument("name", metavar="NOM")
def user_reopen(name: str) -> None:
    """Rouvrir un compte fermé."""
    with opened() as at:
        kept = at.account(name)
        with at.store.accounts.changing(None) as changes:
            changes.reopen(kept.account.id)
        click.echo(WORDS("user.reopened", name=kept.account.name))


@user.command("password")
@click.argument("name", metavar="NOM")
@TYPED
def user_password(name: str, password_stdin: bool) -> None:
    """Donner un autre mot de passe ; les sessions ouvertes se ferment."""
    with opened() as at:
        kept = at.account(name)
        hashed = at.password(kept.account.name, kept.account.territory, password_stdin)
        with at.store.accounts.changing(None) as changes:
            changes.set_password(kept.account.id, hashed)
        click.echo(WORDS("user.password", name=kept.account.name))


@user.command("totp")
@click.argument("name", metavar="NOM")
@click.option("--off", is_flag=True, help="Le retirer, par exemple quand le téléphone est perdu.")
def user_totp(name: str, off: bool) -> None:
    """Demander un code en plus du mot de passe : montre le carré à photographier. Un code d'avant ne vaut plus."""
    with opened() as at:
        kept = at.account(name)
        with at.store.accounts.changing(None) as changes:
            if off:
                changes.remove_totp(kept.account.id)
                changes.end_sessions(kept.account.id)
            else:
                secret, columns = new_totp(at.vault)
                changes.set_totp(kept.account.id, columns)
        if off:
            said = "user.totp_again" if at.settings.second_factor == REQUIRED else "user.totp_off"
            click.echo(WORDS(said, name=kept.account.name))
        else:
            secret.show(kept.account.name)


@user.command("sessions")
@click.argument("name", metavar="NOM")
@click.option("--end", is_flag=True, help="Les fermer toutes.")
def user_sessions(name: str, end: bool) -> None:
    """Les sessions ouvertes d'un compte."""
    with opened() as at:
        kept = at.account(name)
        if end:
            with at.store.accounts.changing(None) as changes:
                ended = changes.end_sessions(kept.account.id)
            click.echo(WORDS("user.sessions_ended", n=ended, name=kept.account.name))
            return
        found = at.store.accounts.sessions(kept.account.id)
        if not found:
            click.echo(WORDS("user.no_session", name=kept.account.name), err=True)
            return
        written = moments(SOURCE_LANGUAGE)
        head = (WORDS("account.sessions.since"), WORDS("account.sessions.seen"))
        print_table(head, [(written(one.made_at), written(one.seen_at)) for one in found])


def _place(settings: Settings, role: str, territory: str | None) -> str | None:
    """The territory of a role. Raises BadParameter."""
    if role == NATIONAL:
        if territory is not None:
            raise click.BadParameter(WORDS("user.national"), param_hint="--territory")
        return None
    known = territory_files(settings)
    place = territory or settings.territory
    if place is None:
        raise click.BadParameter(WORDS("user.territory_needed", role=role), param_hint="--territory")
    if place not in known:
        listed = ", ".join(sorted(known)) or WORDS("problem.no_territory")
        told = WORDS("user.no_territory", territory=place, known=listed, folder=str(settings.territories))
        raise click.BadParameter(told, param_hint="--territory")
    return place


def _row(kept: Kept, sessions: int) -> tuple[str, ...]:
    ways = [("password", kept.password), ("code", kept.totp), ("provider", kept.subject)]
    way = " + ".join(WORDS(f"team.how.{name}") for name, there in ways if there) or WORDS("team.how.never")
    account, state = kept.account, "closed" if kept.closed_at else "open"
    role = WORDS(f"desk.role.{account.role}")
    return account.name, role, account.territory or "—", way, str(sessions), WORDS(f"user.state.{state}")
