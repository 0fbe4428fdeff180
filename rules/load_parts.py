"""The parts of a ruleset, each read and checked on its own."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from types import MappingProxyType

from rules.condition_syntax import ConditionReader
from rules.conditions import Condition
from rules.errors import RulesetError, did_you_mean
from rules.model import (
    Choice,
    ConditionalReason,
    Contradiction,
    Mission,
    Note,
    OpenPoint,
    Provenance,
    Question,
    Reason,
    Rule,
    Statement,
)
from rules.traits import ABSENT, KNOWN, MOMENT, NO, ORIENTATION, YES, Trait
from rules.vocabulary import Delays, Fact, Vocabulary, Zone

CERTAINTIES = ("stated", "inferred")
REASONS = ("text_silent", "threshold_undefined", "facts_missing", "facts_contradictory", "territory_option")
DECIDERS = ("cler", "collectivite", "coordinateur", "visiteur")
KINDS = ("date", "bool", "integer", "choice", "orientations")
Statements = Mapping[int, Statement]


def check_keys(file: str, path: str, raw: object, known: set[str], required: Iterable[str] = ()) -> None:
    """Refuse a key that nothing reads, and a missing one."""
    if not isinstance(raw, Mapping):
        raise RulesetError(file, path, f"a mapping is needed, not {raw!r}")
    for key in raw:
        if key not in known:
            raise RulesetError(
                file,
                f"{path} › {key}" if path else str(key),
                f"unknown key '{key}'",
                did_you_mean(str(key), sorted(known)),
            )
    for key in sorted(required):
        if key not in raw:
            raise RulesetError(file, path, f"'{key}' is missing")


def mapping(file: str, path: str, raw: object) -> Mapping[str, object]:
    """The value as a mapping; None is an empty one."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise RulesetError(file, path, f"a mapping is needed, not {raw!r}")
    return raw


def listed(file: str, path: str, raw: object) -> list[object]:
    """The value as a list; None is an empty one."""
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise RulesetError(file, path, f"a list is needed, not {raw!r}")
    return raw


def one_of(file: str, path: str, value: object, known: Collection[str]) -> str:
    """The value, when it is one of the known words."""
    if not isinstance(value, Hashable) or value not in known:
        raise RulesetError(
            file, path, f"'{value}' is not known here", did_you_mean(str(value), sorted(map(str, known)))
        )
    return str(value)


def two_of(file: str, path: str, raw: object) -> tuple[object, object]:
    """The value, when it is a list of two."""
    found = listed(file, path, raw)
    if len(found) != 2:
        raise RulesetError(file, path, f"two are needed, not {len(found)}", "as [first, second]")
    return found[0], found[1]


def read_vocabulary(file: str, raw: Mapping[str, object]) -> Vocabulary:
    facts = {}
    for name, said in mapping(file, "facts", raw.get("facts")).items():
        check_keys(file, f"facts › {name}", said, {"kind", "values"}, {"kind"})
        body = mapping(file, f"facts › {name}", said)
        kind = one_of(file, f"facts › {name} › kind", body["kind"], KINDS)
        values = tuple(str(v) for v in listed(file, f"facts › {name} › values", body.get("values")))
        facts[name] = Fact(name, kind, values)
    pairs = []
    for i, pair in enumerate(listed(file, "date_order", raw.get("date_order"))):
        first, second = (one_of(file, f"date_order[{i}]", f, facts) for f in two_of(file, f"date_order[{i}]", pair))
        pairs.append((first, second))
    return Vocabulary(MappingProxyType(facts), tuple(pairs))


def read_delays(file: str, raw: Mapping[str, object]) -> tuple[Delays, tuple[str, str], tuple[str, str]]:
    """The zones, the two zones that a territory's convention makes, and the two of the text they lie between."""
    zones = []
    for name, said in mapping(file, "delays", raw.get("delays")).items():
        check_keys(file, f"delays › {name}", said, {"at_most", "less_than"})
        body = mapping(file, f"delays › {name}", said)
        under = body.get("at_most", body.get("less_than"))
        if under is not None and (type(under) is not int or not 0 <= under < 1200):
            raise RulesetError(file, f"delays › {name}", f"{under!r} is no number of months")
        zones.append(Zone(name, under if type(under) is int else None, "at_most" in body))
    if not zones:
        raise RulesetError(file, "delays", "at least one zone is needed")
    cuts = [z.under for z in zones[:-1]]
    if zones[-1].under is not None or None in cuts or cuts != sorted(c for c in cuts if c is not None):
        raise RulesetError(file, "delays", "the zones must grow, and only the last has no bound")
    said = mapping(file, "conventions", raw.get("conventions"))
    check_keys(file, "conventions", said, {"short", "long", "between"}, ("short", "long", "between"))
    first, second = (str(z) for z in two_of(file, "conventions › between", said["between"]))
    return Delays(tuple(zones)), (str(said["short"]), str(said["long"])), (first, second)


