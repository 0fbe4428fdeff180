"""aiguillage locales show"""

from __future__ import annotations

import sys
from itertools import zip_longest
from pathlib import Path

import click

from api.commands.common import print_table, telling
from api.commands.household_words import (
    chosen_template,
    french_in,
    in_folder,
    known,
    named_territory,
    slot_given,
)
from api.slot_faults import slot_lines
from bot.followup.catalog import own_name, read_catalog
from bot.followup.departure import may_leave
from bot.followup.message import Message, render
from bot.followup.slots import SlotError
from bot.followup.templates import Template
from bot.messages import Text
from bot.wording import SOURCE_LANGUAGE, Wording, wording


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
        code, there = known(lang, folder), named_territory(territory, words)
        catalog, source = read_catalog(code, folder), french_in(folder)
        slots = {name: slot.example for name, slot in chosen.slots.items()}
        slots |= dict(slot_given(one, words) for one in given)
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
