"""A Chromium for the tests of the page: found, or installed by `python -m tests.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
LAUNCH_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A sound that does not end by itself while a test looks at what stands there meanwhile.
ENDLESS = """(() => {
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () { this.loop = true; return play.call(this); };
})()"""
REMEDY = (
    "No Chromium that works. Install one (Debian, Ubuntu: `apt-get install chromium`) or name it: "
    "CHROMIUM=/path/to/chromium make test"
)


class NoChromiumError(Exception):
    """No Chromium on this machine runs; the message says what to do."""


def chromium_path() -> str:
    """The Chromium to test with. Raises NoChromiumError with the remedy when none runs."""
    for path in _candidates():
        if runs(path):
            return path
    raise NoChromiumError(REMEDY)


def _candidates() -> Iterator[str]:
    named = os.environ.get("CHROMIUM")
    if named:
        yield shutil.which(named) or named
        return
    yield from filter(None, map(shutil.which, NAMES))
    bundled = _playwright_chromium()
    if bundled:
        yield bundled


def _playwright_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def runs(path: str) -> bool:
    """Whether the program starts: a missing library shows here, not in the middle of a test."""
    try:
        tried = subprocess.run(  # noqa: S603
            [path, *LAUNCH_ARGS, "--headless", "--version"], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def install() -> None:
    """Debian's package as root, else (or when that fails) Playwright's own build."""
    if os.geteuid() == 0 and shutil.which("apt-get") and _run("apt-get", "install", "-y", "chromium"):
        return
    _run(sys.executable, "-m", "playwright", "install", "chromium")


def _run(*command: str) -> bool:
    print("chromium: running", " ".join(command), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, check=False).returncode == 0  # noqa: S603


def main() -> int:
    try:
        print("chromium: found", chromium_path())
        return 0
    except NoChromiumError:
        if not os.environ.get("CHROMIUM"):
            install()
    try:
        print("chromium: installed", chromium_path())
        return 0
    except NoChromiumError as error:
        print(f"chromium: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
