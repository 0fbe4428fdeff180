"""The published Bot API as data (`bot_api.json`): is this request, or this object, one it knows?

`bot_api.json` holds, for each method and type, its `required` and `optional` fields with the types each may
take, and what a method `returns`; a union holds its `subtypes`.
"""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ARRAY = "Array of "
PRIMITIVES = {"Integer": (int,), "Float": (int, float), "String": (str,), "Boolean": (bool,)}
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class Violation(ValueError):
    """What was sent is not what the Bot API describes; its words name the path of each fault."""


@dataclass(frozen=True)
class Upload:
    """A file that arrived with a request: the `InputFile` of the Bot API."""

    name: str
    mime_type: str
    data: bytes


class Schema:
    """Judges requests and objects against one version of the Bot API."""

    def __init__(self, document: Mapping) -> None:
        self.version = document["version"]
        self.release_date = document["release_date"]
        self._methods = document["methods"]
        self._types = document["types"]
        self._spelling = {name.lower(): name for name in self._methods}

    def method(self, name: str) -> str | None:
        """The published spelling of a method (Telegram ignores case), None if there is no such method."""
        return self._spelling.get(name.lower())

    def request(self, method: str, raw: Mapping[str, object]) -> dict[str, object]:
        """The typed parameters of a call, from `raw` where a form leaves text; raises Violation."""
        described = self._methods[method]
        known = described["required"] | described["optional"]
        params = {name: _typed(known.get(name, []), value) for name, value in raw.items()}
        _raise(self._field_faults(described, params, method))
        return params

    def answer(self, method: str, result: object) -> None:
        """Raises Violation unless `result` is what `method` returns."""
        _raise(self.faults(self._methods[method]["returns"], result, f"{method} (answer)"))

    def update(self, update: Mapping[str, object]) -> None:
        """Raises Violation unless `update` is one a bot may receive."""
        _raise(self.faults(["Update"], update, "Update"))

    def faults(self, kinds: list[str], value: object, path: str) -> list[str]:
        """What keeps `value` from being any one of `kinds`: [] if nothing, else the faults of the nearest."""
        fitting = [kind for kind in self._concrete(kinds) if _shaped(kind, value)]
        if not fitting:
            return [f"{path}: expected {' or '.join(kinds)}, got {_glimpse(value)}"]
        return min((self._kind_faults(kind, value, path) for kind in fitting), key=len)

    def _concrete(self, kinds: list[str]) -> list[str]:
        subtypes = {kind: self._types.get(kind, {}).get("subtypes") for kind in kinds}
        return [name for kind in kinds for name in (subtypes[kind] or [kind])]

    def _kind_faults(self, kind: str, value: object, path: str) -> list[str]:
        if kind.startswith(ARRAY):
            items = [kind.removeprefix(ARRAY)]
            return [fault for i, item in enumerate(value) for fault in self.faults(items, item, f"{path}[{i}]")]
        if isinstance(value, dict):
            return self._field_faults(self._types[kind], value, path)
        return []

    def _field_faults(self, described: Mapping, value: Mapping[str, object], path: str) -> list[str]:
        known = described["required"] | described["optional"]
        missing = [f"{path} › {name}: missing" for name in described["required"] if name not in value]
        unknown = [f"{path} › {name}: unknown{_suggestion(name, known)}" for name in value if name not in known]
        wrong = [
            fault
            for name, item in value.items()
            if name in known
            for fault in self.faults(known[name], item, f"{path} › {name}")
        ]
        return missing + unknown + wrong


@cache
def bot_api() -> Schema:
    """The Bot API of the file beside this one."""
    return Schema(json.loads(Path(__file__).with_name("bot_api.json").read_text(encoding="utf-8")))


def _raise(faults: list[str]) -> None:
    if faults:
        raise Violation("; ".join(faults))


def _shaped(kind: str, value: object) -> bool:
    if kind in PRIMITIVES:
        return isinstance(value, PRIMITIVES[kind]) and (kind == "Boolean" or not isinstance(value, bool))
    if kind.startswith(ARRAY):
        return isinstance(value, list)
    return isinstance(value, Upload if kind == "InputFile" else dict)


def _typed(kinds: list[str], value: object) -> object:
    """A form carries text only: read it as the number, boolean or JSON its field asks for."""
    if not isinstance(value, str):
        return value
    if "Integer" in kinds and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    if "Float" in kinds and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return float(value)
    if "Boolean" in kinds and value.lower() in BOOLEANS:
        return BOOLEANS[value.lower()]
    if all(kind in PRIMITIVES or kind == "InputFile" for kind in kinds):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _suggestion(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _glimpse(value: object) -> str:
    shown = repr(value)
    return f"{type(value).__name__} {shown if len(shown) <= 40 else shown[:40] + '…'}"
