"""YAML -> Ruleset. Everything is checked here, nothing later.

Raises RulesetError (file, path in it, problem, hint) and never gives half a ruleset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from rules.cases import check_case, read_cases
from rules.condition_syntax import ConditionReader
from rules.errors import RulesetError, did_you_mean
from rules.guide.load_guide import GUIDE, read_guide
from rules.load_order import read_order
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
from rules.model import Contradiction, Example, Mission, Note, Question, Rule, Ruleset, RulesetId
from rules.order import QuestionOrder
from rules.traits import Trait
from rules.vocabulary import Vocabulary
from rules.yaml_text import mapping_in, read_text

SLIME_PLUS = Path(__file__).parent / "data" / "slime-plus"
FACTS, TERMS, STATEMENTS = "facts.yaml", "terms.yaml", "statements.yaml"
CONTRADICTIONS, QUESTIONS, ORDER = "contradictions.yaml", "questions.yaml", "order.yaml"
BESIDE = (ORDER, GUIDE)
COMMON = (FACTS, TERMS, STATEMENTS, CONTRADICTIONS, QUESTIONS)
MISSIONS = "missions/"
Raw = Mapping[str, Mapping[str, object]]


def load_ruleset(folder: Path = SLIME_PLUS) -> Ruleset:
    """The ruleset in a folder."""
    return ruleset_of(read_files(folder))


def read_files(folder: Path) -> dict[str, str]:
    """The text of each file of the ruleset in a folder, by name; of a mission, ``missions/<id>.yaml``."""
    missions = sorted(f"{MISSIONS}{found.name}" for found in (folder / MISSIONS).glob("*.yaml"))
    beside = [name for name in BESIDE if (folder / name).exists()]
    return {name: read_text(folder, name) for name in (*COMMON, *missions, *beside)}


def raw_files(folder: Path = SLIME_PLUS) -> dict[str, dict[str, object]]:
    """What each file of a ruleset holds, as it is written."""
    return _raw(read_files(folder))


def ruleset_of(texts: Mapping[str, str], version: str | None = None) -> Ruleset:
    """The ruleset that these files make, as `read_files` gives them.

    Its version is the hash of what the files say, whatever their layout. Raises RulesetError also when it is not
    the ``version`` that was expected.
    """
    found = ruleset_from(_raw(texts))
    if version not in (None, found.id.version):
        problem = f"it makes version {found.id.version}"
        raise RulesetError(f"version {version}", "content", problem, "it was changed since")
    return found


def _raw(texts: Mapping[str, str]) -> dict[str, dict[str, object]]:
    for name in COMMON:
        if name not in texts:
            raise RulesetError(name, "", "the file is missing")
    return {name: mapping_in(name, text) for name, text in texts.items()}


def ruleset_from(raw: Raw) -> Ruleset:
    """The ruleset that the files of `raw_files` say. What stands BESIDE the rules is no part of its version."""
    missions = _mission_files(raw)
    version = hashlib.sha256(_canonical([*(raw[name] for name in COMMON), *missions.values()]).encode()).hexdigest()
    facts = raw[FACTS]
    check_keys(FACTS, "", facts, set(facts), required={"name"})
    vocabulary = read_vocabulary(FACTS, facts)
    delays, zones, between = read_delays(FACTS, facts)
    traits = read_traits(FACTS, facts, vocabulary, [z.id for z in delays.zones], zones)
    reader = ConditionReader(TERMS, traits, raw[TERMS])
    for name in raw[TERMS]:
        reader.term(str(name), TERMS, str(name))
    statements = read_statements(STATEMENTS, raw[STATEMENTS])
    contradictions: list[Contradiction] = []
    for name, said in raw[CONTRADICTIONS].items():
        contradictions.append(read_contradiction(CONTRADICTIONS, str(name), said, reader, vocabulary, statements))
    found: dict[str, Mission] = {}
    rules: list[Rule] = []
    notes: list[Note] = []
    examples: list[Example] = []
    for file, body in missions.items():
        mission, its_rules, its_notes = read_mission(file, body, reader, statements)
        found[mission.id] = mission
        rules += its_rules
        notes += its_notes
        examples += read_cases(file, "examples", body.get("examples"))
    _check_missions(found, rules)
    questions = read_questions(QUESTIONS, raw[QUESTIONS], vocabulary)
    ruleset = Ruleset(
        id=RulesetId(str(facts["name"]), version[:16]),
        vocabulary=vocabulary,
        traits=traits,
        delays=delays,
        convention_zones=zones,
        convention_between=between,
        statements=statements,
        terms=MappingProxyType(reader.terms),
        missions=MappingProxyType(found),
        rules=tuple(rules),
        contradictions=tuple(contradictions),
        notes=tuple(notes),
        questions=questions,
        examples=tuple(examples),
        order=_order(raw, questions, vocabulary, traits),
    )
    return replace(ruleset, guide=read_guide(raw[GUIDE], raw[STATEMENTS], ruleset)) if GUIDE in raw else ruleset


def _mission_files(raw: Raw) -> dict[str, Mapping[str, object]]:
    names = sorted(name for name in raw if name.startswith(MISSIONS))
    if not names:
        raise RulesetError(MISSIONS, "*.yaml", "no mission file", "add one file a mission")
    return {name: raw[name] for name in names}


def _order(
    raw: Raw, questions: tuple[Question, ...], vocabulary: Vocabulary, traits: Mapping[str, Trait]
) -> QuestionOrder:
    """The pinned order, where there is one. It changes no answer."""
    if ORDER not in raw:
        return QuestionOrder()
    facts = {t.facts[0]: vocabulary.facts[t.facts[0]] for t in traits.values() if t.kind == "choice"}
    return read_order(ORDER, raw[ORDER], questions, facts)


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


def load_cases(place: Path, ruleset: Ruleset) -> tuple[Example, ...]:
    """The cases of a file, or of every ``*.yaml`` of a folder and of its folders, in order of name.

    Their form is in `rules/cases.py`. Raises RulesetError: file, path in it, what is wrong and what to do.
    """
    if not place.exists():
        raise RulesetError(
            str(place), "cases", "there is no such file or folder", "give a YAML file, or a folder of them"
        )
    files = sorted(place.rglob("*.yaml")) if place.is_dir() else [place]
    found: list[Example] = []
    for file in files:
        raw = mapping_in(file.name, read_text(file.parent, file.name))
        check_keys(file.name, "", raw, {"cases"}, ("cases",))
        found += read_cases(str(file), "cases", raw["cases"])
    if not found:
        raise RulesetError(str(place), "cases", "no case here", "write one as in rules/cases.py, or give another path")
    for case in found:
        check_case(case, ruleset)
    return tuple(found)