def read_traits(
    file: str, raw: Mapping[str, object], vocabulary: Vocabulary, zones: list[str], local: tuple[str, str]
) -> dict[str, Trait]:
    traits = {}
    for name, said in mapping(file, "traits", raw.get("traits")).items():
        body = mapping(file, f"traits › {name}", said)
        if len(body) != 1:
            raise RulesetError(file, f"traits › {name}", "one line, such as 'choice: dst'")
        kind, source = next(iter(body.items()))
        facts = tuple(str(f) for f in (source if isinstance(source, list) else [source]))
        if not facts:
            raise RulesetError(file, f"traits › {name}", "the fact that it is read from is missing")
        for fact in facts:
            one_of(file, f"traits › {name}", fact, vocabulary.facts)
        traits[name] = Trait(name, str(kind), facts, _domain(file, name, str(kind), facts, vocabulary, zones, local))
    return traits


def _domain(
    file: str,
    name: str,
    kind: str,
    facts: tuple[str, ...],
    vocabulary: Vocabulary,
    zones: list[str],
    local: tuple[str, str],
) -> tuple[str, ...]:
    match kind:
        case "choice":
            fact = vocabulary.facts[facts[0]]
            return (YES, NO) if fact.kind == "bool" else fact.values
        case "delay":
            return (*zones, *local)
        case "known":
            return (KNOWN, ABSENT)
        case "orientation":
            return ORIENTATION
        case "moment":
            return MOMENT
    raise RulesetError(file, f"traits › {name}", f"unknown kind '{kind}'")


def read_statements(file: str, raw: Mapping[str, object]) -> dict[int, Statement]:
    document = str(raw.get("document", ""))
    found = {}
    for i, said in enumerate(listed(file, "statements", raw.get("statements"))):
        body = mapping(file, f"statements[{i}]", said)
        number, passage = body.get("number"), body.get("passage")
        if not isinstance(number, int) or not passage or not document:
            raise RulesetError(file, f"statements[{i}]", "a statement needs its number, and a passage to be found at")
        question = body.get("question")
        where = Provenance(document, str(passage))
        found[number] = Statement(number, str(body.get("tag")), where, str(question) if question else None)
    return found


def _numbers(file: str, path: str, raw: object, statements: Statements) -> tuple[int, ...]:
    numbers = []
    for number in listed(file, path, raw):
        if not isinstance(number, int) or number not in statements:
            raise RulesetError(file, path, f"there is no statement {number!r}", f"they go up to {max(statements)}")
        numbers.append(number)
    return tuple(numbers)


def read_contradiction(
    file: str, name: str, raw: object, reader: ConditionReader, vocabulary: Vocabulary, statements: Statements
) -> Contradiction:
    keys = {"facts", "when", "statements", "decider", "reason", "candidates"}
    check_keys(file, name, raw, keys, ("facts", "when", "statements", "decider"))
    body = mapping(file, name, raw)
    numbers = _numbers(file, f"{name} › statements", body["statements"], statements)
    if not numbers:
        raise RulesetError(file, f"{name} › statements", "a contradiction without a source", "cite a statement")
    reason = one_of(file, f"{name} › reason", body.get("reason", "facts_contradictory"), REASONS)
    decider = one_of(file, f"{name} › decider", body["decider"], DECIDERS)
    facts = listed(file, f"{name} › facts", body["facts"])
    return Contradiction(
        id=name,
        when=reader.read(body["when"], file, f"{name} › when"),
        facts=tuple(one_of(file, f"{name} › facts", f, vocabulary.facts) for f in facts),
        reasons=tuple(Reason(n, f"contradiction.{name}.{n}") for n in numbers),
        open=OpenPoint(reason, decider, f"contradiction.{name}.ask"),
        candidates=tuple(str(c) for c in listed(file, name, body.get("candidates"))),
        origin=file,
    )


def read_mission(
    file: str, raw: Mapping[str, object], reader: ConditionReader, statements: Statements
) -> tuple[Mission, list[Rule], list[Note]]:
    """A mission's file: where the text defines it, what rules it out, its rules and notes."""
    check_keys(file, "", raw, {"id", "defined_by", "excluded", "rules", "notes", "examples"}, ("id", "rules"))
    mission = str(raw["id"])
    excluded = []
    for i, said in enumerate(listed(file, "excluded", raw.get("excluded"))):
        path = f"excluded[{i}]"
        check_keys(file, path, said, {"when", "statements"}, ("when", "statements"))
        body = mapping(file, path, said)
        when = reader.read(body["when"], file, f"{path} › when")
        for number in _numbers(file, f"{path} › statements", body["statements"], statements):
            excluded.append(ConditionalReason(Reason(number, f"excluded.{mission}.{number}"), when))
    rules = [
        _rule(file, str(name), said, reader, statements)
        for name, said in mapping(file, "rules", raw.get("rules")).items()
    ]
    notes = [
        _note(file, f"notes[{i}]", mission, said, reader, statements)
        for i, said in enumerate(listed(file, "notes", raw.get("notes")))
    ]
    defined_by = _numbers(file, "defined_by", raw.get("defined_by"), statements)
    return Mission(mission, defined_by, tuple(excluded)), rules, notes


