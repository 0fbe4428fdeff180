"""Packages: what is in a folder, which way a pair goes, and what no file may do to the folder."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile

import pytest

from bot.translation.errors import PackageError
from bot.translation.packages import file_digest, install, installed, missing, route
from tests.bot.translating import TINY, installed_folder, tiny


@pytest.fixture
def packed(tmp_path):
    """A package file with these entries beside what makes it one."""

    def packed(entries=(), about=None, without=(), name="some.argosmodel"):
        said = {"package_version": "1.0", "from_code": "fr", "to_code": "en"} | (about or {})
        inside = {"metadata.json": json.dumps(said), "model/model.bin": "x", "sentencepiece.model": "x"}
        file = tmp_path / name
        with zipfile.ZipFile(file, "w") as zipped:
            for path, text in inside.items():
                if path not in without:
                    zipped.writestr(f"translate-fr_en/{path}", text)
            for entry, text in entries:
                zipped.writestr(entry, text)
        return file

    return packed


def test_every_committed_package_installs_and_says_its_pair(tmp_path):
    files = sorted(TINY.glob("*.argosmodel"))
    assert len(files) == 6
    for file in files:
        assert file.stat().st_size < 350_000
        done = install(file, tmp_path)
        assert file.name == f"tiny_{done.package.source}_{done.package.target}.argosmodel"
        assert done.sha256 == file_digest(file)
    assert [one.pair for one in installed(tmp_path)] == ["ar-en", "en-ar", "en-fa", "en-fr", "fa-en", "fr-en"]


def test_a_way_is_direct_or_through_english_or_none():
    packages = installed(installed_folder())
    ways = {
        pair: [one.pair for one in route(packages, *pair)] for pair in (("fr", "en"), ("fr", "fa-AF"), ("fr", "ps"))
    }
    assert ways == {("fr", "en"): ["fr-en"], ("fr", "fa-AF"): ["fr-en", "en-fa"], ("fr", "ps"): []}
    assert missing(packages, "fr", "ps") == ("en-ps",)
    assert missing(packages, "fr", "ar") == missing(packages, "fr", "fr") == ()
    assert route(packages, "fr", "fr") == ()


def test_a_newer_version_takes_the_place_of_the_older(tmp_path, packed):
    install(packed(about={"package_version": "1.9"}), tmp_path / "m")
    install(packed(about={"package_version": "1.10"}), tmp_path / "m")
    assert [(one.version, one.folder.name) for one in installed(tmp_path / "m")] == [("1.10", "translate-fr_en-1_10")]
    assert [one.name for one in (tmp_path / "m").iterdir()] == ["translate-fr_en-1_10"]


def test_of_two_versions_laid_there_by_hand_the_newer_is_used(tmp_path, packed):
    for version in ("1.9", "1.10"):
        done = install(packed(about={"package_version": version}), tmp_path / version)
        shutil.copytree(done.package.folder, tmp_path / "m" / done.package.folder.name)
    assert [one.version for one in installed(tmp_path / "m")] == ["1.10"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"entries": [("../outside.txt", "x")]}, "an entry leads out of the archive: '../outside.txt'"),
        ({"entries": [("translate-fr_en/../../outside.txt", "x")]}, "leads out of the archive"),
        ({"entries": [("/etc/outside.txt", "x")]}, "leads out of the archive"),
        ({"entries": [("translate-fr_en\\..\\outside.txt", "x")]}, "leads out of the archive"),
        ({"entries": [("other/file.txt", "x")]}, "one folder with metadata.json is needed"),
        ({"without": ["metadata.json"]}, "one folder with metadata.json is needed"),
        ({"without": ["model/model.bin"]}, r"no model \(model/model.bin\)"),
        ({"without": ["sentencepiece.model"]}, r"no tokenizer \(sentencepiece.model\)"),
        ({"about": {"from_code": None}}, "does not translate a language to another"),
        ({"about": {"to_code": "../../x"}}, "does not translate a language to another"),
        ({"about": {"type": "sbd"}}, "does not translate a language to another"),
        ({"about": {"package_version": "../1"}}, "no version"),
    ],
)
def test_a_file_that_is_no_good_package_is_refused_and_leaves_nothing(tmp_path, packed, change, problem):
    file, folder = packed(**change), tmp_path / "models"
    with pytest.raises(PackageError, match=problem) as refused:
        install(file, folder)
    assert str(file) in str(refused.value)
    assert list(folder.iterdir()) == []
    assert not list(tmp_path.glob("**/outside.txt"))


def test_a_link_in_the_archive_is_refused(tmp_path, packed):
    file = packed()
    with zipfile.ZipFile(file, "a") as zipped:
        link = zipfile.ZipInfo("translate-fr_en/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(link, "/etc/passwd")
    with pytest.raises(PackageError, match="leads out of the archive"):
        install(file, tmp_path / "models")


def test_a_file_that_is_no_archive_or_was_cut_short_is_refused(tmp_path):
    text, cut = tmp_path / "text.argosmodel", tmp_path / "cut.argosmodel"
    text.write_text("no archive")
    cut.write_bytes(tiny("fr-en").read_bytes()[:100_000])
    for file in (text, cut):
        with pytest.raises(PackageError, match=r"no readable package \(a zip archive\)"):
            install(file, tmp_path / "models")


def test_another_digest_than_the_one_asked_for_is_refused(tmp_path):
    with pytest.raises(PackageError, match=r"its SHA-256 is [0-9a-f]{64}, not 00"):
        install(tiny("fr-en"), tmp_path / "models", "00" * 32)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path, packed, monkeypatch):
    monkeypatch.setattr("bot.translation.packages.LARGEST_UNPACKED", 1000)
    with pytest.raises(PackageError, match="unpacks to more than 1000 bytes"):
        install(packed(entries=[("translate-fr_en/zeros", "0" * 2000)]), tmp_path / "models")


def test_what_is_no_package_in_the_folder_is_left_out(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "metadata.json").write_text("[]")
    assert installed(tmp_path) == () == installed(tmp_path / "no_such_folder")
