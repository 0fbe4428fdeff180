"""The command `aiguillage`: what it can do, one file a command in `api/commands/`."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType

import click

COMMANDS = (
    "serve", "ask", "decide", "explain", "figures", "guide", "report", "letter", "log", "settings",
    "cler", "case", "plan", "campaign", "recording", "rules", "review", "locales", "models", "user", "webhook", "key",
    "data", "doctor", "backup", "restore",
)  # fmt: skip
RULES = ("check", "diff", "approve", "test", "emit", "questions", "replay", "publish", "versions", "restore")
REVIEW = ("cases",)
WEBHOOK = ("add", "list", "end", "test")
MODELS = ("list", "install", "remove", "measure", "translate")
LOCALES = ("add", "check", "export", "import", "approve", "invite", "readings", "show")


class OnDemand(click.Group):
    """A group whose commands are imported only when called for, so that each starts fast.

    ``names``: the commands in order; that of name ``x`` is ``<prefix>x`` in `api/commands/<prefix>x.py`.
    """

    def __init__(self, *args: object, names: tuple[str, ...], prefix: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.names, self.prefix = names, prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.names)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.names:
            return None
        if not self.prefix and name in GROUPS:
            return GROUPS[name]
        written = f"{self.prefix}{name}"
        command: click.Command = getattr(_imported(f"api.commands.{written}"), written)
        return command


def _imported(name: str) -> ModuleType:
    """What is imported stays: looking for garbage in it, meanwhile and ever after, takes a fifth of the time."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


@click.group(cls=OnDemand, names=COMMANDS)
@click.version_option(package_name="aiguillage")
def main() -> None:
    """SR, suivi à N+1 ou évaluation ? De quelle mission relève un contact."""


@click.group(cls=OnDemand, names=RULES, prefix="rules_")
def rules() -> None:
    """Les règles : les prouver, les comparer, les essayer, les publier."""


@click.group(cls=OnDemand, names=LOCALES, prefix="locales_")
def locales() -> None:
    """Les messages aux ménages, langue par langue : les traduire, les vérifier, les relire, les voir."""


@click.group(cls=OnDemand, names=MODELS, prefix="models_")
def models() -> None:
    """Traduction, voix et écoute par une machine : installer ce qu’il leur faut, mesurer, essayer un texte."""


@click.group(cls=OnDemand, names=REVIEW, prefix="review_")
def review() -> None:
    """Les verdicts de la coordination : les cas qui en sortent."""


@click.group(cls=OnDemand, names=WEBHOOK, prefix="webhook_")
def webhook() -> None:
    """Dire chaque verdict à un programme : ajouter une adresse, l'essayer, y mettre fin."""


GROUPS = {"rules": rules, "locales": locales, "models": models, "review": review, "webhook": webhook}


if __name__ == "__main__":
    main()
