"""Cases: a title, the facts, the answer that is expected, and who said so. Written by coordinators, run as tests.

A case stands beside a rule (``examples`` of a mission's file) or in a file of its own (``cases``)::

    - title: Trois mois sans nouvelles, le texte ne donne pas de nombre
      said_by: texte                  # or whose answer it is: a coordinator's role or territory, the CLER
      said_on: 2026-11-25             # the day it was said; only « texte » does without
      facts: {dst: fait, …}           # as in a request; without aujourdhui, the day of the contact is today
      expect: {status: referred, open: {reason: threshold_undefined, decider: cler}, reasons: [22]}
      question: Q-D                   # optional: the report's open question that it is about
      territory: {pause_months: 3, option_n1: true}    # optional: the settings of its territory
      note: 22 dit « quelques mois » et aucun nombre   # optional: why

A day or a count that is known only between bounds is ``{from: 2025-11-25, to: 2026-07-24}``, or one of the two.
``expect`` has ``status``, and what must be in the answer: ``reasons`` and ``excluded`` are statements that must be
cited, ``missing`` facts that must be asked for, among others; every other line is the answer's own, whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rules.errors import RulesetError, SituationError, did_you_mean
from rules.load_parts import CERTAINTIES, DECIDERS, REASONS, check_keys, listed, mapping, one_of
from rules.model import Convention, Example, Ruleset, Territory
from rules.situation import Situation, parse

TEXT = "texte"
KEYS = {"title", "facts", "expect", "said_by", "said_on", "question", "territory", "note"}
EXPECTED = {
    "status", "missions", "certainty", "reasons", "excluded", "candidates", "open", "open_points", "missing",
    "next_question",
}  # fmt: skip
STATUSES = ("settled", "referred", "asking")
SETTINGS: Mapping[str, type] = {"pause_months": int, "option_n1": bool, "option_evaluation": bool}
# What a status must come with, so that no case asserts less than an answer.
NEEDED = {"settled": "missions", "referred": "open", "asking": "missing"}
NO_DAY = date(2026, 12, 31)


def read_cases(file: str, key: str, raw: object) -> tuple[Example, ...]:
    """The cases under ``key`` of a file. Raises RulesetError: file, path, what is wrong, what to do."""
    return tuple(_case(file, f"{key}[{i}]", said) for i, said in enumerate(listed(file, key, raw)))


def check_case(case: Example, ruleset: Ruleset) -> None:
    """Raise RulesetError where the case names what the ruleset does not know, or its facts are no situation."""
    vocabulary = ruleset.vocabulary
    dated = [f for f, value in case.facts.items() if value is not None and _is_date(f, ruleset)]
    if dated and not {"date_contact", "aujourdhui"} & set(dated):
        hint = "add date_contact, so that the case says the same next year"
        raise RulesetError(
            case.origin, f"{case.path} › facts", f"'{dated[0]}' counts from a day that is not said", hint
        )
    try:
        situation_of(case, ruleset)
    except SituationError as error:
        wrong = error.errors[0]
        known = list(vocabulary.facts) if wrong.code == "unknown_fact" else list(_allowed(wrong.fact, ruleset))
        hint = did_you_mean(str(wrong.fact if wrong.code == "unknown_fact" else wrong.value), known) if known else ""
        where = f"{case.path} › facts › {wrong.fact}"
        raise RulesetError(case.origin, where, f"{wrong.code}: {wrong.value!r}", hint) from None
    _check_expectation(case, ruleset)


def situation_of(case: Example, ruleset: Ruleset) -> Situation:
    """The case's facts. Where it does not say which day it is, the contact is today. Raises SituationError."""
    today = case.facts.get("aujourdhui") or case.facts.get("date_contact")
    return parse(ruleset.vocabulary, {**case.facts, "aujourdhui": today}, NO_DAY, ranges=True)


def territory_of(case: Example) -> Territory | None:
    """The case's territory settings, as decided by who said the case."""
    if not case.territory:
        return None
    day = case.said_on or NO_DAY
    decided = {fact: Convention(value, case.said_by, day) for fact, value in case.territory.items()}
    pause = decided.pop("pause_months", None)
    return Territory("essai", "Territoire d'essai", decided, pause)


