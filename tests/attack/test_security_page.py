"""Every test that docs/security.md names is there, under that name."""

from __future__ import annotations

import ast
import re
from base64 import b32decode, urlsafe_b64decode
from datetime import timedelta

from sqlalchemy import Table

from api.access import rates
from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.access.second_factor import new_secret
from api.access.signing_in import LINK_LIFE
from api.app import create_app
from api.health.keys import PERIOD
from api.secret_key import KEY_LENGTH, keep_key
from api.settings import FILED, SECRETS, load_settings
from api.storage import access_schema, household_schema, matrix_schema, review_schema, speech_schema
from api.storage.accounts import IDLE, LONGEST_SESSION
from api.storage.schema import metadata
from tests.api.test_doors import ENTRY, LINK, OPEN
from tests.attack.test_source import CRYPTOGRAPHY, ROOT, trees

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
WANTED = ROOT / "tests" / "attack" / "asvs-5.0.0.txt"
KEYS = (ROOT / "docs" / "keys.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NUMBER = re.compile(r"^\| (\d+\.\d+\.\d+) \|", re.MULTILINE)


def names_in(file):
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {one.name for one in functions if one.name.startswith("test_")}


def test_every_test_that_is_named_exists():
    named = NAMED.findall(PAGE)
    assert len(named) > 100
    for file, name in named:
        assert (ROOT / file).is_file(), file
        assert not name or name in names_in(file), (file, name)


def test_every_line_of_what_holds_names_a_test():
    table = PAGE.split("## What holds")[1].split("\n## ")[0]
    lines = [line for line in table.splitlines() if NUMBER.match(line)]
    assert len(lines) > 80
    for line in lines:
        assert NAMED.search(line), line


def test_no_requirement_stands_twice():
    numbers = NUMBER.findall(PAGE)
    assert len(numbers) == len(set(numbers))


def test_every_secret_of_the_settings_and_every_library_of_cryptography_is_in_the_inventory():
    assert [name for name in SECRETS if f"`{name.upper()}`" not in KEYS] == []
    assert [library for library in CRYPTOGRAPHY if f"`{library}`" not in KEYS] == []


def test_every_key_of_the_settings_has_its_term_its_holders_and_how_it_changes():
    table = KEYS.split("## Keys of the settings")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:3] == "| `"]
    assert {re.match(r"`(\w+)`", row[0])[1].lower() for row in rows} == set(SECRETS)
    assert all(len(row) == 6 and all(row) for row in rows)


def test_every_table_with_a_key_in_its_rows_is_in_the_policy():
    schemas = (access_schema, household_schema, matrix_schema, review_schema, speech_schema)
    tables = {one for schema in schemas for one in vars(schema).values() if isinstance(one, Table)}
    sealed = [table.name for table in tables if "sealing" in table.columns]
    assert len(sealed) == 7 and [name for name in sealed if f"`{name}`" not in KEYS] == []


def test_the_sizes_and_terms_that_the_policy_tells_are_those_of_the_program(tmp_path):
    assert f"{len(urlsafe_b64decode(keep_key(tmp_path / 'key') + '==')) * 8} bits as made" in KEYS
    assert f"{KEY_LENGTH} characters at least" in KEYS
    assert f"{len(b32decode(new_secret())) * 8} bits" in KEYS
    assert timedelta(days=730) == PERIOD and "two years from the day when it became the first" in KEYS
    hours = IDLE.total_seconds() / 3600, LONGEST_SESSION.total_seconds() / 3600
    assert "{:.0f} hours unused, {:.0f} in all".format(*hours) in KEYS


def test_every_setting_that_may_lie_in_a_file_is_told():
    told = section("Secrets", OPERATIONS)
    assert [name for name in FILED if f"`{name.upper()}`" not in told] == []


def test_every_severity_of_a_fault_has_its_time():
    """Each line of CVSS's scale, from critical to low, and libraries without a fault: days for both sides."""
    table = OPERATIONS.split("## Libraries and their faults")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:2] == "| "]
    told = {row[0]: row[1:] for row in rows[1:]}
    scores = [re.findall(r"\d\.\d", of) for of in told]
    assert [one for one in scores if one] == [["9.0"], ["7.0", "8.9"], ["4.0", "6.9"], ["4.0"]]
    days = [int(re.search(r"within (\d+) days", project)[1]) for project, _ in told.values() if "within" in project]
    assert days[:4] == sorted(days[:4]) and len(days) == 5
    assert all(re.search(r"within \d+ more days|next version", host) for _, host in told.values())
    assert "every 3 months" in table and "`make audit`" in table


def test_no_library_is_installed_without_its_hash():
    made = (ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in made.splitlines() if "pip install" in line and " -e ." not in line]
    assert len(installs) == 3 and all("--require-hashes" in line and "--no-deps" in line for line in installs)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        pinned = re.split(r"^(?=[A-Za-z0-9])", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE)[1:]
        assert len(pinned) > 80 and all("--hash=sha256:" in one for one in pinned)


