"""Files and bodies that others bring: bounded before they are parsed; and those we give: no path, no formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import httpx
import pytest
from openpyxl import load_workbook

from api.access.gate import CSRF_FIELD
from api.exports.workbook import spreadsheet_cell
from api.logbook import csv_lines, harmless
from api.translation_sheet import LARGEST_UNPACKED, MOST_PARTS, catalog_of, sheet_of
from bot.followup.catalog import catalog
from bot.followup.errors import CatalogError
from bot.followup.templates import templates
from bot.wording import wording
from tests.api.test_doors import OPEN, every_route, filled, mark, site  # noqa: F401
from tests.attack.test_source import ROOT, SOURCES

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a")', "=cmd|'/c calc'!A1", "-2+3")
UPWARDS = (
    "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/pyproject.toml", "....//pyproject.toml",
    "..%5c..%5cpyproject.toml", "/etc/passwd", "%2fetc%2fpasswd", "pages.py", "../pages.py", "page.css%00.py",
    "page.css/../../pages.py", "~root", "C:%5cwindows", "file:%2f%2f%2fetc%2fpasswd",
)  # fmt: skip
ROOMS = (
    "/static/{version}/", "/static/", "/bureau/{version}/", "/bureau/revue/{version}/", "/guide/static/{version}/",
    "/hors-ligne/{key}/", "/trames/", "/menage.css/", "/m/x/son/", "/reponse/x/",
)  # fmt: skip
LEAKED = re.compile(r"root:x:0|\[build-system\]|from __future__")


def test_no_body_of_a_form_is_taken_in_whole_when_it_is_too_large(site):  # noqa: F811
    """Of every route that takes a POST, whoever sends it."""
    large = b"a=" + b"x" * 3_000_000
    form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    paths = [route.path for route in every_route(site.app.routes) if "POST" in route.methods]
    assert len(paths) > 20
    doors = {door.path: sorted(door.roles)[0] for door in site.gate.doors if door.method == "POST"}
    for path in paths:
        with site.signed_in(doors.get(path, "nobody")) as client:
            answer = client.post(filled(path), content=large, headers=form)
            assert 400 <= answer.status_code < 500 or path not in doors, (path, answer.status_code)
            if path in doors:
                assert answer.status_code == 413, (path, answer.status_code)
            assert answer.status_code < 500, path


def test_a_form_with_a_nul_or_half_a_letter_is_refused_by_every_door(site):  # noqa: F811
    for door in (one for one in site.gate.doors if one.method == "POST"):
        with site.signed_in(sorted(door.roles)[0]) as client:
            token = mark(client, site)
            for name in ("reason", "title", "label", "said", "name"):
                answer = client.post(filled(door.path), data={CSRF_FIELD: token, name: "a\x00b"})
                assert answer.status_code == 422, (door, name, answer.status_code)
            half = f'{{"{CSRF_FIELD}": "{token}", "reason": "\\ud800"}}'
            answer = client.post(filled(door.path), content=half, headers={"Content-Type": "application/json"})
            assert answer.status_code == 422, (door, answer.status_code)


def test_a_form_of_too_many_fields_is_refused(site):  # noqa: F811
    many = "&".join(f"f{number}=1" for number in range(500))
    answer = httpx.post(
        f"{site.address}/chat",
        content=many,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("room", ROOMS)
def test_no_address_leads_to_a_file_that_is_not_meant_to_be_read(site, room):  # noqa: F811
    with httpx.Client(base_url=site.address, timeout=30) as client:
        for name in UPWARDS:
            answer = client.get(filled(room) + name)
            assert answer.status_code in (301, 303, 307, 404, 410, 422), (room, name, answer.status_code)
            assert not LEAKED.search(answer.text), (room, name)


@pytest.mark.parametrize(
    "path", [".git/HEAD", ".git/config", ".git", ".svn/entries", ".env", ".aiguillage/secret_key", "docs/sbom.cdx.json"]
)
def test_nothing_of_the_checkout_has_an_address(site, path):  # noqa: F811
    with httpx.Client(base_url=site.address, timeout=30) as client:
        for room in ("/", "/static/", "/static/../", "/guide/static/x/"):
            assert client.get(room + path).status_code in (404, 422), (room, path)


def test_the_name_of_a_file_that_is_given_cannot_break_its_header(site):  # noqa: F811
    with httpx.Client(base_url=site.address, timeout=30) as client:
        for name in ("%22%0d%0aX-Bad:1", "n1%22;x=%22", "sr-%0d%0aX"):
            for kind in ("html", "docx"):
                answer = client.get(f"/trames/{name}.{kind}")
                assert answer.status_code == 404 and "x-bad" not in answer.headers


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_any_table_is_a_formula(text):
    for delimiter in (",", ";"):
        written = "".join(csv_lines(("a", "b"), [(text, f"x{delimiter}{text}")], delimiter=delimiter))
        rows = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
        assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    assert not str(spreadsheet_cell(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert harmless(text).startswith("'")


def test_whoever_writes_csv_makes_its_cells_harmless():
    writers = [
        file for file in SOURCES if "csv.writer(" in (text := file.read_text("utf-8")) and "harmless" not in text
    ]
    assert [file.relative_to(ROOT).as_posix() for file in writers] == []


def spreadsheet(**changes: bytes) -> bytes:
    """A good spreadsheet of translations with parts added or others in their place."""
    french = catalog("fr")
    made = sheet_of(french, french, templates(), wording("fr"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name, old.read(name)))
        for name, content in changes.items():
            new.writestr(name, content)
    return out.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%s;" % (b"" if n == 1 else b"%d" % (n - 1)) * 10) for n in range(1, 10))
    + b"]><worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='2'>"
    b"<c r='A2' t='inlineStr'><is><t>&a9;</t></is></c></row></sheetData></worksheet>"
)
FROM_A_FILE = ENTITIES.replace(b'<!ENTITY a "ha">', b'<!ENTITY a9 SYSTEM "file:///etc/passwd">')
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "content",
    [
        lambda: spreadsheet(**{"xl/bomb.bin": b"\0" * (LARGEST_UNPACKED + 1)}),
        lambda: spreadsheet(**{f"xl/{number}": b"" for number in range(MOST_PARTS + 1)}),
        lambda: spreadsheet(**{SHEET: ENTITIES}),
        lambda: spreadsheet(**{SHEET: b"<worksheet"}),
        lambda: spreadsheet(**{SHEET: b""}),
        lambda: spreadsheet(**{"xl/workbook.xml": b"<a/>"}),
        lambda: spreadsheet(**{"[Content_Types].xml": b"<a/>"}),
        lambda: b"PK\x03\x04" + b"\0" * 100,
        lambda: b"",
    ],
    ids=[
        "a bomb",
        "many parts",
        "entities",
        "cut",
        "an empty sheet",
        "no workbook",
        "no types",
        "no archive",
        "nothing",
    ],
)
def test_a_spreadsheet_of_translations_that_is_a_trap_is_refused_in_words(tmp_path, content):
    (tmp_path / "so.xlsx").write_bytes(content())
    with pytest.raises(CatalogError):
        catalog_of(tmp_path / "so.xlsx")


def test_a_spreadsheet_reads_no_file_of_this_machine(tmp_path):
    (tmp_path / "so.xlsx").write_bytes(spreadsheet(**{SHEET: FROM_A_FILE}))
    try:
        found = catalog_of(tmp_path / "so.xlsx")
    except CatalogError as error:
        assert "root:" not in str(error)
    else:
        assert "root:" not in repr(found.entries)


def test_the_good_one_comes_back(tmp_path):
    (tmp_path / "fr.xlsx").write_bytes(spreadsheet())
    assert load_workbook(tmp_path / "fr.xlsx").worksheets[0].title == "fr"
    assert any(key.startswith("household.") for key in catalog_of(tmp_path / "fr.xlsx").entries)
