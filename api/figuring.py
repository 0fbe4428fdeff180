"""One request for the figures of the contract -> its answer, the same for the HTTP route and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from api.deciding import RequestError
from bot.figures.figures import Period, error_json, period_json
from bot.wording import Wording, languages, nearest_language, wording
from rules.errors import FactError, nearest
from rules.figures.counts import NUMBERS, Counts, CountsError, parse_counts
from rules.figures.households import COLUMNS, FIRST_YEAR, LAST_YEAR, Household, HouseholdError, parse_household
from rules.figures.tally import Tally
from rules.model import Convention, Territory

EXPECTED = {"counts": "{…}", "households": "[{…}]", "territory": "…", "lang": "fr", "year": "2026"}
MOST_ERRORS = 20


@dataclass(frozen=True)
class Figures:
    """Answers requests. ``default_territory``: whose option holds when a request names none."""

    territories: Mapping[str, Territory]
    default_territory: str | None = None

    def answer(self, request: object, today: date) -> dict[str, object]:
        """``counts`` or ``households`` -> ``{"periods": […]}``. Raises RequestError with every error found."""
        words = wording(_language(request))
        if not isinstance(request, Mapping):
            raise refused([FactError("wrong_type", "request", request, {"expected": "{…}"})], words)
        if errors := [e for key, value in request.items() if (e := self._wrong(str(key), value))]:
            raise refused(errors, words)
        counts, rows = request.get("counts"), request.get("households")
        territory, year = request.get("territory"), request.get("year")
        if rows is not None:
            decided = self.decided(counts or {}, words)
            households = enumerate(_households(rows, today, words), 1)
            return self.of_households(households, decided, territory, year, words)
        if not counts:
            raise refused([FactError("nothing_given", "counts", None)], words)
        period = Period("given", _counts(counts, words), year)
        return {"periods": [period_json(self._with_option(period, territory, words), words)]}

    def decided(self, counts: object, words: Wording) -> Counts:
        """What goes with a table: the option and the target. Raises RequestError for a count, which the table gives."""
        given = _counts(counts, words)
        if counted := [name for name in NUMBERS if given.number(name) is not None]:
            raise refused([FactError("counted_twice", counted[0], given.number(counted[0]))], words)
        return given

    def of_households(
        self,
        households: Iterable[tuple[int, Household]],
        decided: Counts,
        territory: str | None,
        year: int | None,
        words: Wording,
    ) -> dict[str, object]:
        """The figures of a table, each household with its line: of the year when one is given, and of all lines."""
        tallies = [Tally(wanted) for wanted in ([year, None] if year else [None])]
        for line, household in households:
            for tally in tallies:
                tally.add(household, line)
        if not tallies[-1].households:
            raise refused([FactError("no_household", "households", None)], words)
        periods = (self._with_option(_period(tally, decided), territory, words) for tally in tallies)
        return {"periods": [period_json(period, words) for period in periods]}

    def check_territory(self, name: str | None, words: Wording) -> None:
        """Raises RequestError for a territory without settings."""
        if name and (error := self._wrong("territory", name)):
            raise refused([error], words)

    def _with_option(self, period: Period, name: str | None, words: Wording) -> Period:
        """The period under what its territory decided of the N+1 option; for a year before that, nothing is known."""
        territory = self.territories.get(name or self.default_territory or "")
        option: Convention | None = territory.options.get("option_n1") if territory else None
        if option is None:
            return period
        said = period.counts.option_n1
        if period.year is not None and option.decided_on.year > period.year:
            return period if said is not None else replace(period, option=option)
        if said is not None and said is not option.value:
            hint = {"territory": territory.id if territory else "", "on": option.decided_on.isoformat()}
            raise refused([FactError("option_conflict", "option_n1", said, hint)], words)
        return replace(period, counts=replace(period.counts, option_n1=bool(option.value)), option=option)

    def _wrong(self, key: str, value: object) -> FactError | None:
        if key not in EXPECTED:
            hint = {"nearest": nearest(key, tuple(EXPECTED)), "allowed": ", ".join(EXPECTED)}
            return FactError("unknown_key", key[:80], value, hint)
        kind = {"counts": Mapping, "households": list, "year": int}.get(key, str)
        good = value is None or (isinstance(value, kind) and not isinstance(value, bool))
        if good and key == "year" and isinstance(value, int):
            good = FIRST_YEAR <= value <= LAST_YEAR
        if good and key == "lang" and isinstance(value, str):
            good = value.split("-")[0] in languages()
        if not good:
            expected = ", ".join(languages()) if key == "lang" else EXPECTED[key]
            return FactError("wrong_type", key, value, {"expected": expected})
        if key == "territory" and value and value not in self.territories:
            return FactError("unknown_territory", key, value, {"allowed": ", ".join(sorted(self.territories)) or "—"})
        return None


def refused(errors: Iterable[FactError], words: Wording) -> RequestError:
    """The refusal of a request, in words."""
    return RequestError([error_json(error, words) for error in errors], words("problem.title"))


def _counts(raw: object, words: Wording) -> Counts:
    try:
        return parse_counts(raw)
    except CountsError as error:
        raise refused(error.errors, words) from None


def _period(tally: Tally, decided: Counts) -> Period:
    counts = replace(tally.counts(), option_n1=decided.option_n1, target=decided.target)
    kind = "all" if tally.year is None else "year"
    return Period(kind, counts, tally.year, blanks=tally.blanks(), anniversaries=tally.anniversaries)


def _language(request: object) -> str:
    wanted = request.get("lang") if isinstance(request, Mapping) else None
    return nearest_language(wanted if isinstance(wanted, str) else None)


def _households(rows: list[object], today: date, words: Wording) -> list[Household]:
    """The households of a request: objects of text by column. Raises RequestError for all that is wrong in them."""
    found: list[Household] = []
    errors: list[dict[str, object]] = []
    for line, row in enumerate(rows, 1):
        try:
            found.append(parse_household(_cells(row), today))
        except HouseholdError as error:
            errors += [{"line": line, **error_json(one, words)} for one in error.errors]
        if len(errors) >= MOST_ERRORS:
            break
    if errors:
        raise RequestError(errors, words("problem.title"))
    return found


def _cells(row: object) -> dict[str, str]:
    """One object as cells. Raises HouseholdError for what is no text, and for a column that is not one."""
    if not isinstance(row, Mapping):
        raise HouseholdError((FactError("wrong_type", "households", row, {"expected": "[{…}]"}),))
    hint = {"allowed": ", ".join(COLUMNS)}
    unknown = [FactError("unknown_column", str(n)[:80], v, hint) for n, v in row.items() if n not in COLUMNS]
    wrong = [
        FactError("wrong_type", n, v, {"expected": '"…"'})
        for n, v in row.items()
        if n in COLUMNS and v is not None and not isinstance(v, str)
    ]
    if unknown or wrong:
        raise HouseholdError((*unknown, *wrong))
    return {name: value for name, value in row.items() if isinstance(value, str)}
