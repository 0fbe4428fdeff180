"""YAML -> Ruleset. The only file reading of this room; everything is checked here, nothing later.

Raises RulesetError (file, path in it, problem, hint) and never gives half a ruleset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

import yaml

from rules.condition_syntax import ConditionReader
from rules.errors import RulesetError, did_you_mean
from rules.load_parts import (
    check_keys,
    read_contradiction,
    read_delays,
    read_mission,
    read_questions,
    read_statements,
    read_traits,
    read_vocabulary,
)
from rules.model import Contradiction, Convention, Example, Mission, Note, Rule, Ruleset, RulesetId, Territory

SLIME_PLUS = Path(__file__).parent / "data" / "slime-plus"
FACTS, TERMS, STATEMENTS = "facts.yaml", "terms.yaml", "statements.yaml"
CONTRADICTIONS, QUESTIONS = "contradictions.yaml", "questions.yaml"
COMMON = (FACTS, TERMS, STATEMENTS, CONTRADICTIONS, QUESTIONS)
MISSIONS = "missions/"


def load_ruleset(folder: Path = SLIME_PLUS) -> Ruleset:
    """The ruleset in a folder."""
    return ruleset_of(read_files(folder))


def read_files(folder: Path) -> dict[str, str]:
    """The text of each file of the ruleset in a folder, by name; of a mission, ``missions/<id>.yaml``."""
    common = {name: _text(folder, name) for name in COMMON}
    missions = sorted(f"{MISSIONS}{found.name}" for found in (folder / MISSIONS).glob("*.yaml"))
    return common | {name: _text(folder, name) for name in missions}


def ruleset_of(texts: Mapping[str, str], version: str | None = None) -> Ruleset:
    """The ruleset that these files make, as `read_files` gives them.

    Its version is the hash of what the files say, whatever their layout. Raises RulesetError also when it is not
    the ``version`` that was expected.
    """
    files = {name: _mapping(name, _given(texts, name)) for name in COMMON}
    missions = {name: _mapping(name, texts[name]) for name in _mission_names(texts)}
    found = hashlib.sha256(_canonical([*files.values(), *missions.values()]).encode()).hexdigest()[:16]
    if version not in (None, found):
        raise RulesetError(f"version {version}", "content", f"it makes version {found}", "it was changed since")
    facts = files[FACTS]
    check_keys(FACTS, "", facts, set(facts), required={"name"})
    vocabulary = read_vocabulary(FACTS, facts)
    delays, zones, between = read_delays(FACTS, facts)
    traits = read_traits(FACTS, facts, vocabulary, [z.id for z in delays.zones], zones)
    reader = ConditionReader(TERMS, traits, files[TERMS])
    for name in files[TERMS]:
        reader.term(str(name), TERMS, str(name))
    statements = read_statements(STATEMENTS, files[STATEMENTS])
    contradictions: list[Contradiction] = []
    for name, raw in files[CONTRADICTIONS].items():
        contradictions.append(read_contradiction(CONTRADICTIONS, str(name), raw, reader, vocabulary, statements))
    read = [read_mission(file, raw, reader, statements) for file, raw in missions.items()]
    defined: dict[str, Mission] = {}
    rules: list[Rule] = []
    notes: list[Note] = []
    examples: list[Example] = []
    for mission, its_rules, its_notes, its_examples in read:
        defined[mission.id] = mission
        rules += its_rules
        notes += its_notes
        examples += its_examples
    _check_missions(defined, rules)
    return Ruleset(
        id=RulesetId(str(facts["name"]), found),
        vocabulary=vocabulary,
        traits=traits,
        delays=delays,
        convention_zones=zones,
        convention_between=between,
        statements=statements,
        terms=MappingProxyType(reader.terms),
        missions=MappingProxyType(defined),
        rules=tuple(rules),
        contradictions=tuple(contradictions),
        notes=tuple(notes),
        questions=read_questions(QUESTIONS, files[QUESTIONS], vocabulary),
        examples=tuple(examples),
    )


def _given(texts: Mapping[str, str], name: str) -> str:
    if name not in texts:
        raise RulesetError(name, "", "the file is missing")
    return texts[name]


def _mission_names(texts: Mapping[str, str]) -> list[str]:
    found = sorted(name for name in texts if name.startswith(MISSIONS))
    if not found:
        raise RulesetError(MISSIONS, "*.yaml", "no mission file", "add one file a mission")
    return found


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RulesetError(name, "", "the file is missing", f"looked in {folder}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RulesetError(name, "", f"not readable: {error}", "save it as UTF-8 text") from None


def _mapping(name: str, text: str) -> dict[str, object]:
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader that refuses repeated keys)
    except yaml.YAMLError as error:
        raise RulesetError(name, "", f"not readable as YAML: {error}") from None
    if not isinstance(raw, dict):
        raise RulesetError(name, "", "the file holds no mapping", "begin with 'key: value' lines")
    return raw


class _Loader(yaml.CSafeLoader):
    """Safe YAML in which a key written twice is an error, not a silent loss."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            where = f"line {key_node.start_mark.line + 1}"
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, f"{key} cannot be a key ({where})")
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' is written twice ({where})")
            seen.add(key)
        return super().construct_mapping(node, deep)


