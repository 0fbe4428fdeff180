"""Programs are told of verdicts: over real HTTP on loopback, signed, tried again, given up, and nowhere private."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.households.jobs import DELIVER
from api.jobs.adding import DurableJobs, prepare_tables
from api.jobs.delivering import DAY_LONG, Delivering
from api.jobs.runtime import JobsRuntime, Loop
from api.jobs.sending import Retries
from api.jobs.worker import Worker
from api.settings import SettingsError, load_settings
from api.storage.store import Store
from api.storage.vault import Vault
from api.storage.webhooks import Delivery, Webhook
from api.webhooks.addresses import AddressError, Places
from api.webhooks.desk import WebhookDesk
from api.webhooks.posting import Poster
from tests.api.coordination import TERRITORY, log_questions
from tests.api.receiver import Receiver, receiving
from tests.api.reviewing import WORDS, rule
from tests.api.serving import ServerProcess

FAST = Retries(tries=3, first=0.1, longest=0.2)
HERE = Places(loopback=True)
DOCUMENT = Path(__file__).parents[2] / "docs" / "webhooks.md"


class Programs:
    """A desk on a store, and jobs that run."""

    def __init__(self, store: Store, folder: Path, places: Places = HERE) -> None:
        prepare_tables(store.engine.url)
        self.store, self.folder, self.jobs = store, folder, DurableJobs(store.engine)
        self.desk = WebhookDesk(store, Vault(["k" * 40]), self.jobs, Poster(places, longest=0.6))

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        loop = Loop()
        delivering = Delivering(self.desk, self.jobs, loop, FAST)
        jobs = {DELIVER: delivering.deliver}
        worker = Worker(self.folder / "workers")
        runtime = JobsRuntime(self.store.engine, worker, loop, jobs, lambda _: None, polling=0.02)
        await runtime.start()
        try:
            yield
        finally:
            await runtime.stop()

    def add(self, receiver: Receiver, territory: str | None = TERRITORY) -> Webhook:
        return self.desk.add(None, receiver.address, territory)

    def secret(self, webhook: Webhook) -> str:
        with self.desk.open() as webhooks:
            return webhooks.secret(webhook.id)

    def verdict(self, token: str, **changes: object) -> int:
        number = rule(self.store, token, **changes)
        with self.store.engine.begin() as connection:
            self.desk.after(connection, number)
        return number

    def last(self, webhook: Webhook) -> Delivery | None:
        with self.desk.open() as webhooks:
            return next(iter(webhooks.last(webhook.id)), None)

    async def ended(self, webhook: Webhook, state: str) -> Delivery:
        for _ in range(750):
            last = self.last(webhook)
            if last is not None and last.state == state:
                return last
            await asyncio.sleep(0.02)
        raise TimeoutError(self.last(webhook))


@pytest.fixture
def programs(store: Store, tmp_path: Path) -> Programs:
    return Programs(store, tmp_path)


async def test_a_verdict_is_told_with_ids_alone_and_a_signature_that_the_document_verifies(programs: Programs) -> None:
    (token,) = log_questions(programs.store, 1)
    with receiving() as receiver:
        webhook = programs.add(receiver)
        programs.verdict(token)
        async with programs.working():
            told = await programs.ended(webhook, "delivered")
    ((headers, body),) = receiver.came
    assert json.loads(body) == {
        "event": "verdict.given",
        "token": token,
        "territory": TERRITORY,
        "verdict": {
            "kind": "corrected",
            "missions": ["soutien_renforce"],
            "statements": [22],
            "made_at": "2026-11-25T10:00:00+00:00",
        },
        "answer": {"status": "settled", "missions": ["suivi_n1"]},
        "delivery": told.id,
    }
    assert WORDS not in body.decode()
    verify = verification_of_the_document()
    assert verify(programs.secret(webhook), headers, body)
    assert not verify("another secret", headers, body)
    assert not verify(programs.secret(webhook), headers, body + b" ")
    assert not verify(programs.secret(webhook), headers | {"Aiguillage-Timestamp": "1700000000"}, body)
    assert headers["Aiguillage-Delivery"] == told.id
    assert told.tries == 1 and told.failure is None


def verification_of_the_document():
    """The function that the document shows."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)[1]
    assert len(code.strip().splitlines()) <= 10
    names: dict = {}
    exec(code, names)  # noqa: S102
    return names["is_ours"]


