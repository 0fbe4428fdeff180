"""One decision request of the contract -> its answer, the same for the HTTP route and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.rulesets import Rulesets
from api.settings import Settings
from api.storage.store import Store
from api.territories import Territories, territory_files
from bot.messages import Text
from bot.plain_json import plain_json
from bot.rendering import error_json, finding_json, finding_text
from bot.wording import SOURCE_LANGUAGE, Wording, languages, nearest_language, wording
from rules.compile import CompiledRuleset
from rules.engine import examine
from rules.errors import SituationError, nearest
from rules.model import Finding, Territory
from rules.situation import parse

KEYS = ("situation", "territory", "lang", "final")
PLAIN = frozenset(KEYS)


class RequestError(ValueError):
    """A request that cannot be decided: a problem's errors, each with fact, value, detail and hint."""

    def __init__(self, errors: list[dict[str, object]], title: str) -> None:
        self.errors, self.title = errors, title
        super().__init__("; ".join(f"{e['fact']} = {e['value']!r}: {e['detail']} {e['hint']}" for e in errors))


@dataclass(frozen=True)
class Decider:
    """Decides requests under one ruleset. ``default_territory``: whose settings hold when a request names none."""

    compiled: CompiledRuleset
    territories: Mapping[str, Territory]
    default_territory: str | None = None

    def territory(self, name: str | None) -> Territory | None:
        return self.territories.get(name) if name else None

    def decide(self, request: object, today: date) -> dict[str, object]:
        """The contract's answer. Raises RequestError; nothing is changed by a refused request."""
        finding, words = self.find(request, today)
        return finding_json(finding, self.compiled.ruleset, words)

    def answer(self, request: object, today: date) -> str:
        """The same as JSON text."""
        finding, words = self.find(request, today)
        return finding_text(finding, self.compiled.ruleset, words)

    def answer_text(self, request: str, today: date) -> str:
        """A request as JSON text to its answer as JSON text. Raises RequestError, also where it is no JSON."""
        try:
            asked = plain_json(request)
        except ValueError as error:
            detail = wording(SOURCE_LANGUAGE)("problem.not_json", detail=str(error)[:120])
            raise RequestError([{"fact": "request", "value": None, "detail": detail, "hint": ""}], detail) from None
        return self.answer(asked, today)

    def find(self, request: object, today: date) -> tuple[Finding, Wording]:
        """The Finding, and the words to tell it in. Raises RequestError."""
        words = wording(self._language(request))
        if not isinstance(request, dict):
            raise _refused(words, "request", request, Text("problem.wrong_type", _form("request", "{…}")))
        if not self._is_plain(request):
            self._check(request, words)
        name = request.get("territory") or self.default_territory
        try:
            situation = parse(self.compiled.ruleset.vocabulary, request.get("situation") or {}, today)
        except SituationError as error:
            raise RequestError([error_json(e, words) for e in error.errors], words("problem.title")) from None
        final = bool(request.get("final"))
        return examine(self.compiled, situation, self.territory(name), final=final), words

    def _is_plain(self, request: dict[str, object]) -> bool:
        """Whether the request surely has nothing that `_check` would refuse: most have not, and this is quick."""
        lang, territory = request.get("lang"), request.get("territory")
        return (
            request.keys() <= PLAIN
            and isinstance(request.get("situation"), dict)
            and isinstance(request.get("final"), bool | None)
            and (lang is None or lang in languages())
            and (territory is None or (isinstance(territory, str) and territory in self.territories))
        )

    def _language(self, request: object) -> str:
        wanted = request.get("lang") if isinstance(request, dict) else None
        if isinstance(wanted, str) and wanted in languages():
            return wanted
        return nearest_language(wanted if isinstance(wanted, str) else None)

    def _check(self, request: Mapping[str, object], words: Wording) -> None:
        for key in request:
            if key not in KEYS:
                near = nearest(str(key), KEYS)
                error = Text("problem.unknown_key", {"key": str(key)[:80]})
                raise _refused(words, str(key)[:80], request[key], error, near)
        expected = {"situation": Mapping, "territory": str, "lang": str, "final": bool}
        shown = {"situation": "{…}", "territory": "\u2026", "lang": ", ".join(languages()), "final": "true, false"}
        for key, kind in expected.items():
            value = request.get(key)
            if value is not None and not isinstance(value, kind):
                raise _refused(words, key, value, Text("problem.wrong_type", _form(key, shown[key])))
        lang = request.get("lang")
        if isinstance(lang, str) and lang.split("-")[0] not in languages():
            raise _refused(words, "lang", lang, Text("problem.wrong_type", _form("lang", shown["lang"])))
        name = request.get("territory")
        if isinstance(name, str) and name and name not in self.territories:
            known = ", ".join(sorted(self.territories)) or words("problem.no_territory")
            params = {"territory": name[:80], "known": known}
            raise _refused(words, "territory", name, Text("problem.unknown_territory", params))


def open_decider(settings: Settings) -> Decider:
    """The rules in force and the territories' settings, as a server on the same database would decide.

    Raises RulesetError or StorageError.
    """
    files = territory_files(settings)
    with Store.open(settings.database_url) as store:
        return Decider(Rulesets.open(store).current, dict(Territories(files, store)), settings.territory)


def _form(key: str, expected: str) -> dict[str, object]:
    return {"key": key, "expected": expected}


def _refused(words: Wording, key: str, value: object, detail: Text, hint: str = "") -> RequestError:
    shown = value if isinstance(value, str | int | float | bool | None) else type(value).__name__
    error = {"fact": key, "value": shown, "detail": words.say(detail), "hint": hint}
    return RequestError([error], words("problem.title"))