def _canonical(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_canonical(k)}:{_canonical(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(v) for v in value) + "]"
    return repr(value)


def _check_missions(found: Mapping[str, Mission], rules: list[Rule]) -> None:
    seen: dict[str, str] = {}
    for rule in rules:
        for mission in (*rule.missions, *rule.candidates):
            if mission not in found:
                hint = did_you_mean(mission, list(found))
                raise RulesetError(rule.origin, rule.id, f"unknown mission '{mission}'", hint)
        if rule.id in seen:
            raise RulesetError(rule.origin, rule.id, f"a rule of this name is in {seen[rule.id]}", "rename one")
        seen[rule.id] = rule.origin


def load_territory(file: Path) -> Territory:
    """A territory's dated settings. Raises RulesetError when a value is not the text's to give or has no author."""
    raw = _mapping(file.name, _text(file.parent, file.name))
    check_keys(file.name, "", raw, {"id", "name", "options", "pause_months"}, required={"id", "name"})
    options = raw.get("options") or {}
    if not isinstance(options, Mapping):
        raise RulesetError(file.name, "options", f"a mapping of options, not {options!r}")
    decided = {}
    for fact, value in options.items():
        if fact not in ("option_n1", "option_evaluation"):
            hint = "a territory decides option_n1 and option_evaluation"
            raise RulesetError(file.name, f"options › {fact}", "not an option of the programme", hint)
        decided[str(fact)] = _convention(file.name, f"options › {fact}", value, bool)
    pause = raw.get("pause_months")
    months = None if pause is None else _convention(file.name, "pause_months", pause, int)
    if months is not None and not 1 < int(str(months.value)) <= 12:
        problem = f"{months.value} is not « quelques mois »"
        hint = "the plural is more than 1 month (statement 22); the text's own mark is 12 (statement 14)"
        raise RulesetError(file.name, "pause_months › value", problem, hint)
    return Territory(str(raw["id"]), str(raw["name"]), MappingProxyType(decided), months)


def _convention(file: str, path: str, raw: object, kind: type) -> Convention:
    keys = {"value", "decided_by", "decided_on"}
    if not isinstance(raw, Mapping):
        raise RulesetError(file, path, f"a value with who decided and when, not {raw!r}", f"give {sorted(keys)}")
    check_keys(file, path, raw, keys, required=keys)
    value, day = raw["value"], raw["decided_on"]
    if type(value) is not kind:
        raise RulesetError(file, f"{path} › value", f"{value!r} is not a {kind.__name__}")
    if not isinstance(day, date):
        raise RulesetError(file, f"{path} › decided_on", f"{day!r} is not a date", "write it as 2026-11-23")
    return Convention(value, str(raw["decided_by"]), day)
