"""Pages that are loaded when one of them is first asked for."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api.pages.on_demand import PagesOnDemand


async def say(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{request.method} {request.url.path} {dict(request.path_params)}")


@pytest.fixture
def made():
    return []


@pytest.fixture
def visit(made):
    def make():
        made.append("once")
        return [Route("/revue", say), Route("/revue/{token}", say, methods=["POST"])]

    app = Starlette(routes=[PagesOnDemand(("revue",), make), Route("/revues", say), Route("/", say)])
    with TestClient(app, follow_redirects=False) as client:
        yield client


def test_they_are_made_once_when_one_of_them_is_asked_for(visit, made):
    assert visit.get("/").text == "GET / {}" and visit.get("/revues").status_code == 200
    assert visit.get("/nulle-part").status_code == 404 and not made
    assert visit.get("/revue").text == "GET /revue {}"
    assert visit.post("/revue/12").text == "POST /revue/12 {'token': '12'}"
    assert made == ["once"]


def test_what_they_do_not_answer_is_refused_as_elsewhere(visit):
    assert visit.get("/revue/12").status_code == 405
    assert visit.get("/revue/12/autre").status_code == 404
    assert visit.get("/revue/").headers["location"].endswith("/revue")


def test_a_page_that_would_not_be_found_is_a_fault_of_ours():
    lost = PagesOnDemand(("revue",), lambda: [Route("/revue", say), Route("/autre/{token}", say)])
    with pytest.raises(ValueError, match="autre"):
        lost.made()
