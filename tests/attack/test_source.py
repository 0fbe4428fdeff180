"""What nobody may write in the source: secrets compared letter by letter, pages that do not escape, code from text."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [file for room in ("api", "bot", "rules") for file in sorted((ROOT / room).rglob("*.py"))]
SECRET = re.compile(r"(^|_)(secret|token|digest|signature|password|csrf|mac|hashed|mark)s?$")

# Compared with ==, and why nobody learns anything by the time that takes.
NO_SECRET = {
    "bot/asking_coordination.py": "two tokens out of the database, of whoever asks",
    "bot/journal.py": "the journal in memory, of the terminal",
    "api/access/signing_in.py": "a password typed twice; a mark within a record that was signed",
    "api/backup/archive.py": "digests of the files of a backup, which stand in it",
    "api/backup/restoring.py": "digests of two files of this machine",
    "bot/speech/model_digests.py": "digests of models, which anybody may know",
}
NO_SECRET_IS_DRAWN = {"bot/speech/closed_choice.py": "noise of a seed, for the recogniser"}
# Markup that is ours, or was escaped where it was made: what test_script_in_pages.py walks through.
OURS_ALONE = {
    ("api/pages/squares.py", "Markup(out.getvalue().decode())"),
    ("api/pages/followup/__init__.py", "Markup(square(address))"),
    ("api/pages/followup/standing.py", "Markup(timeline_fragment(drawn, words))"),
    ("api/pages/casework/standing.py", "Markup(timeline_fragment(drawn, words))"),
    ("bot/reports/html.py", "Markup(style())"),
}
OURS_IN_TEMPLATES = {
    ("fields.html", "told"),  # attributes, of ids of ours
    ("content.html", "wide"),  # drawings, whose words are escaped where they are drawn
    ("content.html", "tall"),
    ("file.html", "styles"),  # the guide as a file that stands alone
}
# Who imports what encrypts, signs or hashes secrets: all else asks these. HMAC and SHA-256 are Python's own.
CRYPTOGRAPHY = {
    "cryptography": {"api/storage/vault.py", "api/storage/sounds.py", "bot/channels/matrix_identity.py"},
    "argon2": {"api/access/passwords.py"},
    "authlib": {"api/access/openid.py"},
    "joserfc": {"api/access/openid.py"},
    "pyotp": {"api/access/second_factor.py"},
}
# Names of rows, messages, workers, and marks by which the same press is known again.
OPEN_NOTHING = {
    ("api/jobs/worker.py", 4), ("api/pages/desk/__init__.py", 8), ("api/storage/campaigns.py", 4),
    ("api/storage/campaigns.py", 9), ("api/storage/erasing.py", 8), ("api/storage/households.py", 9),
    ("api/storage/tidings.py", 12), ("api/storage/webhooks.py", 12), ("bot/channels/console.py", 12),
}  # fmt: skip
# What a list of others is written by: nothing is protected with it.
NOT_TO_PROTECT = {"api/access/leaked.py": {"sha1"}}
OTHERS = {"Crypto", "Cryptodome", "nacl", "rsa", "ecdsa", "jwt", "jose", "passlib", "bcrypt", "itsdangerous", "OpenSSL"}
# Where a request's body is read: each of these stops at a size of its own.
READERS = {
    "api/routes/telegram.py": "an update of Telegram: 1 MB",
    "api/routes/decisions.py": "JSON of the API: 256 kB",
    "api/pages/household/said.py": "a recording: 2 MB",
    "bot/channels/web_page/requests.py": "a form: 24 kB",
}


def trees():
    for file in SOURCES:
        yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text("utf-8"))


def name_of(node: ast.AST) -> str:
    """What a value is called where it is used."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Call():
            return name_of(node.func)
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case _:
            return ""