def test_the_limits_that_are_told_are_those_that_hold():
    told = PAGE.split("## How often")[1].split("\n## ")[0]
    for limit in (
        rates.LINKS,
        rates.LINKS_ANYWHERE,
        rates.LINKS_THEN,
        rates.CHAT,
        rates.CHAT_OF_ADDRESS,
        rates.ARRIVALS,
    ):
        assert re.search(rf"(?<![\d,]){limit.amount:,}(?![\d,])", told), limit
    for limit in (rates.NAME_HERE, rates.NAME, rates.ADDRESS, rates.CODE, rates.PAGES, *rates.BY_VOICE["speak"]):
        assert re.search(rf"(?<![\d,]){limit.amount:,}(?![\d,])", told), limit


def section(title, page=PAGE):
    return page.split(f"## {title}\n")[1].split("\n## ")[0]


def cells(part):
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_who_may_what_is_told_as_every_door_has_it(tmp_path):
    table = {path: row[1:] for row in cells(section("Who may what")) for path in re.findall(r"`([^`]+)`", row[0])}
    app = create_app(load_settings({"AIGUILLAGE_DATA_DIR": str(tmp_path)}))
    app.state.parts.store.close()
    used = set()
    for door in app.state.gate.doors:
        path = max((one for one in table if door.path == one or door.path.startswith(one + "/")
                    or door.path.startswith(one + ".")), key=len)  # fmt: skip
        does = "reads" if door.method == "GET" else "changes"
        told = {role for role, cell in zip((COORDINATOR, ADMINISTRATOR, NATIONAL), table[path], strict=True)
                if does in cell.split(", ")}  # fmt: skip
        assert told == door.roles, (door, path)
        used.add((path, does))
    assert {(path, does) for path, row in table.items() for does in ("reads", "changes")
            if any(does in cell for cell in row)} - used == {("/deconnexion", "reads")}  # fmt: skip


STEPS = ("/connexion/code", "/connexion/retour")  # of the ways that are told


def test_every_way_in_is_told():
    told = section("Ways in")
    ways = {path for path, reason in OPEN.items() if reason in (LINK, ENTRY)} | {"/v1/enquiries", "/telegram/webhook"}
    assert sorted(path for path in ways if f"`{path.split('{')[0]}" not in told and path not in STEPS) == []


def test_the_ends_of_sessions_are_told_as_they_are():
    told = section("Sessions")
    assert f"ends {IDLE.total_seconds() / 3600:.0f} hours after its last use" in told
    assert f"{LONGEST_SESSION.total_seconds() / 3600:.0f} hours after its beginning" in told
    assert f"within {LINK_LIFE.days} days" in section("Ways in")


def test_whatever_can_open_a_connection_is_told():
    told = section("What it talks to")
    found = {file for file, tree in trees() if can_connect(tree)}
    assert len(found) > 5 and sorted(file for file in found if f"`{file}`" not in told) == []


def can_connect(tree):
    """Whether a module takes a library of the network; of `urllib`, more than what reads addresses."""
    taken = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    taken += [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    network = {"httpx", "aiohttp", "socket", "urllib3", "requests", "smtplib", "ftplib", "websockets"}
    return any(name.split(".")[0] in network or name in ("urllib", "urllib.request") for name in taken)


def test_every_log_is_in_the_inventory():
    """Each kind of action that the log of actions has, and the tables; lines go to standard error alone."""
    told = section("Logs", OPERATIONS)
    written = {word for _, tree in trees() for word in actions_in(tree)}
    assert len(written) > 40
    assert sorted({word.split(".")[0] for word in written if f"`{word.split('.')[0]}`" not in told}) == []
    assert [name for name in ("audit", "enquiries") if name not in metadata.tables] == []


def actions_in(tree):
    """The words under which a module notes what was done."""
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        name = getattr(called, "attr", getattr(called, "id", ""))
        if name in ("note", "_note", "noted"):
            words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            yield from (word for word in words if re.fullmatch(r"[a-z_]+\.[a-z_]+", word))


def test_every_requirement_of_levels_1_and_2_is_in_one_table():
    sections = dict(line.split(": ") for line in WANTED.read_text("utf-8").splitlines()[1:])
    wanted = {f"{part}.{number}" for part, numbers in sections.items() for number in numbers.split()}
    assert len(wanted) == 253
    told = [set(numbers_in(title)) for title in ("What holds", "What does not hold, or not wholly")]
    aside = set(numbers_in("What does not apply"))
    left_out = {one for one in wanted if aside & {one, one.rsplit(".", 1)[0], one.split(".")[0]}}
    assert sorted(wanted - told[0] - told[1] - left_out) == []
    assert told[0] & told[1] == left_out & (told[0] | told[1]) == set()
    assert told[0] | told[1] <= wanted, "no requirement of these levels"


def numbers_in(title):
    return [number for row in cells(section(title)) for number in re.split(r", ", row[0])]
