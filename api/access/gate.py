"""The gate before every page of coordinators: who is signed in, with which role, and that the form is theirs.

Every page behind it is made by `Gate.route`, so that `Gate.doors` lists them all with the roles that may pass.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.rates import Rates, TooOftenError
from api.access.roles import Account
from api.storage.accounts import Accounts
from bot.channels.web_page.pages import SECURITY_HEADERS, Pages
from bot.channels.web_page.requests import Form, RefusedError, language_of, read_form, require_same_origin

COOKIE = "aiguillage_account"
SIGN_IN, HOME, SET_UP = "/connexion", "/revue", "/compte/code"
_PATH = re.compile(r"/(?:[A-Za-z0-9._~%=&?+-][A-Za-z0-9._~%=&?+/-]*)?", re.ASCII)
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"


@dataclass(frozen=True, slots=True)
class Signed:
    """Whoever passed the gate. ``csrf``: what each of their forms brings back; ``form``: what a POST brought."""

    account: Account
    csrf: str
    form: Form = field(default_factory=dict)

    def said(self, name: str) -> str:
        """The value of a field of the form, without the blanks around it; empty when it is not there."""
        return (self.form.get(name) or ("",))[-1].strip()


Endpoint = Callable[[Request, Signed], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """A page behind the gate, and the roles that pass."""

    path: str
    method: str
    roles: frozenset[str]
    before_code: bool = False


@dataclass
class Gate:
    """``secret`` makes the mark that a session's forms bring back. ``code_required``: whoever has a password and no
    second factor sets one up before any other page opens. ``rooms``: each makes its pages, where nobody came yet."""

    accounts: Accounts
    pages: Pages
    secret: str
    public_url: str
    code_required: bool = False
    rates: Rates = field(default_factory=Rates)
    rooms: list[Callable[[], object]] = field(default_factory=list)
    _doors: list[Door] = field(default_factory=list)

    @property
    def doors(self) -> list[Door]:
        """Every page behind the gate."""
        for room in self.rooms:
            room()
        return self._doors

    def route(
        self, path: str, endpoint: Endpoint, *roles: str, method: str = "GET", before_code: bool = False
    ) -> Route:
        """A page for these roles. Nobody signed in is led to the sign-in and back; another role is refused.

        ``before_code``: it opens to whoever still has to set a second factor up.
        """
        self._doors.append(Door(path, method, frozenset(roles), before_code))

        async def guarded(request: Request) -> Response:
            signed = await self.signed(request)
            if signed is None:
                return _led(request, SIGN_IN, language_of(request))
            try:
                self.rates.page(signed.csrf)
            except TooOftenError as often:
                return self._too_often(often, signed)
            request.state.account = signed.account.id
            if self.lacks_code(signed.account) and not before_code:
                return _led(request, SET_UP, signed.account.language)
            if signed.account.role not in roles:
                request.state.door = path
                return self.pages.problem(403, "desk.refused.role", signed.account.language)
            if method == "POST":
                try:
                    signed = await self._with_form(request, signed)
                except RefusedError as refused:
                    return self.pages.problem(refused.status, refused.message, signed.account.language)
            return await endpoint(request, signed)

        return Route(path, guarded, methods=[method])

    async def signed(self, request: Request) -> Signed | None:
        """Whoever a request's session is of."""
        token = request.cookies.get(COOKIE, "")
        account = await run_in_threadpool(self.accounts.of_session, token) if token else None
        return None if account is None else Signed(account, self.csrf(token))

    async def _with_form(self, request: Request, signed: Signed) -> Signed:
        require_same_origin(request, self.public_url)
        form = await read_form(request)
        given = request.headers.get(CSRF_HEADER) or (form.get(CSRF_FIELD) or ("",))[-1]
        if not hmac.compare_digest(given.encode(), signed.csrf.encode()):
            raise RefusedError(403, "desk.refused.csrf")
        return Signed(signed.account, signed.csrf, form)

    def _too_often(self, often: TooOftenError, signed: Signed) -> Response:
        refused = self.pages.problem(429, "desk.refused.too_often", signed.account.language)
        refused.headers["Retry-After"] = str(often.seconds)
        return refused

    def csrf(self, token: str) -> str:
        """The mark of a session's forms."""
        return hmac.new(self.secret.encode(), b"csrf " + token.encode(), sha256).hexdigest()

    def lacks_code(self, account: Account) -> bool:
        """Whether somebody has to set a second factor up first."""
        return self.code_required and account.password_alone


def _led(request: Request, to: str, language: str) -> Response:
    """To a page that stands before the one that was asked for, and from there back to it."""
    if request.headers.get("hx-request"):  # a part of a page cannot become another page
        return Response(status_code=401, headers={**SECURITY_HEADERS, "HX-Redirect": to})
    back = request.url.path if request.method == "GET" else HOME
    return RedirectResponse(f"{to}?vers={quote(back)}&lang={language}", 303, dict(SECURITY_HEADERS))


def own_path(wanted: str) -> str:
    """A path of ours to go on to, as asked for; else the first page of coordinators."""
    return wanted if _PATH.fullmatch(wanted) and not wanted.startswith(SIGN_IN) else HOME
