"""What whatever watches a server sees: metrics, readiness that tells the truth, logs without anybody's words."""

from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import logs, setting_values, vitals
from api.app import create_app
from api.settings import load_settings
from api.vitals import Vitals, disk_check
from bot.messages import Incoming
from tests.attack.test_source import trees

TOKEN = "m" * 40
TODAY = date(2026, 11, 23)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path), "AIGUILLAGE_METRICS_TOKEN": TOKEN})
    with TestClient(create_app(settings, today=lambda: TODAY)) as client:
        yield client


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Every log line as JSON; the logging of the tests is put back."""
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    logs.configure(setting_values.JSON, out)
    yield out
    root.handlers, _ = handlers, root.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_metrics_count_what_was_answered_and_say_which_rules_answer(client: TestClient) -> None:
    client.get("/")
    read = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert 'aiguillage_events_total{channel="web",outcome="answered"} 1.0' in read
    assert 'aiguillage_event_seconds_count{channel="web"} 1.0' in read
    assert f'aiguillage_ruleset_info{{version="{client.app.state.parts.rulesets.version}"}} 1.0' in read
    assert "aiguillage_database_up 1.0" in read


@pytest.mark.parametrize("brought", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
def test_metrics_are_for_whoever_brings_the_token(client: TestClient, brought: dict[str, str]) -> None:
    assert client.get("/metrics", headers=brought).status_code == 401


def test_without_a_token_there_are_no_metrics(tmp_path: Path) -> None:
    with TestClient(create_app(load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)}))) as client:
        assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404


def test_it_is_not_ready_without_room_on_the_disk(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").json()["status"] == "ready"
    monkeypatch.setattr(vitals, "LEAST_FREE", 1 << 60)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert "make room" in answer.json()["disk"]


def test_it_is_not_ready_once_it_stops(tmp_path: Path) -> None:
    app = create_app(load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)}))
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200
    assert app.state.vitals.faults().keys() >= {"stopping", "jobs"}


def test_a_part_that_is_well_again_is_no_fault() -> None:
    state, watched = ["broken"], Vitals()
    watched.watch("part", lambda: state[0] or None)
    assert watched.faults() == {"part": "broken"}
    state[0] = ""
    assert watched.faults() == {}


def test_there_is_room_where_the_disk_has_room(tmp_path: Path) -> None:
    assert disk_check(tmp_path)() is None


def test_each_answer_is_a_line_with_its_interview_and_without_words(client: TestClient, written: io.StringIO) -> None:
    said = "Mme Benali : DST en octobre, plus rien depuis."
    exchange = client.app.state.parts.exchange
    exchange.take_now(Incoming("telegram", "77", "424242", TODAY, text=said))
    (line,) = [line for line in lines(written) if line["logger"] == "bot.conversation"]
    assert (line["channel"], line["update"], line["event"]) == ("telegram", "77", "answered: asks action")
    assert line["interview"].endswith("-0") and len(line["interview"]) == 18
    assert not any(word in written.getvalue() for word in ("Benali", "octobre", "424242"))


def test_of_an_error_its_kind_and_places_are_written_not_its_words(written: io.StringIO) -> None:
    try:
        raise ValueError("ce que Mme B. a écrit")
    except ValueError:
        logging.getLogger("api").exception("it failed")
    (line,) = lines(written)
    assert (line["event"], line["error"]) == ("it failed", "ValueError")
    assert line["at"].startswith("test_watching.py:")
    assert "écrit" not in written.getvalue()


def test_an_entry_says_when_in_utc_where_how_grave_and_what(written: io.StringIO) -> None:
    logging.getLogger("api.jobs").warning("it waits")
    (line,) = lines(written)
    assert (line["logger"], line["level"], line["event"]) == ("api.jobs", "warning", "it waits")
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)


@pytest.mark.parametrize("form", [setting_values.JSON, setting_values.READABLE])
def test_nothing_that_is_logged_makes_a_line_of_its_own(form: str) -> None:
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    try:
        logs.configure(form, out)
        logging.getLogger("api").warning("refused: %s", "x\n2026-11-26 [info] signed in\r\x1b[2K\u2028y")
    finally:
        root.handlers, _ = handlers, root.setLevel(level)
    assert len(out.getvalue().splitlines()) == 1 and "\x1b" not in out.getvalue()


def test_logs_go_to_one_place_that_is_told() -> None:
    for file, tree in trees():
        named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not {"FileHandler", "SysLogHandler", "HTTPHandler", "SocketHandler", "basicConfig"} & named, file
        assert "StreamHandler" not in named or file == "api/logs.py", file


def test_logs_can_be_read_by_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    try:
        logs.configure(setting_values.READABLE, out)
        logging.getLogger("api").warning("the disk is nearly full")
    finally:
        root.handlers, _ = handlers, root.setLevel(level)
    assert "the disk is nearly full" in out.getvalue() and not out.getvalue().startswith("{")
