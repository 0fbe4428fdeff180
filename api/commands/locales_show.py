"""aiguillage locales show"""

from __future__ import annotations

import sys
from itertools import zip_longest
from pathlib import Path

import click

from api.commands.common import print_table, telling
from api.commands.household_words import chosen_template, french_in, in_folder, known, slot_lines
from api.settings import load_settings
from api.territories import read_territories
from bot.followup.catalog import own_name, read_catalog
from bot.followup.departure import may_leave
from bot.followup.message import Message, render
from bot.followup.slots import SlotError
from bot.followup.templates import Template
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, Wording, wording
from rules.model import Territory


@click.command("show")
@click.argument("template")
@click.option("--lang", default="en", help="Langue de la traduction.")
@click.option("--slot", "given", multiple=True, metavar="NOM=VALEUR", help="Une valeur, à la place de l'exemple.")
@click.option("--territory", default=None, help="Territoire dont les décisions disent ce qui peut partir.")
@in_folder
def locales_show(template: str, lang: str, given: tuple[str, ...], territory: str | None, folder: Path) -> None:
    """Voir un message avec des valeurs d'exemple, en français et dans une langue, et s'il peut partir."""
    words = wording(SOURCE_LANGUAGE)
    chosen = chosen_template(template)
    with telling():
        code, there = known(lang, folder), _territory(territory, words)
        catalog, source = read_catalog(code, folder), french_in(folder)
        slots = {name: slot.example for name, slot in chosen.slots.items()} | dict(_slot(one, words) for one in given)
        try:
            french = render(chosen, slots, SOURCE_LANGUAGE, source)
        except SlotError as error:
            for line in slot_lines(error, words):
                click.echo(line, err=True)
            sys.exit(2)
        departure = may_leave(chosen, code, there, values=french.values, words=catalog, french=source)
        state = words(f"followup.show.state.{departure.state}")
        click.echo(words("followup.show.state", template=chosen.id, number=chosen.number, language=code, state=state))
        _show(chosen, french, render(chosen, slots, code, catalog), words)
        click.echo(
            words(f"followup.leaves.{departure.how}", **({"reason": departure.reason} if departure.reason else {}))
        )


def _show(template: Template, french: Message, translated: Message, words: Wording) -> None:
    rows = list(zip_longest(french.text.split("\n"), translated.text.split("\n"), fillvalue=""))
    both = zip(french.buttons, translated.buttons, strict=True)
    if french.buttons:
        rows += [("", ""), *((f"[{ours.text}]", f"[{theirs.text}]") for ours, theirs in both)]
    print_table((own_name(french.language), own_name(translated.language)), [tuple(map(_plain, row)) for row in rows])
    if translated.in_french:
        names = ", ".join(words(f"followup.name.{name}") for name in translated.in_french)
        click.echo(words("followup.show.in_french", slots=names))
    if words.has(f"followup.note.{template.id}"):
        click.echo(words("followup.show.note", note=Text(f"followup.note.{template.id}")))


def _plain(cell: str) -> str:
    """A cell whose brackets are no markup."""
    return cell.replace("[", r"\[")


def _slot(given: str, words: Wording) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals:
        raise click.BadParameter(words("followup.slot_syntax", given=given), param_hint="--slot")
    return name.strip(), value.strip()


def _territory(name: str | None, words: Wording) -> Territory | None:
    settings = load_settings()
    there = read_territories(settings.territories)
    wanted = name or settings.territory
    if wanted and wanted not in there:
        listed = ", ".join(sorted(there)) or words("problem.no_territory")
        refusal = words("followup.unknown_territory", territory=wanted, known=listed)
        raise click.BadParameter(refusal, param_hint="--territory")
    return there.get(wanted) if wanted else None
