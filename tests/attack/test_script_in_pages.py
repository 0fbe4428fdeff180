"""Script in every text that somebody can enter, then every page in a real browser with its policy in force."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import replace
from urllib.parse import quote, urldefrag, urlsplit

import httpx
import pytest

from api.access.gate import COOKIE
from api.settings import load_settings
from bot.followup.relay import Sender
from rules.load_territory import LONGEST_NAME
from tests.api import casework, filled_office
from tests.api.filled_office import FilledOffice
from tests.api.test_doors import OPEN, filled
from tests.api.test_every_page import AS_MANY, FILES, PUBLIC, _kind, _own, _public

BAD = (
    '<script>window.pwned=1</script>"><img src=x onerror="window.pwned=1">'
    "'</textarea><svg onload=window.pwned=1>{{7*7}}"
)
SHORT = '"><img src=x onerror=window.pwned=1>'
BLUNT = "javascript:window.pwned=1"
NOT_SHOWN = re.compile(r"<img src=x|<svg onload|<script>window")
COMPUTED = re.compile(r"(?<!\d)49(?!\d)")
QUERIES = (
    "lang",
    "vers",
    "territoire",
    "etat",
    "q",
    "apres",
    "reponse",
    "visited",
    "a",
    "message",
    "gabarit",
    "langue",
)
POLICY = re.compile(r"default-src '(self|none)'")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A server where everything has happened once, all of it said in markup and script."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filled_office, "WORDS", BAD)
        patch.setattr(filled_office, "SAID", f"{BAD} Nous comptons ainsi.")
        patch.setattr(filled_office, "TITLED", {"title": SHORT, "said": BAD})
        patch.setattr(filled_office, "ARABIC", f"{BAD} {filled_office.ARABIC}")
        patch.setattr(filled_office, "BENGALI", f"{BAD} {filled_office.BENGALI}")
        patch.setattr(casework, "SENDER", Sender(SHORT, BAD[:80], BLUNT, SHORT))
        named = casework.FILE.replace("Pays d'exemple", f"'{BAD[:LONGEST_NAME]}'".replace("'</", "''</"))
        patch.setattr(casework, "FILE", named.replace("Comité de pilotage", "<script>window.pwned=1</script>"))
        folder = tmp_path_factory.mktemp("script")
        with filled_office.filled_office(folder, f"sqlite:///{folder / 'test.db'}") as made:
            _more(made)
            yield made


def _more(made: FilledOffice) -> None:
    """What the coordinators' forms take beside."""
    with made.office.signed_as(made.administrator) as client:
        mark = re.search(r'name="csrf" value="(\w+)"', client.get("/exports/cles").text)[1]
        key = client.post("/exports/cles", data={"csrf": mark, "label": BAD[:60], "scope": "enquiries:read"})
        assert key.status_code in (200, 303), key.text
        refused = client.post("/equipe/comptes", data={"csrf": mark, "name": SHORT, "role": "coordinator"})
        assert "<img src=x" not in refused.text
        refused = client.post("/webhooks", data={"csrf": mark, "address": BLUNT})
        assert refused.status_code in (422, 303)


