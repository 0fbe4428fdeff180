"""GET /docs: what programs can ask, from the OpenAPI document, without a script and from nobody else's server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.web_page.pages import Pages
from bot.channels.web_page.requests import language_of

PATH, DOCUMENT = "/docs", "/openapi.json"
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to ask. ``parameters``: name, kind, meaning; ``answers``: status, meaning; the rest as text."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str, str], ...]
    body: str
    example: str
    answers: tuple[tuple[str, str], ...]


def api_document_page(pages: Pages, document: Callable[[], Mapping[str, Any]]) -> list[Route]:
    """The page. ``document`` gives the OpenAPI document of what is served."""
    environment = pages.beside(HERE)

    async def show(request: Request) -> Response:
        language = language_of(request)
        found = tuple(operations(document()))
        return pages.beside_page(environment, "api_document.html", language, operations=found, document=DOCUMENT)

    return [Route(PATH, show, methods=["GET"])]


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """What an OpenAPI document offers, in its order."""
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            body = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            example = body.get("example")
            yield Operation(
                method.upper(),
                path,
                about.get("summary", ""),
                about.get("description", ""),
                tuple(
                    (one["name"], _kind(one.get("schema", {})), _meaning(one)) for one in about.get("parameters", ())
                ),
                _written({name: value for name, value in body.items() if name != "example"}),
                _written(example),
                tuple((status, one.get("description", "")) for status, one in about["responses"].items()),
            )


def _meaning(parameter: Mapping[str, Any]) -> str:
    return str(parameter.get("description") or parameter.get("schema", {}).get("description") or "")


def _kind(schema: Mapping[str, Any]) -> str:
    """What a value is, in the document's own terms."""
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return str(schema.get("format") or schema.get("type") or "")


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) if value else ""