def is_column(node: ast.AST) -> bool:
    """A column of a table: the database compares."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "c"


def compared_letter_by_letter():
    for file, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Compare) or not any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
                continue
            sides = [node.left, *node.comparators]
            named = [name_of(side) for side in sides]
            if any(map(is_column, sides)) or any(isinstance(side, ast.Constant) for side in sides):
                continue
            if any(SECRET.search(name) for name in named):
                yield file, f"{node.lineno}: {ast.unparse(node)}"


def test_no_secret_is_compared_with_equals():
    found = [(file, where) for file, where in compared_letter_by_letter() if file not in NO_SECRET]
    assert not found, found


@pytest.mark.parametrize("code", ["if given == secret: pass", "x = token != other.signature", "a = csrf(t) == said"])
def test_what_looks_for_such_comparisons_finds_one(code, monkeypatch, tmp_path):
    (tmp_path / "bad.py").write_text(code)
    monkeypatch.setattr("tests.attack.test_source.ROOT", tmp_path)
    monkeypatch.setattr("tests.attack.test_source.SOURCES", [tmp_path / "bad.py"])
    assert list(compared_letter_by_letter())


def calls(*names: str):
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in names:
                yield file, node


def test_every_environment_of_templates_escapes_by_itself():
    made = [(file, node) for file, node in calls("Environment")]
    assert made
    for file, node in made:
        said = {one.arg: one.value for one in node.keywords}
        assert isinstance(said.get("autoescape"), ast.Constant) and said["autoescape"].value is True, file


def test_no_template_is_made_of_a_text_and_none_lets_markup_through():
    assert not list(calls("from_string"))
    marked_up = {(file, ast.unparse(node)) for file, node in calls("Markup")}
    assert marked_up <= OURS_ALONE, marked_up - OURS_ALONE
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "jinja2":
                assert not {"Template"} & {one.name for one in node.names}, file
    templates = [file for room in ("api", "bot") for file in (ROOT / room).rglob("*.html")]
    assert len(templates) > 40
    let_through = set()
    for file in templates:
        text = file.read_text("utf-8")
        assert not re.search(r"autoescape\s+false|<script(?![^>]*\ssrc=)|\son[a-z]+=|\sstyle=", text), file
        let_through |= {(file.name, found) for found in re.findall(r"(\w+)\s*\|\s*safe\b", text)}
    assert let_through <= OURS_IN_TEMPLATES, let_through - OURS_IN_TEMPLATES


def test_no_code_is_made_of_a_text_and_no_shell_is_asked():
    allowed = {"rules/truth.py"}  # an expression of numbers alone, made where it is evaluated
    assert {file for file, _ in calls("eval", "exec")} <= allowed
    assert not list(calls("system", "popen", "unsafe_load", "full_load"))
    for file, tree in trees():
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            assert not {"pickle", "marshal", "shelve", "dill"} & set(names), file
            if isinstance(node, ast.keyword) and node.arg == "shell":
                raise AssertionError(file)


def test_no_certificate_goes_unchecked():
    for file, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg in ("verify", "ssl") and isinstance(node.value, ast.Constant):
                assert node.value.value is not False, file


def imported(tree: ast.AST) -> set[str]:
    """The first names of all that a module imports, wherever it does."""
    names = [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[0] for name in names}


def test_cryptography_is_that_of_known_libraries_and_none_of_it_is_weak():
    users = {library: {file for file, tree in trees() if library in imported(tree)} for library in CRYPTOGRAPHY}
    assert users == CRYPTOGRAPHY
    for file, tree in trees():
        assert not OTHERS & imported(tree), file
        named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        named |= {one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names}
        weak = {"md5", "sha1", "hazmat", "MODE_ECB", "TripleDES", "ARC4"} & named
        assert weak == NOT_TO_PROTECT.get(file, set()), file


def test_randomness_of_secrets_is_the_system_s():
    for file, tree in trees():
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if "random" in names:
                wanted = {one.name for one in node.names}
                assert wanted == {"SystemRandom"} or file in NO_SECRET_IS_DRAWN, file


def test_secrets_are_long_enough_not_to_be_guessed():
    """16 bytes or more; what has fewer is a name or a mark that opens nothing."""
    short = {
        (file, node.args[0].value)
        for file, node in calls("token_urlsafe", "token_hex", "token_bytes")
        if not node.args or not isinstance(node.args[0], ast.Constant) or node.args[0].value < 16
    }
    assert short == OPEN_NOTHING


def test_the_body_of_a_request_is_read_where_it_is_bounded_and_nowhere_else():
    reading = {file for file, node in calls("stream", "body", "form", "json") if "request" in ast.unparse(node.func)}
    reading |= {file for file, node in calls("receive") if not node.args}
    assert reading == set(READERS)


def test_texts_of_others_are_parsed_as_plain_json():
    """`json.loads` itself is for what we wrote, and for what comes from a network under our token or its secret."""
    allowed = {
        "api/jobs/adding.py", "api/storage/vault.py", "api/signing.py", "api/privacy/person.py",
        "api/commands/report.py", "api/commands/explain.py", "api/commands/figures.py", "bot/plain_json.py",
        "bot/translation/measures.py", "bot/translation/worker.py", "bot/translation/packages.py",
        "bot/channels/telegram.py", "bot/channels/telegram_http.py", "bot/channels/matrix_client.py",
        "bot/speech/piper_files.py", "bot/speech/worker.py", "bot/worker_process.py",
    }  # fmt: skip
    found = {file for file, node in calls("loads") if "json" in ast.unparse(node.func)}
    assert found <= allowed, found - allowed
