"""What the `locales` commands share: which language, which folder, faults in words, a catalog written whole."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from api.settings import load_settings
from api.territories import read_territories
from bot.followup.catalog import Catalog, household_languages, po_file, read_catalog
from bot.followup.catalog_text import po_text
from bot.followup.check import Fault
from bot.followup.templates import Template, templates
from bot.wording import LOCALES, SOURCE_LANGUAGE, Wording, wording
from rules.model import Territory

LONGEST_ROLE = 60

in_folder = click.option(
    "--locales",
    "folder",
    default=LOCALES,
    show_default=False,
    type=click.Path(file_okay=False, path_type=Path),
    help="Dossier des catalogues (sinon : celui du programme).",
)


def known(lang: str, folder: Path) -> str:
    """The language as its catalog is named. Raises BadParameter for one without household messages."""
    code, there = lang.replace("_", "-"), household_languages(folder)
    if code not in there:
        refusal = wording(SOURCE_LANGUAGE)("followup.unknown_language", lang=lang, known=", ".join(there))
        raise click.BadParameter(refusal, param_hint="LANG")
    return code


def chosen_template(wanted: str) -> Template:
    """A message by its id or number. Raises BadParameter."""
    try:
        return templates()[wanted]
    except KeyError:
        names = ", ".join(f"{template.number} {template.id}" for template in templates())
        refusal = wording(SOURCE_LANGUAGE)("followup.unknown_template", template=wanted, known=names)
        raise click.BadParameter(refusal, param_hint="TEMPLATE") from None


def chosen_role(_ctx: click.Context, _param: click.Parameter, given: str) -> str:
    """A role, in one line short enough to stay one in a PO file. Raises BadParameter."""
    role = " ".join(given.split())
    if not role or len(role) > LONGEST_ROLE or not role.isprintable():
        raise click.BadParameter(wording(SOURCE_LANGUAGE)("followup.approve.nobody"))
    return role


def french_in(folder: Path) -> Catalog:
    return read_catalog(SOURCE_LANGUAGE, folder)


def save(catalog: Catalog, french: Catalog, folder: Path) -> Path:
    """Write a catalog in its place. Raises BadParameter where that cannot be."""
    file = po_file(catalog.language, folder)
    with contextlib.suppress(OSError):  # writing says it better
        file.parent.mkdir(parents=True, exist_ok=True)
    write(file, po_text(catalog, french, templates()).encode())
    return file


def write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise click.BadParameter(
            wording(SOURCE_LANGUAGE)("followup.not_writable", file=str(file), detail=detail), param_hint="--output"
        ) from None


def fault_line(fault: Fault, words: Wording) -> str:
    said = words(f"followup.fault.{fault.code}", language=fault.language, **fault.params)
    return words("followup.fault", language=fault.language, key=fault.key, fault=said)


def slot_given(given: str, words: Wording) -> tuple[str, str]:
    """A slot and its value out of NOM=VALEUR. Raises BadParameter."""
    name, equals, value = given.partition("=")
    if not equals:
        raise click.BadParameter(words("followup.slot_syntax", given=given), param_hint="--slot")
    return name.strip(), value.strip()


def named_territory(name: str | None, words: Wording) -> Territory | None:
    """The territory of that id, else that of the settings. Raises BadParameter."""
    settings = load_settings()
    there = read_territories(settings.territories)
    wanted = name or settings.territory
    if wanted and wanted not in there:
        listed = ", ".join(sorted(there)) or words("problem.no_territory")
        refusal = words("followup.unknown_territory", territory=wanted, known=listed)
        raise click.BadParameter(refusal, param_hint="--territory")
    return there.get(wanted) if wanted else None
