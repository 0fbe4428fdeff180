"""/compte: one's own account: language, password, second factor, open sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.access.gate import COOKIE, SET_UP, Gate, Signed, own_path
from api.access.rates import CODE, NAME_HERE, TooOftenError
from api.access.roles import ROLES
from api.access.second_factor import address_of, new_secret, sealed, step_of
from api.access.signing_in import SignIn, SignInRefused
from api.pages.desk import DeskPages
from api.pages.squares import drawn_square
from api.pages.when import moments
from api.signing import record_signed, signed_record
from api.storage.account_changes import AccountChanges
from api.storage.accounts import Kept, session_key
from bot.channels.web_page.pages import SECURITY_HEADERS
from bot.wording import autonyms, languages

HERE = Path(__file__).resolve().parent
ADDRESS = "/compte"
NOTICES = ("language", "password", "code_on", "code_off", "session", "sessions")
NEW_CODE = b"new second factor "
HANDLE = 16  # of a session's key, as many digits as tell it from one's others
HEADERS = {**SECURITY_HEADERS, "Cache-Control": "no-store"}


def account_pages(
    gate: Gate, desk: DeskPages, sign_in: SignIn, territory_name: Callable[[str | None], str]
) -> list[Route]:
    """One's own account, for every role."""
    page = _Page(gate, desk, desk.beside(HERE), sign_in, territory_name)
    return [
        gate.route(ADDRESS, page.show, *ROLES),
        gate.route(ADDRESS + "/langue", page.speak, *ROLES, method="POST"),
        gate.route(ADDRESS + "/mot-de-passe", page.change_password, *ROLES, method="POST"),
        gate.route(SET_UP, page.offer_code, *ROLES, before_code=True),
        gate.route(SET_UP, page.switch_code_on, *ROLES, method="POST", before_code=True),
        gate.route(ADDRESS + "/code/retirer", page.switch_code_off, *ROLES, method="POST"),
        gate.route(ADDRESS + "/sessions/fermer", page.end_session, *ROLES, method="POST"),
        gate.route(ADDRESS + "/sessions/fermer-les-autres", page.end_others, *ROLES, method="POST"),
    ]