async def test_a_receiver_that_fails_is_told_again_under_the_same_id(programs: Programs) -> None:
    (token,) = log_questions(programs.store, 1)
    with receiving(500, 200) as receiver:
        webhook = programs.add(receiver)
        programs.verdict(token)
        async with programs.working():
            told = await programs.ended(webhook, "delivered")
    assert told.tries == 2 and told.failure is None
    assert [body["delivery"] for body in receiver.bodies()] == [told.id, told.id]


@pytest.mark.parametrize(("answer", "failure"), [(500, "http_500"), (302, "redirect"), (404, "http_404")])
async def test_what_never_arrives_is_given_up_and_says_why(programs: Programs, answer: int, failure: str) -> None:
    (token,) = log_questions(programs.store, 1)
    with receiving(answer) as receiver, receiving() as elsewhere:
        receiver.location = elsewhere.address
        webhook = programs.add(receiver)
        programs.verdict(token)
        async with programs.working():
            told = await programs.ended(webhook, "given_up")
    assert (told.failure, told.tries, len(receiver.came)) == (failure, 3, 3)
    assert elsewhere.came == []


async def test_a_receiver_that_never_answers_is_a_timeout_and_one_that_is_not_there_is_unreachable(
    programs: Programs,
) -> None:
    (token,) = log_questions(programs.store, 1)
    with receiving() as gone:
        away = programs.add(gone)
    with receiving(hold=True) as receiver:
        webhook = programs.add(receiver)
        programs.verdict(token)
        async with programs.working():
            assert (await programs.ended(webhook, "given_up")).failure == "timeout"
            assert (await programs.ended(away, "given_up")).failure == "unreachable"


async def test_only_the_territory_of_the_verdict_is_told_and_those_of_all(programs: Programs) -> None:
    (here,) = log_questions(programs.store, 1)
    with receiving() as mine, receiving() as others, receiving() as all_of_them, receiving() as ended:
        webhooks = [programs.add(mine), programs.add(others, "ailleurs"), programs.add(all_of_them, None)]
        over = programs.add(ended)
        programs.desk.end(None, over.id)
        programs.verdict(here)
        rule(programs.store, here, "confirmed", authoritative=False)
        async with programs.working():
            await programs.ended(webhooks[0], "delivered")
            await programs.ended(webhooks[2], "delivered")
        assert [len(r.came) for r in (mine, others, all_of_them, ended)] == [1, 0, 1, 0]


async def test_a_second_opinion_and_a_rolled_back_verdict_are_told_to_nobody(programs: Programs) -> None:
    (token,) = log_questions(programs.store, 1)
    with receiving() as receiver:
        webhook = programs.add(receiver)
        programs.verdict(token, authoritative=False)
        number = rule(programs.store, token)
        with pytest.raises(RuntimeError), programs.store.engine.begin() as connection:
            programs.desk.after(connection, number)
            raise RuntimeError
        assert programs.last(webhook) is None


async def test_what_waits_for_a_webhook_that_was_ended_is_not_sent(programs: Programs) -> None:
    (token,) = log_questions(programs.store, 1)
    with receiving() as receiver:
        webhook = programs.add(receiver)
        programs.verdict(token)
        programs.desk.end(None, webhook.id)
        async with programs.working():
            told = await programs.ended(webhook, "given_up")
        assert told.failure == "ended" and receiver.came == []


async def test_a_trial_goes_at_once_and_is_not_tried_again(programs: Programs) -> None:
    with receiving(200, 503) as receiver:
        webhook = programs.add(receiver)
        assert (await programs.desk.trial(None, webhook.id)).state == "delivered"
        failed = await programs.desk.trial(None, webhook.id)
        assert (failed.state, failed.failure) == ("given_up", "http_503")
        first = receiver.bodies()[0]
        assert first == {"event": "test", "territory": TERRITORY, "delivery": first["delivery"]}


def test_the_secret_is_shown_once_and_lies_sealed(programs: Programs) -> None:
    with receiving() as receiver:
        webhook = programs.add(receiver)
    with programs.desk.open() as webhooks:
        secret = webhooks.reveal(webhook.id, datetime.now(UTC))
        assert secret and webhooks.reveal(webhook.id, datetime.now(UTC)) is None
        row = webhooks.connection.exec_driver_sql("SELECT secret, sealing FROM webhooks").one()
    assert secret.encode() not in bytes(row[0]) + bytes(row[1])


