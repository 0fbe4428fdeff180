"""What the OpenAPI document says of requests and answers, beside what FastAPI reads from the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.situation import FIRST_YEAR, LAST_YEAR, UNKNOWN
from rules.vocabulary import Fact, Vocabulary

PROBLEM = "application/problem+json"
Responses = dict[int | str, dict[str, Any]]
Schema = dict[str, Any]

OBJECT: Schema = {"type": "object"}
PROBLEM_SCHEMA: Schema = {
    "type": "object",
    "description": "RFC 9457; `errors` says of each fact, or field, what is wrong and what to do",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": OBJECT},
    },
}
_WORDS: Schema = {"type": "array", "items": {"type": "string"}}
_LISTS: Schema = {"type": "array", "items": OBJECT}
_SAID: Schema = {"type": ["string", "null"]}
ANSWER: Schema = {
    "type": "object",
    "required": ["status", "missions", "certainty", "reasons", "missing", "next_question", "open", "flips", "ruleset"],
    "properties": {
        "status": {"enum": ["settled", "asking", "referred"]},
        "missions": _WORDS,
        "certainty": _SAID,
        "reasons": _LISTS,
        "excluded": _LISTS,
        "candidates": _WORDS,
        "open": {"type": ["object", "null"]},
        "open_points": {"type": "array", "items": {"type": "integer"}},
        "flips": _LISTS,
        "advice": _WORDS,
        "missing": _WORDS,
        "next_question": _SAID,
        "ruleset": OBJECT,
    },
}
READY: Schema = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"enum": ["ready", "not ready"]}, "ruleset": {"type": "string"}, "warnings": _WORDS},
}
LANGUAGE = {"name": "lang", "in": "query", "required": False, "schema": {"type": "string"}}
TERRITORY = {"name": "territoire", "in": "query", "required": False, "schema": {"type": "string"}}


def refusals(**told: str) -> Responses:
    """Problem documents by status: ``refusals(_413="too large")``."""
    content = {PROBLEM: {"schema": PROBLEM_SCHEMA}}
    return {int(code.removeprefix("_")): {"description": what, "content": content} for code, what in told.items()}


def answered(schema: Mapping[str, Any], media: str = "application/json") -> Responses:
    """What a request that is taken gets."""
    return {200: {"description": "Successful Response", "content": {media: {"schema": schema}}}}


def situation_schema(vocabulary: Vocabulary) -> Schema:
    """The facts of the contract, each with what it may be. An absent fact is unknown."""
    known = {fact.id: _of(fact) for fact in vocabulary.facts.values()}
    about = f"facts of the contract; every one is optional, and null or {UNKNOWN!r} is the same as absent"
    return {
        "type": ["object", "null"],
        "description": about,
        "additionalProperties": False,
        "properties": known,
    }


def _of(fact: Fact) -> Schema:
    if fact.kind == "choice":
        return {"enum": [*fact.values, UNKNOWN, None]}
    if fact.kind == "bool":
        return {"enum": [True, False, UNKNOWN, None]}
    if fact.kind == "date":
        between = f"a day from {FIRST_YEAR} to {LAST_YEAR}; dates must come in order"
        return {"anyOf": [{"type": "string", "format": "date", "description": between}, {"enum": [UNKNOWN, None]}]}
    if fact.kind == "orientations":
        one = {"etat": {"enum": [*fact.values, "", None]}, "libelle": _SAID}
        item = {"type": "object", "additionalProperties": False, "properties": one}
        return {"anyOf": [{"type": "array", "maxItems": 100, "items": item}, {"enum": [UNKNOWN, None]}]}
    return {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 1000}, {"enum": [UNKNOWN, None]}]}
