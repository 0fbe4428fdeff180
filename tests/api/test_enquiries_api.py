"""GET /v1/enquiries on both databases: whose key opens what, pages that do not shift, and how often it may ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from limits import RateLimitItemPerMinute
from sqlalchemy import text

from api.access.roles import COORDINATOR
from api.routes.api_gate import ApiGate
from api.routes.decisions import Problem, problem_response, refused_parameters
from api.routes.enquiries import enquiry_routes
from api.storage.api_keys import ENQUIRIES, FACTS, SCOPES, VERDICTS, ApiKeys
from api.storage.review_schema import reviews, verdicts
from api.storage.store import Store
from tests.api.coordination import TERRITORY, log_questions
from tests.api.examples import REFERRED, an_enquiry
from tests.api.serving import free_port, running

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PERSONAL = ("asker", "interview", "account", "role", "assignee")


class Program:
    """A program that reads, with a key of its own."""

    def __init__(self, client: httpx.Client, keys: ApiKeys) -> None:
        self.client, self.keys = client, keys

    def key(self, *scopes: str, territory: str | None = TERRITORY) -> str:
        return self.keys.add("tableau de bord", scopes or (ENQUIRIES,), territory)[1]

    def get(self, key: str | None, **asked: Any) -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.client.get("/v1/enquiries", params=asked, headers=headers)

    def tokens(self, key: str, **asked: Any) -> list[str]:
        answer = self.get(key, **asked)
        assert answer.status_code == 200, answer.text
        return [one["token"] for one in answer.json()["enquiries"]]


@contextmanager
def served(store: Store, *, a_minute: int = 1000) -> Iterator[Program]:
    app, keys, port = FastAPI(), ApiKeys(store.engine, lambda: NOW), free_port()
    app.add_exception_handler(Problem, problem_response)
    app.add_exception_handler(RequestValidationError, refused_parameters)
    app.include_router(enquiry_routes(store.engine, ApiGate(keys, RateLimitItemPerMinute(a_minute))))
    with running(app, port), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        yield Program(client, keys)


@pytest.fixture
def program(store: Store) -> Iterator[Program]:
    with served(store) as running_program:
        yield running_program


def judged(store: Store, token: str) -> None:
    """A verdict that counts and a second opinion."""
    account = store.accounts.add("coordination@exemple.test", COORDINATOR, TERRITORY)
    given = {"token": token, "account": account.id, "role": account.role, "made_at": NOW}
    with store.engine.begin() as connection:
        counts = {"kind": "corrected", "missions": ["evaluation"], "statements": [21], "authoritative": True}
        connection.execute(verdicts.insert().values(given | counts))
        connection.execute(verdicts.insert().values(given | {"kind": "confirmed", "authoritative": False}))
        connection.execute(reviews.update().where(reviews.c.token == token).values(state="corrected"))


def test_a_key_reads_its_territory_and_one_of_all_reads_everything(store: Store, program: Program) -> None:
    mine = log_questions(store, 2)
    other = log_questions(store, 2, territory="autre-pays")
    assert program.tokens(program.key()) == mine[::-1]
    whole = program.key(territory=None)
    assert sorted(program.tokens(whole)) == sorted([*mine, *other])
    assert program.tokens(whole, territory="autre-pays") == other[::-1]


def test_no_key_a_wrong_one_and_an_ended_one_open_nothing(store: Store, program: Program) -> None:
    log_questions(store, 1)
    secret = program.key()
    program.keys.end(program.keys.all()[0].id)
    for key, challenge in ((None, "Bearer"), ("aig_wrong", "invalid_token"), (secret, "invalid_token")):
        refused = program.get(key)
        assert refused.status_code == 401 and challenge in refused.headers["www-authenticate"]
        assert refused.headers["content-type"] == "application/problem+json" and refused.json()["status"] == 401


def test_another_territory_is_refused_also_by_the_token_of_a_page(store: Store, program: Program) -> None:
    other = log_questions(store, 2, territory="autre-pays")
    assert program.get(program.key(), territory="autre-pays").status_code == 403
    refused = program.get(program.key(), after=other[0])
    assert refused.status_code == 422 and "after" in refused.json()["detail"]


def test_each_scope_opens_its_part_and_what_is_missing_is_named(store: Store, program: Program) -> None:
    (token,) = log_questions(store, 1)
    judged(store, token)
    [plain] = program.get(program.key()).json()["enquiries"]
    assert not {"state", "verdict", "facts"} & plain.keys() and plain["missions"] == ["suivi_n1"]
    [whole] = program.get(program.key(*SCOPES)).json()["enquiries"]
    assert whole["state"] == "corrected" and whole["facts"]["dst"] == "fait"
    assert whole["verdict"] == {
        "kind": "corrected",
        "missions": ["evaluation"],
        "statements": [21],
        "made_at": "2026-11-26T09:00:00Z",
    }
    refused = program.get(program.key(), state="waiting")
    assert refused.status_code == 403 and VERDICTS in refused.json()["detail"]
    assert f'scope="{VERDICTS}"' in refused.headers["www-authenticate"]
    assert program.get(program.key(FACTS)).status_code == 403


def test_nobody_is_in_what_is_read(store: Store, program: Program) -> None:
    (token,) = log_questions(store, 1, asker="5e" * 16, interview="interview-of-somebody")
    judged(store, token)
    answer = program.get(program.key(*SCOPES)).text
    assert "5e5e" not in answer and "somebody" not in answer and "exemple.test" not in answer
    assert not any(f'"{name}"' in answer for name in PERSONAL)


def test_pages_follow_their_links_and_do_not_shift_while_questions_arrive(store: Store, program: Program) -> None:
    tokens, key = log_questions(store, 7), program.key()
    first = program.get(key, limit=3)
    assert first.links["next"]["url"].startswith("/v1/enquiries?limit=3&after=")
    found, answer = [], first
    while True:
        found += [one["token"] for one in answer.json()["enquiries"]]
        if "next" not in answer.links:
            break
        with store.transaction() as journal:
            late = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(minutes=len(found))
            journal.log(an_enquiry(token=f"new-{len(found)}", territory=TERRITORY, asked_at=late))
        address = answer.links["next"]["url"]
        answer = program.client.get(address, headers={"Authorization": f"Bearer {key}"})
    assert found == tokens[::-1] and answer.json()["next"] is None


def test_the_filters_are_those_of_the_queue(store: Store, program: Program) -> None:
    key = program.key(*SCOPES)
    log_questions(store, 2)
    log_questions(store, 1, territory="x")
    with store.transaction() as journal:
        about = {"territory": TERRITORY, "channel": "telegram", "language": "en", "answer": REFERRED}
        journal.log(an_enquiry(token="open", **about))
    for asked in (
        {"status": "referred"},
        {"open_reason": "threshold_undefined"},
        {"channel": "telegram"},
        {"language": "en"},
        {"since": "2026-11-24T00:00:00Z"},
    ):
        assert program.tokens(key, **asked) == ["open"], asked
    assert len(program.tokens(key, mission="suivi_n1")) == 2
    assert len(program.tokens(key, until="2026-11-02T09:00:00+01:00")) == 0
    assert len(program.tokens(key, state="waiting")) == 3


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": 501}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"since": "2026-11-24T00:00:00"}, "since"),
        ({"status": "closed"}, "status"),
        ({"colour": "red"}, "colour"),
        ({"after": "nothing"}, "after"),
    ],
)
def test_what_cannot_be_used_is_a_problem_that_names_the_field(
    program: Program, asked: dict[str, Any], field: str
) -> None:
    refused = program.get(program.key(*SCOPES), **asked)
    assert refused.status_code == 422 and refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"][0]["field"] == field and field in refused.json()["detail"]


def test_a_key_that_asks_too_often_is_told_when_to_come_back(store: Store) -> None:
    with served(store, a_minute=2) as program:
        key = program.key()
        assert [program.get(key).status_code for _ in range(3)] == [200, 200, 429]
        assert 1 <= int(program.get(key).headers["retry-after"]) <= 60
        assert program.get(program.key()).status_code == 200


def test_wrong_keys_from_one_address_are_slowed_down(program: Program) -> None:
    answers = [program.get(f"aig_{number}") for number in range(21)]
    assert [one.status_code for one in answers] == [401] * 20 + [429] and "retry-after" in answers[-1].headers
    assert program.get(program.key()).status_code == 200


def test_the_last_use_is_noted_once_in_five_minutes(store: Store) -> None:
    moments = iter([NOW, NOW, NOW + timedelta(minutes=4), NOW + timedelta(minutes=6)])
    keys = ApiKeys(store.engine, lambda: next(moments))
    _, secret = keys.add("programme", (ENQUIRIES,), None)
    used = []
    for _ in range(3):
        assert keys.of_secret(secret) is not None
        used.append(keys.all()[0].used_at)
    assert used == [NOW, NOW, NOW + timedelta(minutes=6)]


def test_only_a_hash_of_a_key_is_kept_and_its_making_and_end_are_in_the_audit(store: Store, program: Program) -> None:
    secret = program.key()
    program.keys.end(program.keys.all()[0].id)
    with store.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM api_keys")).all())
        actions = connection.scalars(text("SELECT action FROM audit ORDER BY id")).all()
    assert secret not in kept and actions == ["api_key.made", "api_key.ended"]


def test_the_document_declares_the_key_and_the_scopes(program: Program) -> None:
    document = program.client.get("/openapi.json").json()
    route = document["paths"]["/v1/enquiries"]["get"]
    assert route["security"] and document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert all(scope in route["description"] for scope in SCOPES) and {"401", "403", "422", "429"} <= set(
        route["responses"]
    )