def test_the_pauses_add_up_to_less_than_a_day_and_grow() -> None:
    pauses = [DAY_LONG.pause(n) for n in range(1, DAY_LONG.tries)]
    assert pauses == sorted(pauses)
    assert timedelta(hours=22) < timedelta(seconds=sum(pauses)) < timedelta(days=1)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "form"),
        ("exemple.fr", "form"),
        ("https://", "form"),
        ("https://nom:mot@exemple.fr/", "form"),
        ("https://exemple.fr:99999/", "form"),
        ("https://exemple.fr/a b", "form"),
        ("https://exemple.fr/" + "a" * 500, "form"),
        ("http://exemple.fr/", "https"),
        ("ftp://exemple.fr/", "https"),
        ("https://10.1.2.3/", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:127.0.0.1]/", "private"),
        ("https://[64:ff9b::10.0.0.1]/", "private"),
        ("http://127.0.0.1:8000/", "private"),
        ("https://localhost/", "private"),
        ("https://0.0.0.0/", "private"),
    ],
)
def test_an_address_that_may_not_be_told_is_refused_when_it_is_added(address: str, code: str) -> None:
    with pytest.raises(AddressError) as refused:
        Places().checked(address)
    assert refused.value.code == code


def test_private_networks_are_told_where_the_setting_allows_but_never_the_machine_s_own() -> None:
    private = Places(private=True)
    assert private.checked("https://10.1.2.3/a#b") == "https://10.1.2.3/a"
    assert private.allows(ipaddress.ip_address("fd00::1"))
    for never in ("169.254.169.254", "127.0.0.1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"):  # noqa: S104
        assert not private.allows(ipaddress.ip_address(never))
    assert Places().checked("https://exemple.fr/hook") == "https://exemple.fr/hook"


async def test_a_name_that_leads_to_this_machine_is_refused_at_the_delivery(store: Store, tmp_path: Path) -> None:
    with receiving() as receiver:
        here = Programs(store, tmp_path)
        webhook = here.add(receiver)
        outside = Programs(store, tmp_path, Places())
        assert (await outside.desk.trial(None, webhook.id)).failure == "private"
        assert receiver.came == []
    with pytest.raises(AddressError):
        await Places().resolved("localhost", 443)
    with pytest.raises(AddressError):
        await HERE.resolved("no.such.host.invalid", 443)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server of this name shows, and who trusts it."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{name}.pem"
    file.write_bytes(pem + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())


async def test_the_certificate_has_to_be_that_of_the_name_though_we_connect_to_a_number(tmp_path: Path) -> None:
    for name, failure in (("localhost", None), ("exemple.fr", "unreachable")):
        server, trust = certificate(tmp_path, name)
        with receiving(tls=server) as receiver:
            poster = Poster(HERE, verify=trust)
            assert await poster.post(receiver.address, b"{}", "secret", "id") == failure
            hosts = [headers["Host"] for headers, _ in receiver.came]
            assert hosts == ([] if failure else [receiver.address.split("/")[2]])


def test_a_server_that_is_killed_tells_after_its_next_start(tmp_path: Path) -> None:
    with (
        receiving(hold=True) as receiver,
        ServerProcess(tmp_path) as server,
        Store.open(f"sqlite:///{tmp_path / 'aiguillage.db'}") as store,
    ):
        keys = (tmp_path / "contact_keys").read_text("utf-8").strip()
        desk = WebhookDesk(store, Vault([keys]), DurableJobs(store.engine), Poster(HERE))
        webhook = desk.add(None, receiver.address, TERRITORY)
        (token,) = log_questions(store, 1)
        number = rule(store, token)
        with store.engine.begin() as connection:
            desk.after(connection, number)
        server.until(lambda: receiver.came)
        server.kill()
        receiver.held.set()
        assert told(desk, webhook) == "under_way"
        server.start()
        server.until(lambda: told(desk, webhook) == "delivered")
    assert len({body["delivery"] for body in receiver.bodies()}) == 1


def told(desk: WebhookDesk, webhook: Webhook) -> str:
    with desk.open() as webhooks:
        return webhooks.last(webhook.id)[0].state


@pytest.mark.parametrize(("value", "allowed"), [("oui", True), ("true", True), ("non", False), ("0", False)])
def test_private_networks_are_allowed_by_a_setting(tmp_path: Path, value: str, allowed: bool) -> None:
    environ = {"AIGUILLAGE_DATA_DIR": str(tmp_path), "AIGUILLAGE_PRIVATE_WEBHOOKS": value}
    assert load_settings(environ).private_webhooks is allowed
    with pytest.raises(SettingsError, match="oui"):
        load_settings({**environ, "AIGUILLAGE_PRIVATE_WEBHOOKS": "peut-être"})
