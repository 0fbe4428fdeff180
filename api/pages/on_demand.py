"""Pages that are loaded when one of them is first asked for: a server starts without them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from fastapi.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import Receive, Scope, Send


class PagesOnDemand(BaseRoute):
    """``under``: the first part of each of their addresses, « revue » of /revue/12; no other page begins so."""

    def __init__(self, under: Sequence[str], make: Callable[[], Sequence[Route]]) -> None:
        self.under, self._make = frozenset(under), make
        self._made: Router | None = None
        self._lock = threading.Lock()

    @property
    def routes(self) -> list[BaseRoute]:
        """All of them, made by now."""
        return self.made().routes

    def made(self) -> Router:
        """Load them, once. Raises ValueError for a page that would not be found under its address."""
        with self._lock:
            if self._made is None:
                routes = self._make()
                if elsewhere := {route.path for route in routes if first_part(route.path) not in self.under}:
                    raise ValueError(f"not under {sorted(self.under)}: {sorted(elsewhere)}")
                self._made = Router(routes)
            return self._made

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        here = scope["type"] == "http" and first_part(scope["path"]) in self.under
        return (Match.FULL if here else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        router = self._made or await run_in_threadpool(self.made)  # others are answered while it loads
        await router(scope, receive, send)


def first_part(path: str) -> str:
    """What a path begins with, up to its second slash."""
    return path.split("/", 2)[1] if path.startswith("/") else ""