class Victim:
    """A browser that reads pages. ``found``: what ran, by page; ``shown``: how many pages show the words as words."""

    def __init__(self, browser, address: str, cookie: str | None) -> None:
        context = browser.new_context(locale="fr-FR")
        if cookie:
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
        self.page, self.address = context.new_page(), address
        self.found, self.shown = defaultdict(list), 0
        self.page.on("dialog", lambda dialog: (self._note(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("console", lambda said: self._note(said.text) if "Content Security" in said.text else None)

    def _note(self, what: str) -> None:
        self.found[urlsplit(self.page.url).path].append(what)

    def look(self, path: str) -> list[str]:
        answer = self.page.goto(self.address + path, wait_until="load")
        if not POLICY.search(answer.headers.get("content-security-policy", "")):
            self._note("no policy")
        if self.page.evaluate("window.pwned"):
            self._note("it ran")
        if self.page.locator("img[src=x], svg[onload]").count():
            self._note("it is an element")
        text = self.page.evaluate("document.body ? document.body.innerText : ''")
        self.shown += "window.pwned" in text
        if COMPUTED.search(text) and "7*7" not in text and "onerror" in text:
            self._note("a template was computed")
        links = "[...document.querySelectorAll('a[href]')].map((one) => one.href)"
        found = self.page.evaluate(links)
        for link in found:
            if link.startswith(("javascript:", "data:", "vbscript:")):
                self._note(link)
        return found

    def follow(self, starts) -> Victim:
        starts = tuple(starts)
        waiting, known, kinds = deque(starts), set(), defaultdict(int)
        while waiting:
            path = urldefrag(waiting.popleft()).url
            kind = _kind(path)
            if path in known or FILES.search(urlsplit(path).path) or (kinds[kind] >= AS_MANY and path not in starts):
                continue
            known.add(path)
            kinds[kind] += 1
            waiting.extend(link.removeprefix(self.address) for link in self.look(path) if link.startswith(self.address))
        return self


def test_no_page_behind_the_gate_runs_what_somebody_wrote(office, browser):
    account = office.administrator
    doors = [door for door in office.office.doors if door.method == "GET" and "{" not in door.path]
    starts = [door.path for door in doors if account.role in door.roles]
    cookie = office.parts.store.accounts.open_session(account.id)
    victim = Victim(browser, office.office.url, cookie).follow([*starts, *_own(office, account)])
    assert not victim.found, dict(victim.found)
    assert victim.shown > 8, "hardly any page showed the words: the test looks at nothing"


def test_no_open_page_runs_what_somebody_wrote(office, browser):
    victim = Victim(browser, office.office.url, None)
    for path in (*PUBLIC, *_public(office)):
        victim.look(path)
    assert not victim.found, dict(victim.found)
    assert victim.shown > 2


def test_no_page_gives_back_what_its_address_says_as_markup(office):
    asked = "&".join(f"{name}={quote(SHORT)}" for name in QUERIES)
    account = office.administrator
    doors = [
        (door.path, account) for door in office.office.doors if door.method == "GET" and account.role in door.roles
    ]
    for path, who in [*((path, None) for path in OPEN), *doors]:
        with (
            office.office.signed_as(account) if who else httpx.Client(base_url=office.office.url, timeout=30) as client
        ):
            for address in (f"{filled(path)}?{asked}", re.sub(r"\{[^}]*\}", quote(SHORT, safe=""), path)):
                answer = client.get(address)
                assert answer.status_code < 500, (address, answer.status_code)
                if "html" in answer.headers.get("content-type", ""):
                    assert not NOT_SHOWN.search(answer.text), (path, address)


def test_every_answer_of_every_route_has_a_policy_and_no_sniffing(office):
    account = office.administrator
    doors = [door.path for door in office.office.doors]
    with office.office.signed_as(account) as client:
        for path in {*OPEN, *doors}:
            for method in ("GET", "POST", "PUT", "OPTIONS", "TRACE"):
                answer = client.request(method, filled(path))
                policy = answer.headers.get("content-security-policy", "")
                assert POLICY.search(policy) and "frame-ancestors 'none'" in policy, (method, path)
                assert "unsafe" not in policy and "*" not in policy, (method, path)
                assert answer.headers["x-content-type-options"] == "nosniff", (method, path)
                assert "access-control-allow-origin" not in answer.headers, (method, path)
                if method in ("PUT", "TRACE"):
                    assert answer.status_code in (404, 405), (method, path)


def test_a_fault_of_ours_is_said_in_words_and_tells_nothing(office, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret-detail")

    monkeypatch.setattr(type(office.parts.rulesets), "version", property(broken))
    monkeypatch.setattr("api.routes.decisions.describe_ruleset", broken)
    for path in ("/readyz", "/v1/ruleset"):
        answer = httpx.get(office.office.url + path, timeout=30)
        assert answer.status_code == 500 and "secret-detail" not in answer.text and "Traceback" not in answer.text
        assert POLICY.search(answer.headers["content-security-policy"])
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_behind_https_browsers_are_told_to_keep_to_it():
    from api.every_answer import headers_of_every_answer

    settings = load_settings({"AIGUILLAGE_PUBLIC_URL": "https://exemple.fr"})
    assert "max-age=31536000; includeSubDomains" in headers_of_every_answer(settings.public_url).values()
    plain = replace(settings, public_url="http://127.0.0.1:8000")
    assert "Strict-Transport-Security" not in headers_of_every_answer(plain.public_url)
