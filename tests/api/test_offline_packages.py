"""Packages of the page without network: taken up where they are kept, made in a process of their own, served whole."""

from __future__ import annotations

import asyncio
import gzip

from api.offline_packages import OfflinePackages, keep_package, make_apart, read_package
from api.rulesets import Rulesets
from api.storage.publications import Kept
from bot.channels.web_page.package import PATHS, Package, package_key
from rules.compile import compile_ruleset
from rules.load import ruleset_of
from tests.rulesets import PACKAGED, broken, less_sure


def test_a_package_is_kept_whole_and_read_back(tmp_path):
    package = Package("key", {PATHS: gzip.compress(b"{}"), "words.fr.json": gzip.compress(b"[]")})
    keep_package(tmp_path, package)
    keep_package(tmp_path, package)
    assert read_package(tmp_path, "key") == package
    assert read_package(tmp_path, "other") is None
    assert [place.name for place in tmp_path.iterdir()] == ["key"]


def test_the_key_changes_with_the_rules_and_their_order(tmp_path):
    keys = {package_key(files, None) for files in (PACKAGED, less_sure(), {**PACKAGED, "order.yaml": "order: [dst]"})}
    assert len(keys) == 3


def test_what_is_kept_is_served_at_once_and_nothing_is_made(tmp_path, store):
    package = Package(package_key(PACKAGED, None), {PATHS: gzip.compress(b"{}")})
    keep_package(tmp_path, package)
    store.publications.take_packaged(kept(PACKAGED), "the test")
    rulesets = Rulesets(store, compile_ruleset(ruleset_of(PACKAGED)))
    packages = OfflinePackages(tmp_path, rulesets, store, {}, "not-known")
    assert packages.package(None) is None
    asyncio.run(some_looks(packages))
    assert packages.package(None) == packages.package("not-known") == packages.under(package.key) == package


async def some_looks(packages):
    watching = asyncio.create_task(packages.watch(begin_after=3600, every=0.01))
    await asyncio.sleep(0.5)
    watching.cancel()


def kept(files):
    found = ruleset_of(files).id
    return Kept(found.version, found.name, files)


def test_a_package_that_cannot_be_made_is_told_and_leaves_nothing(tmp_path, caplog):
    asyncio.run(make_apart(tmp_path / "offline", "key", broken(), "0123456789ab", None))
    assert "could not be made" in caplog.text
    assert read_package(tmp_path / "offline", "key") is None