def _case(file: str, path: str, raw: object) -> Example:
    check_keys(file, path, raw, KEYS, ("title", "facts", "expect", "said_by"))
    body = mapping(file, path, raw)
    said_by, said_on = body["said_by"], body.get("said_on")
    if not isinstance(said_by, str) or not said_by.strip():
        hint = f"'{TEXT}', or a role, a territory, the CLER; no person's name"
        raise RulesetError(file, f"{path} › said_by", f"{said_by!r} says nobody", hint)
    if said_on is None and said_by != TEXT:
        raise RulesetError(file, path, "'said_on' is missing", f"the day it was said; only '{TEXT}' does without")
    if said_on is not None and type(said_on) is not date:
        raise RulesetError(file, f"{path} › said_on", f"{said_on!r} is not a date", "write it as 2026-11-25")
    return Example(
        title=str(body["title"]),
        facts=mapping(file, f"{path} › facts", body["facts"]),
        expect=_expectation(file, f"{path} › expect", body["expect"]),
        origin=file,
        path=path,
        said_by=said_by,
        said_on=said_on,
        question=_text(body.get("question")),
        territory=_settings(file, f"{path} › territory", body.get("territory")),
        note=_text(body.get("note")),
    )


def _expectation(file: str, path: str, raw: object) -> Mapping[str, object]:
    check_keys(file, path, raw, EXPECTED, ("status",))
    body = mapping(file, path, raw)
    status = one_of(file, f"{path} › status", body["status"], STATUSES)
    if NEEDED[status] not in body:
        raise RulesetError(file, path, f"'{NEEDED[status]}' is missing", f"an answer that is {status} comes with it")
    if "certainty" in body:
        one_of(file, f"{path} › certainty", body["certainty"], (*CERTAINTIES, "open"))
    if "open" in body:
        where = f"{path} › open"
        check_keys(file, where, body["open"], {"reason", "decider"}, ("reason", "decider"))
        said = mapping(file, where, body["open"])
        one_of(file, f"{where} › reason", said["reason"], REASONS)
        one_of(file, f"{where} › decider", said["decider"], DECIDERS)
    for key in ("missions", "candidates", "reasons", "open_points", "missing"):
        listed(file, f"{path} › {key}", body.get(key))
    mapping(file, f"{path} › excluded", body.get("excluded"))
    return body


def _settings(file: str, path: str, raw: object) -> Mapping[str, object]:
    body = mapping(file, path, raw)
    check_keys(file, path, body, set(SETTINGS))
    for key, value in body.items():
        if type(value) is not SETTINGS[key]:
            raise RulesetError(file, f"{path} › {key}", f"{value!r} is not a {SETTINGS[key].__name__}")
    return body


def _check_expectation(case: Example, ruleset: Ruleset) -> None:
    file, path, said = case.origin, f"{case.path} › expect", case.expect
    excluded = mapping(file, path, said.get("excluded"))
    for key in ("missions", "candidates"):
        for mission in listed(file, path, said.get(key)):
            one_of(file, f"{path} › {key}", mission, ruleset.missions)
    for mission in excluded:
        one_of(file, f"{path} › excluded", mission, ruleset.missions)
    cited = [*listed(file, path, said.get("reasons")), *listed(file, path, said.get("open_points"))]
    for number in (*cited, *(n for numbers in excluded.values() for n in listed(file, path, numbers))):
        if number not in ruleset.statements:
            raise RulesetError(file, path, f"there is no statement {number!r}", f"up to {max(ruleset.statements)}")
    if case.question is not None:
        asked = {s.question for s in ruleset.statements.values() if s.question}
        one_of(file, f"{case.path} › question", case.question, asked)


def _is_date(fact: str, ruleset: Ruleset) -> bool:
    return fact in ruleset.vocabulary.facts and ruleset.vocabulary.facts[fact].kind == "date"


def _allowed(fact: str, ruleset: Ruleset) -> tuple[str, ...]:
    found = ruleset.vocabulary.facts.get(fact.split(".")[0])
    return found.values if found else ()


def _text(value: object) -> str | None:
    return str(value) if value else None
