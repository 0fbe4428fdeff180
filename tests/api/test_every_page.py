"""Every page that a door or a link leads to, on a phone and on a desktop, light and dark, in a filled office."""

from __future__ import annotations

import os
import re
from collections import defaultdict, deque
from pathlib import Path
from pprint import pformat
from urllib.parse import urldefrag, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from api.access.gate import COOKIE
from tests.api.filled_office import filled_office

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LOOKS = ((PHONE, "light"), (DESKTOP, "dark"))
PUBLIC = ("/", "/expert", "/guide", "/connexion", "/rejoindre/x", "/bienvenue/x", "/m/x", "/suivi/x", "/campagne/x",
          "/relire/x", "/cas-decole/x", "/reponse/x", "/hors-ligne", "/chiffres-convention", "/docs")  # fmt: skip
FILES = re.compile(r"\.(csv|xlsx|pdf|docx|yaml|svg|css|js|json|webmanifest|html)$|/son(/|$)|^/(docs|redoc|v1|guide/)")
KIND = re.compile(r"/(?:(?<=/message/)[\w-]+|\d+|question-[\w-]+|[MC]-[\w-]+|[\w~-]{16,}(?:\.[\w.~-]+)?)(?=/|$)")
TEXTS = re.compile(r"(/menages/messages)/[\w-]+(/[a-z_0-9]+)?")
AS_MANY = 1  # pages of one kind, beside those a walk begins with
CATALOGS = (
    "desk|review|mission|fact|value|replay|team|cler|figures|vignette|doctrine|webhook|keys|exports|privacy|casework|"
    "access|statement"
)
RAW = re.compile(rf"\b[a-z]+_[a-z_]+\w*\b|\bsuivi_n1\b|\bNone\b|\b(?:{CATALOGS})\.[a-z_]+")
ABOUT = """() => ({
  wide: document.documentElement.scrollWidth, title: document.title,
  headings: [...document.querySelectorAll('h1')].map((one) => one.innerText),
  links: [...document.querySelectorAll('main a[href], nav a[href], header a[href]')].map((one) => one.href),
  text: [...document.querySelectorAll('main, header')].map((one) => {
    const kept = one.cloneNode(true);
    for (const code of kept.querySelectorAll('code, pre, textarea, script, input, .sheet--words')) code.remove();
    return kept.textContent;
  }).join(' '),
  nameless: [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
    .filter((one) => !one.labels?.length && !one.ariaLabel && !one.getAttribute('aria-labelledby'))
    .map((one) => one.outerHTML),
})"""


