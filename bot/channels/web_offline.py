"""The web chat without network: the page, its files, the service worker that keeps them, and what comes back later."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.web_page.package import PATHS, Package, words_file
from bot.channels.web_page.pages import SECURITY_HEADERS, Pages
from bot.channels.web_page.requests import (
    TERRITORY,
    RefusedError,
    Visit,
    language_of,
    offline_question_of,
    require_same_origin,
    visit_of,
)
from bot.messages import Text
from bot.offline_questions import OfflineQuestion, QuestionRefused, Receipt
from bot.wording import languages, wording

FOR_EVER = "public, max-age=31536000, immutable"
MANIFEST = "application/manifest+json"
_EXPORT = re.compile(r"^export ", re.MULTILINE)
Remember = Callable[[Response, Visit, str], Response]


class Keep(Protocol):
    """Log a question durably, and once. Raises QuestionRefused."""

    async def __call__(self, question: OfflineQuestion, today: date) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Offline:
    """What the wiring gives. ``package``: of a territory, None while it is not ready. ``under``: the one under a key,
    also when another has come after it."""

    package: Callable[[str | None], Package | None]
    under: Callable[[str], Package | None]
    keep: Keep


def offline_routes(
    offline: Offline, pages: Pages, public_url: str, today: Callable[[], date], remember: Remember
) -> list[Route]:
    """The routes of the page that needs no network. ``remember``: sets the cookies of a visit."""
    web = _WebOffline(offline, pages, public_url, today, remember)
    return [
        Route("/hors-ligne", web.page, methods=["GET"]),
        Route("/hors-ligne/paquet.json", web.index, methods=["GET"]),
        Route("/hors-ligne/questions", web.questions, methods=["POST"]),
        Route("/hors-ligne/{key}/{name}", web.file, methods=["GET"]),
        Route("/service-worker.js", web.worker, methods=["GET"]),
        Route("/manifest.webmanifest", web.manifest, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _WebOffline:
    offline: Offline
    pages: Pages
    public_url: str
    today: Callable[[], date]
    remember: Remember

    async def page(self, request: Request) -> Response:
        return self.pages.offline(language_of(request))

    async def index(self, request: Request) -> Response:
        """Where the files of the territory's package are; 404 while they are not ready."""
        package = self.offline.package(_territory(request))
        if package is None:
            return _nothing()
        page = self.pages.assets.version
        files = {
            "page": page,
            "paths": _address(package, PATHS),
            "words": {c: _address(package, words_file(c)) for c in languages()},
        }
        return JSONResponse(files, headers={**SECURITY_HEADERS, "Cache-Control": "no-cache"})

    async def file(self, request: Request) -> Response:
        """A file of a package: its address changes with its content."""
        name, package = request.path_params["name"], self.offline.under(request.path_params["key"])
        if package is None or name not in package.files:
            return _nothing()
        headers = {**SECURITY_HEADERS, "Cache-Control": FOR_EVER, "Content-Encoding": "gzip"}
        return Response(package.files[name], headers=headers, media_type="application/json")

    async def worker(self, request: Request) -> Response:
        """The service worker, with its version and the list of what it keeps; 404 while there is nothing to keep."""
        territory = _territory(request)
        package = self.offline.package(territory)
        if package is None:
            return _nothing()
        shells = {code: f"/hors-ligne?lang={code}" for code in languages()}
        index = "/hors-ligne/paquet.json" + (f"?territoire={territory}" if territory else "")
        files = [index, *(_address(package, name) for name in package.files), *self._static()]
        version = self._version(package, files)
        said = {"VERSION": version, "SHELLS": shells, "FILES": files}
        lines = [f"const {name} = {json.dumps(value)};" for name, value in said.items()]
        sources = [self.pages.assets.files[name].decode() for name in ("outbox.js", "worker.js")]
        script = "\n".join([*lines, *(_EXPORT.sub("", source) for source in sources)])
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache"}
        return Response(script, headers=headers, media_type="text/javascript; charset=utf-8")

    def _static(self) -> list[str]:
        return [self.pages.assets.address(name) for name in self.pages.assets.files]

    def _version(self, package: Package, files: list[str]) -> str:
        digest = hashlib.sha256(json.dumps([package.key, files]).encode())
        for code in languages():
            digest.update(self.pages.offline(code).body)
        return digest.hexdigest()[:16]

    async def manifest(self, request: Request) -> Response:
        words, asset = wording(language_of(request)), self.pages.assets.address
        icons = [
            {"src": asset("icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {"src": asset("icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ]
        said = {
            "id": "/",
            "name": words("web.title"),
            "short_name": words("web.name"),
            "description": words("web.description"),
            "lang": words.language,
            "dir": words.direction,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f3f5f4",
            "theme_color": "#0d4a58",
            "icons": icons,
        }
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache"}
        return Response(json.dumps(said, ensure_ascii=False), headers=headers, media_type=MANIFEST)

    async def questions(self, request: Request) -> Response:
        """Take in a question that was answered without network; the same one again gets the same receipt."""
        language = language_of(request)
        try:
            require_same_origin(request, self.public_url)
            visit = visit_of(request)
            question = await offline_question_of(request, visit)
            language = question.language
            receipt = await self.offline.keep(question, self.today())
        except RefusedError as refused:
            return _told(refused.status, self.pages.sentence(Text(refused.message), language))
        except QuestionRefused as refused:
            return _told(422, self.pages.sentence(refused.said, language))
        said = " ".join(self.pages.sentence(notice, language) for notice in receipt.notices)
        answer = _told(200, said, share=f"/reponse/{receipt.token}")
        return self.remember(answer, visit, language)


def _told(status: int, said: str, **values: str) -> JSONResponse:
    return JSONResponse({"said": said, **values}, status, {**SECURITY_HEADERS, "Cache-Control": "no-store"})


def _address(package: Package, name: str) -> str:
    return f"/hors-ligne/{package.key}/{name}"


def _territory(request: Request) -> str | None:
    wanted = request.query_params.get("territoire", "")
    return wanted if TERRITORY.fullmatch(wanted) else None


def _nothing() -> Response:
    return Response(status_code=404, headers={**SECURITY_HEADERS, "Cache-Control": "no-store"})
