"""The OpenAPI document against the running server: every phase of schemathesis, and what it cannot write itself."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from limits import RateLimitItemPerMinute

from api.routes.api_gate import ApiGate
from api.storage.api_keys import SCOPES, ApiKeys
from tests.api.filled_office import filled_office

# The document cannot say all that is refused: dates out of order, a territory without a file, counts that a table
# gives already. Each of those is a 422 with its remedy, as the document has it.
LEFT_OUT = "positive_data_acceptance"
EXAMPLES = 25
SCHEMATHESIS = "from schemathesis.cli import schemathesis; schemathesis()"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a server where everything has happened once, a key that opens everything, a token."""
    folder, without_end = tmp_path_factory.mktemp("openapi"), RateLimitItemPerMinute(1_000_000)
    with pytest.MonkeyPatch.context() as patch:  # else nearly all it would see is 429
        patch.setattr(ApiGate.__init__, "__defaults__", (without_end,))
        patch.setattr("api.access.rates.LINKS", without_end)
        patch.setattr("api.access.rates.LINKS_ANYWHERE", without_end)
        with filled_office(folder, f"sqlite:///{folder / 'test.db'}") as filled:
            _, key = ApiKeys(filled.parts.store.engine).add("essai", tuple(SCOPES), None)
            yield filled.office.url, key, filled.corrected


def test_every_phase_of_schemathesis_finds_no_failure(site, tmp_path):
    address, key, token = site
    config = tmp_path / "schemathesis.toml"
    config.write_text(f"[parameters]\n'path.token' = '{token}'\n'path.name' = 'sr-mediation'\n")
    command = [
        sys.executable, "-W", "ignore", "-c", SCHEMATHESIS, "--config-file", config, "run",
        f"{address}/openapi.json", "--phases=examples,coverage,fuzzing,stateful", f"--max-examples={EXAMPLES}",
        "--generation-deterministic", "--continue-on-failure", "--no-color", f"--exclude-checks={LEFT_OUT}",
        "-H", f"Authorization: Bearer {key}",
    ]  # fmt: skip
    told = subprocess.run(map(str, command), capture_output=True, text=True, cwd=tmp_path, check=False)  # noqa: S603
    assert told.returncode == 0, told.stdout[:9000] + told.stderr[-2000:]
    assert "returned only 401/403" not in told.stdout
    assert "0 covered" not in told.stdout, told.stdout[-3000:]


NOT_JSON = (
    b'{"situation": {"orientations_donnees": NaN}}',
    b'{"situation": {"orientations_donnees": Infinity}}',
    b'{"situation": {"orientations_donnees": 1e999}}',
    b'{"situation": {"dst": "\\ud800"}}',
    b'{"situation": {"\\udfff": 1}}',
    b'{"\\ud800": 1}',
    b'{"territory": "\\ud800"}',
    b'{"lang": "\\ud800"}',
    b'{"lang": "\xed\xa0\x80"}',
    b'{"lang": "\xff"}',
    b"[" * 200_000,
    b'{"a":' * 40_000,
    b"9" * 100_000,
    b"",
    b"\x00",
    '{"lang": "fr"}'.encode("utf-16"),
)


@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/figures"])
@pytest.mark.parametrize("body", NOT_JSON, ids=lambda body: repr(body[:40]))
def test_what_no_json_of_others_may_hold_is_refused_in_words(site, path, body):
    answer = httpx.post(site[0] + path, content=body, timeout=30)
    assert answer.status_code == 422, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize("state", [{}, [], False, 0])
def test_the_state_of_an_orientation_is_a_word_or_not_said_at_all(site, state):
    asked = {"situation": {"orientations": [{"etat": state}]}}
    assert httpx.post(f"{site[0]}/v1/decisions", json=asked, timeout=30).status_code == 422
    asked["situation"]["orientations"][0]["etat"] = None
    assert httpx.post(f"{site[0]}/v1/decisions", json=asked, timeout=30).status_code == 200


@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/figures"])
def test_a_body_that_is_too_large_is_refused_whatever_it_announces(site, path):
    pieces = (b" " * 65536 for _ in range(64))
    assert httpx.post(site[0] + path, content=pieces, timeout=30).status_code == 413


def test_an_instant_is_written_out_never_a_number_of_seconds(site):
    address, key, _ = site
    for until in ("0.5", "1700000000", "2026-11-26", "hier"):
        answer = httpx.get(f"{address}/v1/enquiries?until={until}", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 422, until
