"""The command line and the API answer alike, to the letter; what is wrong is refused and changes nothing."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import date, timedelta

import httpx
import pytest

from api.deciding import Decider, RequestError
from api.storage.store import Store
from rules.compile import compile_ruleset
from rules.load import load_ruleset
from tests.api.serving import serving

VOCABULARY = load_ruleset().vocabulary
TODAY = date(2026, 11, 23)
FIELDS = {
    "status", "missions", "certainty", "reasons", "excluded", "candidates", "open", "open_points", "flips", "advice",
    "missing", "next_question", "ruleset",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("data")) as started:
        yield started


def _value(fact, chance):
    match fact.kind:
        case "bool":
            return chance.random() < 0.5
        case "date":
            return (TODAY - timedelta(days=chance.randrange(900))).isoformat()
        case "integer":
            return chance.randrange(4)
        case "orientations":
            return [{"libelle": "isolation", "etat": chance.choice(fact.values)} for _ in range(chance.randrange(3))]
        case _:
            return chance.choice(fact.values)


def _requests(count):
    chance = random.Random(2026)  # noqa: S311  (situations for a test)
    examples = [
        {k: v.isoformat() if isinstance(v, date) else v for k, v in e.facts.items()} for e in load_ruleset().examples
    ]
    for number in range(count):
        names = chance.sample(sorted(VOCABULARY.facts), chance.randrange(1, 12 if number % 2 else 4))
        said = {name: _value(VOCABULARY.facts[name], chance) for name in names if name != "aujourdhui"}
        start = chance.choice(examples) if number % 2 == 0 else {}
        situation = {**start, **said, "aujourdhui": TODAY.isoformat()}
        yield {"situation": situation, "lang": chance.choice(["fr", "en"]), "final": chance.random() < 0.5}


def _decide(lines, folder):
    command = [sys.executable, "-m", "api.cli", "decide", "--json"]
    environ = {**os.environ, "AIGUILLAGE_DATA_DIR": str(folder)}
    return subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, env=environ, check=False)  # noqa: S603


def test_three_hundred_situations_are_answered_alike_by_the_command_and_by_http(server, tmp_path):
    address, _ = server
    requests = list(_requests(300))
    with httpx.Client() as client:
        replies = [client.post(f"{address}/v1/decisions", json=request) for request in requests]
    accepted = [reply.json() for reply in replies if reply.status_code == 200]
    refused = [number for number, reply in enumerate(replies, 1) if reply.status_code == 422]
    assert len(accepted) + len(refused) == 300
    assert len(accepted) > 100
    assert len({(a["status"], *a["missions"]) for a in accepted}) >= 6
    command = _decide([json.dumps(r) for r in requests], tmp_path)
    assert command.returncode == (2 if refused else 0)
    assert command.stdout.splitlines() == [json.dumps(answer, ensure_ascii=False) for answer in accepted]
    told = {int(line.split()[1].rstrip(":").rstrip("\u00a0")) for line in command.stderr.splitlines()}
    assert told == set(refused)


def test_an_answer_has_the_fields_of_the_contract_and_no_other(server):
    address, _ = server
    for request in _requests(40):
        reply = httpx.post(f"{address}/v1/decisions", json=request)
        if reply.status_code == 200:
            assert set(reply.json()) == FIELDS


WRONG = [
    ({"situation": {"date_dts": "2026-01-01"}}, "date_dts", "date_dst"),
    ({"situation": {"sr": "termin"}}, "sr", "termine"),
    ({"situation": {"date_dst": "2026-02-30"}}, "date_dst", "2026-04-21"),
    ({"situation": {"date_dst": "2999-01-01"}}, "date_dst", "2000"),
    ({"situation": {"dst": "fait", "date_dst": "2030-01-01"}}, "date_dst", "pas_fait"),
    ({"situation": {"date_debut_sr": "2026-05-01", "date_fin_sr": "2026-04-01"}}, "date_debut_sr", "2026-04-01"),
    ({"situation": {"menage_slime": "oui"}}, "menage_slime", "true"),
    ({"situation": {"orientations_donnees": -1}}, "orientations_donnees", "0"),
    ({"situation": {"orientations": [{"etat": "perdue"}]}}, "orientations.etat", "prise_en_charge"),
    ({"situation": {}, "territory": "nulle-part"}, "territory", ""),
    ({"situation": {}, "lang": "tlh"}, "lang", ""),
    ({"situation": {}, "finale": True}, "finale", "final"),
    ([1, 2], "request", ""),
]


@pytest.mark.parametrize(("body", "fact", "hint"), WRONG, ids=[json.dumps(w[0])[:60] for w in WRONG])
def test_a_wrong_request_is_refused_with_the_fact_the_value_and_a_hint(server, tmp_path, body, fact, hint):
    address, settings = server
    reply = httpx.post(f"{address}/v1/decisions", json=body)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    (error,) = reply.json()["errors"]
    assert error["fact"] == fact
    assert hint in error["hint"]
    assert {"fact", "value", "detail", "hint"} == set(error)
    good = json.dumps({"situation": {"dst": "fait"}})
    command = _decide([good, json.dumps(body), good], tmp_path)
    assert command.returncode == 2
    assert len(command.stdout.splitlines()) == 2
    assert error["detail"] in command.stderr
    assert "2" in command.stderr.split(":")[0]
    with Store.open(settings.database_url) as store:
        assert store.enquiries() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"a" * 8_000_000, 413), (b"{", 422), (b"[" * 100_000, 422), (b"\xff\xfe", 422), (b"", 422)],
    ids=["8 MB", "not JSON", "nested", "not text", "empty"],
)
def test_a_body_that_cannot_be_read_gets_a_clear_refusal(server, body, status):
    address, _ = server
    reply = httpx.post(f"{address}/v1/decisions", content=body)
    assert (reply.status_code, reply.json()["status"]) == (status, status)
    assert reply.json()["detail"]


def test_health_readiness_rules_and_questions_can_be_read(server):
    address, _ = server
    assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{address}/readyz").json()["status"] == "ready"
    assert len(httpx.get(f"{address}/v1/ruleset").json()["statements"]) == 70
    french, english = (httpx.get(f"{address}/v1/questions", params={"lang": code}).json() for code in ("fr", "en"))
    assert [q["id"] for q in french] == [q["id"] for q in english]
    assert french[0]["text"] != english[0]["text"]
    document = httpx.get(f"{address}/openapi.json").json()
    body = document["paths"]["/v1/decisions"]["post"]["requestBody"]
    assert body["content"]["application/json"]["schema"]["example"]["situation"]


def test_a_table_keeps_its_rows_and_says_what_is_wrong_in_them(tmp_path):
    table = tmp_path / "situations.csv"
    table.write_text(
        "ref;dst;orientations_donnees;accompagnement_continu;but;cadre_contact;action\n"
        "=1+1;fait;2;oui;accompagner;suivi;mediation_bailleur\nb;fait;x;;;;\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "api.cli", "decide", "--csv", str(table)]
    environ = {**os.environ, "AIGUILLAGE_DATA_DIR": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)  # noqa: S603
    head, first, second = (line.split(";") for line in done.stdout.splitlines())
    assert (done.returncode, first[0]) == (2, "'=1+1")
    assert dict(zip(head, first, strict=False))["answer_missions"] == "soutien_renforce"
    assert "orientations_donnees" in second[-1]


def test_an_answer_made_of_kept_texts_is_the_answer_to_the_letter():
    decider = Decider(compile_ruleset(load_ruleset()), {})
    for request in _requests(60):
        try:
            answer = decider.decide(request, TODAY)
        except RequestError:
            continue
        for _ in range(2):
            assert decider.answer_text(json.dumps(request), TODAY) == json.dumps(answer, ensure_ascii=False)