class Walk:
    """What was found on each page, by what is wrong with it."""

    def __init__(self, browser, address: str, cookie: str | None, look, shots: Path | None, who: str) -> None:
        size, scheme = look
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="fr-FR", bypass_csp=True)
        if cookie:
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
        self.page, self.address, self.shots = context.new_page(), address, shots
        self.name, self.width, self.scheme = f"{who}-{size['width']}", size["width"], scheme
        self.found, self.titles, self.reached = defaultdict(list), defaultdict(set), []
        self.page.on("console", lambda message: self.note("console", message.text))
        self.page.on("pageerror", lambda error: self.note("console", str(error)))

    def note(self, what: str, told: object) -> None:
        self.found[what].append((self.page.url.removeprefix(self.address), told))

    def follow(self, starts) -> Walk:
        """Look at these pages and at those that links lead to from them, a few of each kind."""
        starts = tuple(starts)
        waiting, known, kinds = deque(starts), set(), defaultdict(int)
        while waiting:
            path = urldefrag(waiting.popleft()).url
            kind = _kind(path)
            enough = kinds[kind] >= AS_MANY and path not in starts
            if path in known or FILES.search(urlsplit(path).path) or enough:
                continue
            known.add(path)
            kinds[kind] += 1
            waiting.extend(link.removeprefix(self.address) for link in self.look(path) if link.startswith(self.address))
        return self

    def visit(self, paths) -> Walk:
        """Look at these pages alone."""
        for path in paths:
            self.look(path)
        return self

    def look(self, path: str) -> list[str]:
        answer = self.page.goto(self.address + path)
        self.reached.append(path)
        about = self.page.evaluate(ABOUT)
        self._judge(path, answer.status, about)
        if self.shots:
            name = re.sub(r"\W+", "_", path)[:70]
            self.page.screenshot(path=self.shots / f"{self.name}-{len(self.reached):03}-{name}.png", full_page=True)
        return about["links"]

    def _judge(self, path: str, status: int, about) -> None:
        unknown = path.endswith("/x")
        if status != 200 and not unknown:
            self.note("status", status)
        if about["wide"] > self.width:
            self.note("too wide", about["wide"])
        if len(about["headings"]) != 1:
            self.note("h1", about["headings"])
        if raw := sorted({one.group() for one in RAW.finditer(about["text"])}):
            self.note("raw ids", raw)
        for nameless in about["nameless"]:
            self.note("no label", nameless)
        if not unknown:
            self.titles[about["title"]].add(_kind(path).removesuffix("?"))
        for one in Axe().run(self.page).response["violations"]:
            self.note("axe", (one["id"], one["nodes"][0]["html"][:160]))

    def wrong(self) -> dict[str, list[object]]:
        """What is wrong, without what the browser says of a page that is not there."""
        told = {what: [one for one in all_ if "404" not in str(one[1])] for what, all_ in self.found.items()}
        same = [(title, sorted(paths)) for title, paths in self.titles.items() if not title or len(paths) > 1]
        return {what: all_ for what, all_ in {**told, "same title": same}.items() if all_}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("every-page")
    with filled_office(folder, f"sqlite:///{folder / 'test.db'}") as made:
        yield made


@pytest.fixture(scope="module")
def shots():
    """Where pictures of the pages are kept; nowhere without AIGUILLAGE_SHOTS."""
    folder = os.environ.get("AIGUILLAGE_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) if folder else None


@pytest.mark.parametrize(
    ("who", "look"),
    [("administrator", LOOKS[0]), ("administrator", LOOKS[1]), ("coordinator", LOOKS[0]), ("national", LOOKS[1])],
    ids=["administrator on a phone", "administrator on a desktop", "coordinator on a phone", "national on a desktop"],
)
def test_every_page_behind_the_gate_can_be_read_and_used(filled, browser, shots, who, look):
    account = getattr(filled, who)
    doors = [door.path for door in filled.office.doors if door.method == "GET" and "{" not in door.path]
    mine = [path for path in doors if _opens(filled, path, account.role)]
    cookie = filled.parts.store.accounts.open_session(account.id)
    walk = Walk(browser, filled.office.url, cookie, look, shots, who)
    if who == "coordinator":  # their links lead to what an administrator's lead to
        walk.visit(path for path in mine if not FILES.search(path))
    else:
        walk.follow([*mine, *_own(filled, account)])
    assert not walk.wrong(), pformat(walk.wrong(), width=160)


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desktop"])
def test_every_page_that_is_open_can_be_read_and_used(filled, browser, shots, look):
    walk = Walk(browser, filled.office.url, None, look, shots, "public").visit([*PUBLIC, *_public(filled)])
    assert not walk.wrong(), pformat(walk.wrong(), width=160)


def _kind(path: str) -> str:
    """What a page has in common with others of its kind."""
    alike = TEXTS.sub(lambda found: f"{found[1]}/~" + "/~" * bool(found[2]), urlsplit(path).path)
    return KIND.sub("/~", alike) + "?" * ("?" in path)


def _opens(filled, path: str, role: str) -> bool:
    return any(door.path == path and role in door.roles for door in filled.office.doors if door.method == "GET")


def _own(filled, account) -> list[str]:
    inside = [path for path in filled.pages if path.startswith("/menages/") and account.territory]
    return [*inside, *(f"/revue/{token}" for token in filled.telling)]


def _public(filled) -> list[str]:
    return [path for path in filled.pages if not path.startswith("/menages/")]
