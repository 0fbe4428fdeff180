"""/healthz: the process answers. /readyz: so do the database and its schema.

Ready with ``warnings``: it answers, under rules that are not those it should have.
"""

from __future__ import annotations

import logging

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.routes.documented import READY, answered
from api.rulesets import Rulesets
from api.storage.store import StorageError, Store
from api.vitals import Vitals

log = logging.getLogger(__name__)


def health_routes(store: Store, rulesets: Rulesets, vitals: Vitals) -> APIRouter:
    """The two routes, for whatever watches the server."""
    router = APIRouter(tags=["health"])
    told = answered(READY)
    told[503] = {**told[200], "description": "not ready"}

    @router.get("/healthz", summary="Is the process up?")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="Can it answer and log?", responses=told)
    def readyz() -> JSONResponse:
        try:
            store.ping()
        except StorageError as error:
            log.error("not ready: %s", error)
            return JSONResponse({"status": "not ready", "database": "out of reach"}, 503)
        if faults := vitals.faults():
            log.error("not ready: %s", ", ".join(f"{part}: {fault}" for part, fault in faults.items()))
            return JSONResponse({"status": "not ready", **faults}, 503)
        return JSONResponse({"status": "ready", "ruleset": rulesets.version, "warnings": list(rulesets.warnings)})

    return router
