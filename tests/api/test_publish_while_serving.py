"""Rules published under real servers at work: nobody is cut off, nothing is answered under rules that are broken."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
from html import unescape

import httpx
import pytest

from api.storage.publications import Kept
from api.storage.store import Store
from bot.wording import wording
from rules.load import ruleset_of
from tests.api.serving import ServerProcess
from tests.rulesets import PACKAGED, broken, less_sure, renamed, written

OLD, NEW = (ruleset_of(files).id.version for files in (PACKAGED, less_sure()))
SUPPORT = ["mediation_bailleur", "sr_en_cours", "sans_interruption"]
WORDS = wording("fr")
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Visitor:
    """Someone at the web chat, without JavaScript; ``address`` may change between two presses."""

    def __init__(self, address):
        self.client = httpx.Client(follow_redirects=True, timeout=30, headers={"Accept-Language": "fr"})
        self.address = address
        self.page = self.client.get(f"{address}/").text

    def choose(self, choice):
        self._press(self._data(choice) or self._more(choice))

    def restart(self):
        self._press(next(d for d in self._buttons() if d.startswith("r:")))

    def _more(self, choice):
        self._press(next(d for d in self._buttons() if d.startswith("m:")))
        return self._data(choice)

    def _press(self, data):
        event = {"event": secrets.token_urlsafe(8), "button": data}
        reply = self.client.post(f"{self.address}/chat", data=event, headers={"Origin": self.address})
        assert reply.status_code == 200
        self.page = unescape(reply.text).replace("\u2060", "").replace("\u202f", "\u00a0")

    def _buttons(self):
        return re.findall(r'name="button" value="([^"]+)"', self.page)

    def _data(self, choice):
        return next((d for d in self._buttons() if re.fullmatch(rf"a:\d+:{choice}", d)), None)


def run(server, *arguments):
    command = [sys.executable, "-m", "api.cli", "rules", *arguments]
    return subprocess.run(command, env=server.environ, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603


def publish(server, folder, files, *more):
    by = ("--by", "coordination nationale", "--yes")
    return run(server, "publish", str(written(folder, files)), *by, *more)


def decided(server):
    request = {"situation": {"dst": "pas_fait", "but": "accompagner", "action": "aide_numerique"}, "final": True}
    return httpx.post(f"{server.address}/v1/decisions", json=request, timeout=30).json()


def logged(database_url):
    with Store.open(database_url) as store:
        return store.enquiries()


@pytest.fixture
def visit():
    """Open the chat at an address."""
    opened = []

    def open_chat(address):
        opened.append(Visitor(address))
        return opened[-1]

    yield open_chat
    for visitor in opened:
        visitor.client.close()


@pytest.fixture
def server(tmp_path, database_url):
    with ServerProcess(tmp_path / "data", AIGUILLAGE_DATABASE_URL=database_url) as started:
        yield started


def test_a_conversation_ends_under_its_version_and_the_next_begins_under_the_new_one(
    server, visit, tmp_path, database_url
):
    early = visit(server.address)
    for choice in SUPPORT[:2]:
        early.choose(choice)
    done = publish(server, tmp_path / "new", less_sure(), "--note", "à l'essai")
    assert (done.returncode, done.stderr) == (0, "")
    server.until(lambda: server.ready()["ruleset"] == NEW)
    assert decided(server)["ruleset"]["version"] == NEW
    for choice in SUPPORT[2:]:
        early.choose(choice)
    assert WORDS("certainty.stated") in early.page
    assert f"version {OLD}" in early.page
    (first,) = logged(database_url)
    assert (first.ruleset_version, first.answer["certainty"]) == (OLD, "stated")
    assert first.answer["ruleset"]["version"] == OLD

    early.restart()
    for choice in SUPPORT:
        early.choose(choice)
    assert WORDS("certainty.inferred") in early.page
    assert f"version {OLD}" not in early.page
    second, _ = logged(database_url)
    assert (second.ruleset_version, second.answer["certainty"], second.replaces) == (NEW, "inferred", None)


@on_sqlite
def test_a_shared_answer_stays_as_it_was_and_says_what_it_would_be_today(server, visit, tmp_path, database_url):
    visitor = visit(server.address)
    for choice in SUPPORT:
        visitor.choose(choice)
    (enquiry,) = logged(database_url)

    def shared():
        page = unescape(visitor.client.get(f"{server.address}/reponse/{enquiry.token}").text)
        return page.replace("\u2060", "")

    assert f"version {OLD}" not in shared()
    publish(server, tmp_path / "new", renamed("Un autre titre"))
    server.until(lambda: server.ready()["ruleset"] != OLD)
    assert f"version {OLD}" in shared()
    assert WORDS("versions.today_same") in shared()
    publish(server, tmp_path / "new", less_sure())
    server.until(lambda: server.ready()["ruleset"] == NEW)
    assert WORDS("certainty.stated") in shared()
    assert WORDS("versions.today_otherwise") in shared()


@on_sqlite
def test_a_first_question_shown_before_the_change_is_answered_under_its_version(server, visit, tmp_path, database_url):
    waiting = visit(server.address)
    publish(server, tmp_path / "new", less_sure())
    server.until(lambda: server.ready()["ruleset"] == NEW)
    for choice in SUPPORT:
        waiting.choose(choice)
    assert [e.ruleset_version for e in logged(database_url)] == [OLD]


def test_a_server_killed_in_the_middle_goes_on_under_the_version_of_the_conversation(
    server, visit, tmp_path, database_url
):
    visitor = visit(server.address)
    visitor.choose(SUPPORT[0])
    server.kill()
    publish(server, tmp_path / "new", less_sure())
    server.start()
    assert server.ready()["ruleset"] == NEW
    visitor.choose(SUPPORT[1])
    server.kill()
    server.start()
    for choice in SUPPORT[2:]:
        visitor.choose(choice)
    (enquiry,) = logged(database_url)
    assert (enquiry.ruleset_version, enquiry.answer["certainty"]) == (OLD, "stated")


def test_two_servers_on_one_database_take_a_version_up_and_share_a_conversation(server, visit, tmp_path, database_url):
    with ServerProcess(tmp_path / "data", AIGUILLAGE_DATABASE_URL=database_url) as other:
        visitor = visit(server.address)
        visitor.choose(SUPPORT[0])
        publish(server, tmp_path / "new", less_sure())
        for one in (server, other):
            one.until(lambda one=one: one.ready()["ruleset"] == NEW)
        for choice, at in zip(SUPPORT[1:], (other, server), strict=True):
            visitor.address = at.address
            visitor.choose(choice)
        (enquiry,) = logged(database_url)
        assert enquiry.ruleset_version == OLD
        with Store.open(database_url) as store:
            assert [one.packaged for one in store.publications.all()] == [False, True]


@on_sqlite
def test_a_broken_folder_is_refused_with_its_place_and_changes_nothing(server, tmp_path, database_url):
    before = decided(server)
    done = publish(server, tmp_path / "new", broken())
    assert done.returncode == 2
    assert done.stdout == ""
    assert "missions/suivi_n1.yaml › " in done.stderr
    assert "did you mean 'suivi_realisable'?" in done.stderr
    assert "Traceback" not in done.stderr
    with Store.open(database_url) as store:
        assert [one.version for one in store.publications.all()] == store.publications.versions() == [OLD]
    assert decided(server) == before
    assert server.ready() == {"status": "ready", "ruleset": OLD, "warnings": []}


@on_sqlite
def test_a_kept_version_that_was_changed_by_hand_leaves_the_old_one_serving(server, tmp_path, database_url):
    with Store.open(database_url) as store:
        wrong = {**less_sure(), "terms.yaml": PACKAGED["terms.yaml"] + "\nde_plus: {action: bilan}\n"}
        store.publications.publish(Kept(NEW, "slime-plus", wrong), "quelqu'un")
    server.until(lambda: server.ready()["warnings"])
    said = server.ready()
    assert (said["status"], said["ruleset"]) == ("ready", OLD)
    assert f"version {NEW} › content" in said["warnings"][0]
    assert decided(server)["ruleset"]["version"] == OLD
    server.kill()
    server.start()
    assert server.ready()["ruleset"] == OLD
    assert len(server.ready()["warnings"]) == 1


@on_sqlite
def test_the_command_decides_under_the_same_version_as_the_server(server, tmp_path):
    publish(server, tmp_path / "new", less_sure())
    server.until(lambda: server.ready()["ruleset"] == NEW)
    request = '{"situation": {"dst": "pas_fait", "but": "accompagner", "action": "aide_numerique"}, "final": true}'
    command = [sys.executable, "-m", "api.cli", "decide"]
    done = subprocess.run(command, input=request, env=server.environ, capture_output=True, text=True, check=True)  # noqa: S603
    assert json.loads(done.stdout) == decided(server)