def _rule(file: str, name: str, raw: object, reader: ConditionReader, statements: Statements) -> Rule:
    path = f"rules › {name}"
    keys = {"when", "missions", "certainty", "stated_when", "reasons", "open", "candidates"}
    check_keys(file, path, raw, keys, ("when", "reasons"))
    body = mapping(file, path, raw)
    missions = tuple(str(m) for m in listed(file, f"{path} › missions", body.get("missions")))
    if bool(missions) == ("open" in body):
        raise RulesetError(file, path, "a rule either settles ('missions') or refers ('open')", "give one of them")
    stated_when = body.get("stated_when")
    certainty = one_of(file, f"{path} › certainty", body.get("certainty"), CERTAINTIES) if missions else "open"
    return Rule(
        id=name,
        when=reader.read(body["when"], file, f"{path} › when"),
        missions=missions,
        certainty=certainty,
        stated_when=reader.read(stated_when, file, f"{path} › stated_when") if stated_when else None,
        reasons=_reasons(file, path, name, body["reasons"], reader, statements),
        open=_open(file, f"{path} › open", name, body["open"]) if "open" in body else None,
        candidates=tuple(str(c) for c in listed(file, f"{path} › candidates", body.get("candidates"))),
        origin=file,
    )


def _open(file: str, path: str, rule: str, raw: object) -> OpenPoint:
    check_keys(file, path, raw, {"reason", "decider"}, ("reason", "decider"))
    body = mapping(file, path, raw)
    reason = one_of(file, f"{path} › reason", body["reason"], REASONS)
    return OpenPoint(reason, one_of(file, f"{path} › decider", body["decider"], DECIDERS), f"ask.{rule}")


def _reasons(
    file: str, path: str, rule: str, raw: object, reader: ConditionReader, statements: Statements
) -> tuple[ConditionalReason, ...]:
    found: list[ConditionalReason] = []
    for i, said in enumerate(listed(file, f"{path} › reasons", raw)):
        here = f"{path} › reasons[{i}]"
        if isinstance(said, list):
            found += _reasons(file, here, rule, said, reader, statements)
            continue
        check_keys(file, here, said, {"statement", "as", "when"}, ("statement", "as"))
        body = mapping(file, here, said)
        (number,) = _numbers(file, f"{here} › statement", [body["statement"]], statements)
        when = reader.read(body["when"], file, f"{here} › when") if "when" in body else None
        found.append(ConditionalReason(Reason(number, f"reason.{number}.{body['as']}"), when))
    if not any(r.when is None for r in found):
        raise RulesetError(file, path, "a rule needs a reason that always holds, with its statement", "add one")
    return tuple(found)


def _note(file: str, path: str, mission: str, raw: object, reader: ConditionReader, statements: Statements) -> Note:
    check_keys(file, path, raw, {"when", "open_points", "advice", "even_if_unknown"}, ("when",))
    body = mapping(file, path, raw)
    when: Condition = reader.read(body["when"], file, f"{path} › when")
    points = _numbers(file, f"{path} › open_points", body.get("open_points"), statements)
    advice = f"advice.{body['advice']}" if "advice" in body else None
    return Note(mission, when, points, advice, bool(body.get("even_if_unknown")))


def read_questions(file: str, raw: Mapping[str, object], vocabulary: Vocabulary) -> tuple[Question, ...]:
    found = []
    for i, said in enumerate(listed(file, "questions", raw.get("questions"))):
        path = f"questions[{i}]"
        check_keys(file, path, said, {"id", "choices", "delay", "longest", "with", "first"}, ("id",))
        body = mapping(file, path, said)
        name = one_of(file, f"{path} › id", body["id"], vocabulary.facts)
        choices = tuple(
            Choice(str(key), mapping(file, f"{path} › choices › {key}", facts))
            for key, facts in mapping(file, f"{path} › choices", body.get("choices")).items()
        )
        delay = body.get("delay")
        with_ = mapping(file, f"{path} › with", body.get("with"))
        about = dict.fromkeys([name, *(f for c in choices for f in c.facts), *([str(delay)] if delay else [])])
        for fact in about:
            one_of(file, f"{path} › choices", fact, vocabulary.facts)
        found.append(
            Question(
                id=name,
                facts=tuple(about),
                choices=choices,
                delay=str(delay) if delay else None,
                longest=_whole(body.get("longest")),
                said_with=with_,
                first=_whole(body.get("first")),
            )
        )
    return tuple(found)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
