"""/connexion: a name and a password, a code, or an OpenID provider; /bienvenue: the link to choose a password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.gate import COOKIE, SIGN_IN, Gate, Signed, own_path
from api.access.open_doors import address_of
from api.access.rates import TooOftenError
from api.access.roles import ROLES
from api.access.signing_in import CODE_LIFE, SignIn, SignInRefused
from api.pages.sign_in.by_provider import ByProvider
from api.storage.accounts import Kept
from bot.channels.web_page.pages import SECURITY_HEADERS, Pages
from bot.channels.web_page.requests import Form, RefusedError, language_of, read_form, require_same_origin

HERE = Path(__file__).resolve().parent
CODE, BACK, WELCOME = SIGN_IN + "/code", SIGN_IN + "/retour", "/bienvenue/"
BROWSER, STEP = "aiguillage_browser", "aiguillage_step"
KNOWN_FOR = 180 * 24 * 3600  # seconds
Endpoint = Callable[[Request], Awaitable[Response]]
HEADERS = {**SECURITY_HEADERS, "Cache-Control": "no-store"}


def sign_in_pages(gate: Gate, sign_in: SignIn, by_provider: ByProvider | None = None) -> list[Route]:
    """The pages by which one comes in and leaves; the provider's where there is one."""
    page = _Page(gate, sign_in, gate.pages, gate.pages.beside(HERE), by_provider)
    routes = [
        Route(SIGN_IN, page.show, methods=["GET"]),
        Route(SIGN_IN, page.refusing(page.take), methods=["POST"]),
        Route(CODE, page.show_code, methods=["GET"]),
        Route(CODE, page.refusing(page.take_code), methods=["POST"]),
        Route(WELCOME + "{token}", page.welcome, methods=["GET"]),
        Route(WELCOME + "{token}", page.refusing(page.choose), methods=["POST"]),
        gate.route("/deconnexion", page.leave, *ROLES, method="POST", before_code=True),
    ]
    if by_provider is None:
        return routes
    return [
        *routes,
        Route(SIGN_IN + "/fournisseur", page.to_provider, methods=["GET"]),
        Route(BACK, page.back, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Page:
    gate: Gate
    sign_in: SignIn
    pages: Pages
    environment: Environment
    by_provider: ByProvider | None

    async def show(self, request: Request) -> Response:
        """The form; whoever is signed in goes on."""
        on = own_path(request.query_params.get("vers", ""))
        if await self.gate.signed(request) is not None:
            return RedirectResponse(on, 303, HEADERS)
        said = request.query_params.get("suite", "")
        notice = f"access.notice.{said}" if said in ("left", "chosen") else None
        return self._page(request, "sign_in.html", on=on, notice=notice)

    async def take(self, request: Request) -> Response:
        """A name and a password."""
        form = await self._form(request)
        name, on = _said(form, "name").strip(), own_path(_said(form, "vers"))
        browser = request.cookies.get(BROWSER, "")
        try:
            kept = await run_in_threadpool(
                self.sign_in.by_password, name, _said(form, "password"), address_of(request), browser
            )
        except SignInRefused as refused:
            request.state.account = refused.account
            return self._page(request, "sign_in.html", 401, on=on, name=name, error=refused.message)
        except TooOftenError as often:
            return self._too_often(request, often, "sign_in.html", on=on, name=name)
        return await self._go_on(request, kept, on)

    async def show_code(self, request: Request) -> Response:
        """The form of the second step."""
        return self._page(request, "code.html", on=own_path(request.query_params.get("vers", "")))

    async def take_code(self, request: Request) -> Response:
        """The code of the second factor."""
        form = await self._form(request)
        on, token = own_path(_said(form, "vers")), request.cookies.get(STEP, "")
        try:
            kept = await run_in_threadpool(self.sign_in.by_code, token, _said(form, "code"))
        except SignInRefused as refused:
            request.state.account = refused.account
            template = "code.html" if refused.message == "access.refused.code" else "sign_in.html"
            return self._page(request, template, 401, on=on, error=refused.message)
        except TooOftenError as often:
            return self._too_often(request, often, "code.html", on=on)
        return await self._enter(request, kept, on)

    async def to_provider(self, request: Request) -> Response:
        """To the provider, with what its return will be checked by in a cookie."""
        assert self.by_provider is not None  # noqa: S101  (else there is no such route)
        on = own_path(request.query_params.get("vers", ""))
        response = await self.by_provider.leave(on)
        return response if isinstance(response, Response) else self._refused(request, response, on)

    async def back(self, request: Request) -> Response:
        """Back from the provider."""
        assert self.by_provider is not None  # noqa: S101  (else there is no such route)
        person, on = await self.by_provider.returned(request)
        if isinstance(person, str):
            return self._refused(request, person, on)
        try:
            kept = await run_in_threadpool(self.sign_in.by_provider, person)
        except SignInRefused as refused:
            return self._refused(request, refused.message, on)
        return self.by_provider.forget(await self._go_on(request, kept, on))

    async def leave(self, request: Request, _signed: Signed) -> Response:
        """The session ends; the browser forgets the pages it had seen, not what visitors keep there."""
        await run_in_threadpool(self.gate.accounts.end_session, request.cookies.get(COOKIE, ""))
        response = RedirectResponse(f"{SIGN_IN}?suite=left", 303, {**HEADERS, "Clear-Site-Data": '"cache"'})
        response.delete_cookie(COOKIE)
        return response

    async def welcome(self, request: Request) -> Response:
        """The form to choose a password, for whoever was given its link."""
        try:
            kept = await run_in_threadpool(self.sign_in.linked, request.path_params["token"])
        except SignInRefused as refused:
            return self._refused(request, refused.message, own_path(""), 404)
        return self._page(request, "choose.html", name=kept.account.name)

    async def choose(self, request: Request) -> Response:
        """The password chosen; the link is then used up."""
        form = await self._form(request)
        try:
            kept = await run_in_threadpool(self.sign_in.linked, request.path_params["token"])
        except SignInRefused as refused:
            return self._refused(request, refused.message, own_path(""), 404)
        try:
            await run_in_threadpool(self.sign_in.choose, kept, _said(form, "password"), _said(form, "again"))
        except SignInRefused as refused:
            return self._page(request, "choose.html", 422, name=kept.account.name, error=refused.message)
        return RedirectResponse(f"{SIGN_IN}?suite=chosen", 303, HEADERS)

    def refusing(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, with what is wrong with a request said in words."""

        async def answered(request: Request) -> Response:
            try:
                return await endpoint(request)
            except RefusedError as refused:
                return self.pages.problem(refused.status, refused.message, language_of(request))

        return answered

    async def _form(self, request: Request) -> Form:
        require_same_origin(request, self.gate.public_url)
        return await read_form(request)

    async def _go_on(self, request: Request, kept: Kept, on: str) -> Response:
        """Signed in, or asked for a code first."""
        if kept.totp is None:
            return await self._enter(request, kept, on)
        response = RedirectResponse(f"{CODE}?vers={quote(on)}", 303, HEADERS)
        token = self.sign_in.half_way(kept)
        self._set(response, STEP, token, path=SIGN_IN, max_age=int(CODE_LIFE.total_seconds()))
        return response

    async def _enter(self, request: Request, kept: Kept, on: str) -> Response:
        token = await run_in_threadpool(self.sign_in.enter, kept, request.cookies.get(COOKIE, ""))
        response = RedirectResponse(on, 303, HEADERS)
        self._set(response, COOKIE, token)
        mark = self.sign_in.browser_mark(kept.account)
        self._set(response, BROWSER, mark, path=SIGN_IN, max_age=KNOWN_FOR)
        response.delete_cookie(STEP, path=SIGN_IN)
        return response

    def _set(self, response: Response, name: str, value: str, path: str = "/", max_age: int | None = None) -> None:
        secure = self.gate.public_url.startswith("https:")
        response.set_cookie(name, value, max_age=max_age, path=path, httponly=True, samesite="lax", secure=secure)

    def _too_often(self, request: Request, often: TooOftenError, template: str, **values: object) -> Response:
        page = self._page(request, template, 429, error="access.refused.too_often", minutes=often.minutes, **values)
        page.headers["Retry-After"] = str(often.seconds)
        return page

    def _refused(self, request: Request, message: str, on: str, status: int = 401) -> Response:
        return self._page(request, "sign_in.html", status, on=on, error=message)

    def _page(self, request: Request, template: str, status: int = 200, **values: object) -> Response:
        shown = {"on": own_path(""), "name": "", "error": None, "notice": None, "minutes": 1, **values}
        shown["provider"] = self.by_provider is not None
        return self.pages.beside_page(self.environment, template, language_of(request), status=status, **shown)


def _said(form: Form, name: str) -> str:
    return (form.get(name) or ("",))[-1]
