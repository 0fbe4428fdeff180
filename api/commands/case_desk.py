"""What the commands about cases share: the planning on the database of the settings, and refusals in words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import click

from api.commands.common import telling
from api.households.desk import Desk
from api.households.planning import Planning
from api.households.proposals import NotDueError
from api.jobs.adding import DurableJobs, prepare_tables
from api.rulesets import Rulesets
from api.settings import contact_keys, load_settings
from api.slot_faults import slot_lines
from api.storage.dues import UnknownDueError
from api.storage.households import ErasedCaseError, Households, UnknownCaseError
from api.storage.store import Store
from api.storage.vault import SealError, Vault
from api.territories import territory_files
from bot.followup.content import HeldError
from bot.followup.planning_values import planning_values
from bot.followup.slots import SlotError
from bot.followup.timeline import EpisodeError
from bot.wording import SOURCE_LANGUAGE, wording

DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@contextmanager
def opened_planning() -> Iterator[Planning]:
    """The planning of the settings' database. What is refused ends the command in words, with status 2."""
    with telling(), refusing():
        settings = load_settings()
        there = territory_files(settings)
        with Store.open(settings.database_url) as store:
            prepare_tables(store.engine.url)
            delays = Rulesets.open(store).current.ruleset.delays

            desk = Desk(store, Vault(contact_keys(settings)), DurableJobs(store.engine), there.get)
            yield Planning(desk, delays, there.get)


@contextmanager
def opened_case(reference: str) -> Iterator[tuple[Planning, Households, str]]:
    """The planning, and one transaction on a case that is there; its reference as it is kept."""
    with opened_planning() as planning, planning.desk.store.households(planning.desk.vault) as households:
        yield planning, households, households.case(kept(reference)).reference


@contextmanager
def refusing() -> Iterator[None]:
    """A refusal about a case, in its own words and exit status 2."""
    words = wording(SOURCE_LANGUAGE)
    try:
        yield
    except UnknownCaseError as error:
        _refuse(words("visitor.case.unknown", reference=error.reference))
    except ErasedCaseError:
        _refuse(words("case.plan.erased"))
    except UnknownDueError as error:
        _refuse(words("planning.refused.unknown", id=error.number))
    except (EpisodeError, NotDueError) as error:
        _refuse(words.say(error.said))
    except HeldError as error:
        _refuse(words.say(error.reason))
    except SlotError as error:
        _refuse(*slot_lines(error, words))
    except SealError as error:
        _refuse(str(error))


def kept(reference: str) -> str:
    return reference.strip().upper()


def this_moment() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return this_moment().astimezone(planning_values().timezone).date()


def as_day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def given_slots(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, object]:
    """Values written name=value. Raises BadParameter."""
    slots: dict[str, object] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.BadParameter(wording(SOURCE_LANGUAGE)("followup.slot_syntax", given=one))
        slots[name.strip()] = value.strip()
    return slots


def _refuse(*lines: str) -> None:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(2)
