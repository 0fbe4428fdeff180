"""The server with its offline page ready, and a phone to open it with: shared by the tests of that page."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page

from api.app import create_app
from api.offline_packages import make_package
from api.settings import load_settings
from bot.channels.web_page.package import Package, package_key
from rules.compile import compile_ruleset
from rules.interview import Interviewer
from rules.load import ruleset_of
from tests.api.serving import free_port, running
from tests.rulesets import PACKAGED

READY = "html[data-ready]"
ALLOWED = ("Failed to load resource", "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED")


@dataclass
class Kitchen:
    """Makes packages, each once, into a folder that servers start with."""

    folder: Path
    made: dict[str, Package] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.compiled = compile_ruleset(ruleset_of(PACKAGED))

    @property
    def version(self) -> str:
        return self.compiled.ruleset.id.version

    def interviewer(self) -> Interviewer:
        return Interviewer(self.compiled)

    def package(self) -> Package:
        key = package_key(PACKAGED, None)
        if key not in self.made:
            self.made[key] = make_package(self.folder, key, PACKAGED, self.version, None)
        return self.made[key]


@dataclass
class Site:
    """A server that can be stopped and started again at the same address, with the same log."""

    folder: Path
    port: int = field(default_factory=free_port)
    serving: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    app: FastAPI | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        settings = load_settings({"AIGUILLAGE_DATA_DIR": str(self.folder), "AIGUILLAGE_PORT": str(self.port)})
        self.app = create_app(settings)
        self.serving.enter_context(running(self.app, self.port))

    def stop(self) -> None:
        self.serving.close()

    @property
    def logged(self) -> list:
        """The questions in the log, newest first."""
        return self.app.state.parts.store.enquiries()


@contextlib.contextmanager
def offline_site(kitchen: Kitchen, folder: Path) -> Iterator[Site]:
    """A running server whose package is ready."""
    kitchen.package()
    shutil.copytree(kitchen.folder, folder / "offline")
    site = Site(folder)
    site.start()
    try:
        yield site
    finally:
        site.stop()


@contextlib.contextmanager
def phone(browser: Browser, site: Site, **options: object) -> Iterator[BrowserContext]:
    """A phone whose pages break no policy and raise no error."""
    wanted = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR", "base_url": site.address, **options}
    context = browser.new_context(**wanted)
    context.set_default_timeout(30_000)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    yield context
    context.close()
    assert [c for c in complaints if not any(word in c for word in ALLOWED)] == []


def installed(context: BrowserContext, address: str = "/hors-ligne") -> Page:
    """The page, opened with network until the service worker keeps it."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(READY)
    until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), page)
    return page


def without_network(site: Site, context: BrowserContext) -> None:
    """Server stopped, and the browser offline."""
    site.stop()
    context.set_offline(True)


def give(page: Page, choices: Sequence[str]) -> None:
    """Tap the choices, by their ids."""
    for choice in choices:
        button = page.locator(f'[data-answer="{choice}"]')
        if not button.count():
            page.locator('[data-tool="more"]').click()
        button.click()


def until(condition: Callable[[], bool], page: Page) -> None:
    """Wait until it is so, a minute at most."""
    for _ in range(600):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("still not so")
