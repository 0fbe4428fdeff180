"""What a Bot API request carries, however it carries it: query, form, multipart or JSON."""

import json

from aiohttp import web

from tests.fakes.schema import Upload, Violation

ATTACHED = "attach://"


async def parameters(request: web.Request) -> dict[str, object]:
    """The raw parameters by name, each file an Upload; raises Violation if the body cannot be read."""
    raw: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        return raw | json_object(await request.text())
    return _attached(raw | await _form(request))


def json_object(body: str) -> dict[str, object]:
    """The object a JSON body holds, {} if empty; raises Violation if it holds something else."""
    try:
        read = json.loads(body or "{}")
    except json.JSONDecodeError as error:
        raise Violation(f"the body is not JSON: {error}") from error
    if not isinstance(read, dict):
        raise Violation(f"the body is not a JSON object but {type(read).__name__}")
    return read


async def _form(request: web.Request) -> dict[str, object]:
    form = await request.post()
    return {name: _part(value) for name, value in form.items()}


def _part(value: str | bytes | bytearray | web.FileField) -> object:
    if isinstance(value, web.FileField):
        return Upload(value.filename, value.content_type, value.file.read())
    return value if isinstance(value, str) else Upload("blob", "application/octet-stream", bytes(value))


def _attached(raw: dict[str, object]) -> dict[str, object]:
    """`attach://name` stands for the file of that name in the same request."""
    wanted = {
        name: value.removeprefix(ATTACHED)
        for name, value in raw.items()
        if isinstance(value, str) and value.startswith(ATTACHED)
    }
    absent = [f"{name}: no file '{part}' attached" for name, part in wanted.items() if part not in raw]
    if absent:
        raise Violation("; ".join(absent))
    named = {name: raw[part] for name, part in wanted.items()}
    return {name: value for name, value in raw.items() if name not in wanted.values()} | named