@dataclass(frozen=True)
class _Page:
    gate: Gate
    desk: DeskPages
    environment: Environment
    sign_in: SignIn
    territory_name: Callable[[str | None], str]

    async def show(self, request: Request, signed: Signed) -> Response:
        return await self._show(request, signed)

    async def speak(self, _request: Request, signed: Signed) -> Response:
        """From now on the pages are in this language."""
        chosen = signed.said("lang")
        if chosen in languages():
            await self._change(signed, lambda changes: changes.speak(signed.account.id, chosen))
        return _done("language")

    async def change_password(self, request: Request, signed: Signed) -> Response:
        """A new password, against the one of now; the other sessions end."""
        kept, session = await self._kept(signed), request.cookies.get(COOKIE, "")
        given = {name: _given(signed, name) for name in ("current", "password", "again")}
        try:
            await run_in_threadpool(self._choose, kept, session, **given)
        except SignInRefused as refused:
            return await self._show(request, signed, 422, password_error=refused.message)
        except TooOftenError as often:
            return await self._too_often(request, signed, often, password_error="access.refused.too_often")  # noqa: S106
        return _done("password")

    async def offer_code(self, request: Request, signed: Signed) -> Response:
        """A new secret as a square, to be confirmed by a code."""
        if (await self._kept(signed)).totp is not None:
            return RedirectResponse(ADDRESS, 303, HEADERS)
        return self._offer(request, signed, new_secret())

    async def switch_code_on(self, request: Request, signed: Signed) -> Response:
        """The second factor, once a code shows that the phone has its secret."""
        record, kept = record_signed(signed.said("offer"), NEW_CODE, self.sign_in.secret), await self._kept(signed)
        if kept.totp is not None or record is None or record["account"] != signed.account.id:
            return RedirectResponse(ADDRESS, 303, HEADERS)
        try:
            if kept.password is not None and not self.gate.lacks_code(signed.account):
                await run_in_threadpool(self._prove, kept, _given(signed, "current"))
        except SignInRefused as refused:
            return self._offer(request, signed, record["secret"], 422, refused.message)
        except TooOftenError as often:
            return self._offer(request, signed, record["secret"], 429, "access.refused.too_often", often)
        step = step_of(record["secret"], signed.said("code"), self.sign_in.accounts.clock())
        if step is None:
            return self._offer(request, signed, record["secret"], 422, "access.refused.code")
        columns, here = sealed(record["secret"], self.sign_in.vault), session_key(request.cookies.get(COOKIE, ""))

        def switch_on(changes: AccountChanges) -> None:
            changes.set_totp(signed.account.id, columns, step)
            changes.end_sessions(signed.account.id, keep=here)

        await self._change(signed, switch_on)
        on = signed.said("vers")
        return RedirectResponse(own_path(on), 303, HEADERS) if on else _done("code_on")

    async def switch_code_off(self, request: Request, signed: Signed) -> Response:
        """No second factor any more, by the password and a last code of it."""
        kept, here = await self._kept(signed), session_key(request.cookies.get(COOKIE, ""))
        try:
            await run_in_threadpool(self._remove_code, kept, signed, here)
        except SignInRefused as refused:
            return await self._show(request, signed, 422, code_error=refused.message)
        except TooOftenError as often:
            return await self._too_often(request, signed, often, code_error="access.refused.too_often")
        return RedirectResponse(SET_UP, 303, HEADERS) if self.gate.code_required else _done("code_off")

    async def end_session(self, request: Request, signed: Signed) -> Response:
        """One of one's own sessions ends, maybe this one."""
        found = await run_in_threadpool(self.sign_in.accounts.sessions, signed.account.id)
        chosen = next((one.key for one in found if one.key[:HANDLE] == signed.said("session")), None)
        if chosen is not None:
            await self._change(signed, lambda changes: changes.end_sessions(signed.account.id, only=chosen))
        return _done("session")

    async def end_others(self, request: Request, signed: Signed) -> Response:
        """All of one's sessions but this one end."""
        here = session_key(request.cookies.get(COOKIE, ""))
        await self._change(signed, lambda changes: changes.end_sessions(signed.account.id, keep=here))
        return _done("sessions")

    def _remove_code(self, kept: Kept, signed: Signed, here: str) -> None:
        """Raises SignInRefused or TooOftenError."""
        self.sign_in.rates.attempt(CODE, "code", str(kept.account.id))
        if kept.password is not None:
            self._prove(kept, _given(signed, "current"))
        step = self.sign_in.step(kept, signed.said("code"))
        with self.sign_in.accounts.changing(signed.account) as changes:
            if step is None or not changes.use_step(kept.account.id, step):
                raise SignInRefused("access.refused.code", kept)
            changes.remove_totp(kept.account.id)
            changes.end_sessions(kept.account.id, keep=here)

    def _choose(self, kept: Kept, session: str, current: str, password: str, again: str) -> None:
        self._prove(kept, current)
        self.sign_in.choose(kept, password, again, session)

    def _prove(self, kept: Kept, current: str) -> None:
        """That this is the password of now. Raises SignInRefused or TooOftenError."""
        self.sign_in.rates.attempt(NAME_HERE, "own password", str(kept.account.id))
        if not self.sign_in.passwords.right(kept.password, current):
            raise SignInRefused("access.refused.current", kept)

    def _offer(
        self,
        request: Request,
        signed: Signed,
        secret: str,
        status: int = 200,
        error: str | None = None,
        often: TooOftenError | None = None,
    ) -> Response:
        record, opens = {"account": signed.account.id, "secret": secret}, address_of(secret, signed.account.name)
        values = {
            "offer": signed_record(record, NEW_CODE, self.sign_in.secret),
            "typed": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "opens": opens,
            "drawn": drawn_square(opens),
            "error": error,
            "minutes": often.minutes if often else 1,
            "by_password": signed.account.password_alone,
            "first": self.gate.lacks_code(signed.account),
            "on": signed.said("vers") or request.query_params.get("vers", ""),
        }
        page = self.desk.page(self.environment, "new_code.html", signed, request, status, **values)
        if often is not None:
            page.headers["Retry-After"] = str(often.seconds)
        return page

    async def _show(self, request: Request, signed: Signed, status: int = 200, **errors: object) -> Response:
        kept = await self._kept(signed)
        found = await run_in_threadpool(self.sign_in.accounts.sessions, signed.account.id)
        here = session_key(request.cookies.get(COOKIE, ""))
        said = request.query_params.get("suite", "")
        values = {
            "kept": kept,
            "required": self.gate.code_required,
            "territory": self.territory_name(signed.account.territory),
            "sessions": [(one, one.key[:HANDLE], one.key == here) for one in found],
            "spoken": autonyms(),
            "moment": moments(signed.account.language),
            "notice": f"account.notice.{said}" if said in NOTICES else None,
            "password_error": None,
            "code_error": None,
            "minutes": 1,
            **errors,
        }
        return self.desk.page(self.environment, "account.html", signed, request, status, **values)

    async def _too_often(self, request: Request, signed: Signed, often: TooOftenError, **errors: object) -> Response:
        page = await self._show(request, signed, 429, minutes=often.minutes, **errors)
        page.headers["Retry-After"] = str(often.seconds)
        return page

    async def _kept(self, signed: Signed) -> Kept:
        kept = await run_in_threadpool(self.sign_in.accounts.kept, signed.account.id)
        assert kept is not None  # noqa: S101  (whoever is signed in has an account)
        return kept

    async def _change(self, signed: Signed, change: Callable[[AccountChanges], object]) -> None:
        def changed() -> None:
            with self.sign_in.accounts.changing(signed.account) as changes:
                change(changes)

        await run_in_threadpool(changed)


def _done(notice: str) -> Response:
    return RedirectResponse(f"{ADDRESS}?suite={notice}", 303, HEADERS)


def _given(signed: Signed, name: str) -> str:
    """A password of the form, blanks and all."""
    return (signed.form.get(name) or ("",))[-1]
