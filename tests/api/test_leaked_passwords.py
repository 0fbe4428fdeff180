"""The file of passwords that leaked, as « Have I Been Pwned » gives it: looked up by halves, never read whole."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from api.access import leaked as module
from api.access.leaked import fault_of, leaked
from api.access.passwords import password_fault
from api.cli import main
from tests.api.sign_in_site import sign_in, sign_in_site, with_territory

PHRASE = "cinq mots encore mieux ranges"  # in no list that comes with the program
FINE = "six mots que personne ne donne"


def line(password, count=3, end="\r\n"):
    return f"{hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()}:{count}{end}"


def written(file, passwords, end="\r\n", last=True):
    lines = sorted(line(one, number + 1, end) for number, one in enumerate(passwords))
    text = "".join(lines)
    file.write_text(text if last else text.rstrip(), encoding="ascii", newline="")
    return file


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "not ended"])
@pytest.mark.parametrize("count", [1, 2, 3, 1000])
def test_each_password_of_the_file_is_found_and_no_other(tmp_path, count, end, last):
    known = [f"mot de passe numero {number}" for number in range(count)]
    file = written(tmp_path / "leaked.txt", known, end, last)
    assert all(leaked(one, file) for one in known)
    assert not any(leaked(f"{one} bis", file) for one in known)


@given(known=st.sets(st.text(min_size=1, max_size=20), max_size=40), other=st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_file_says_what_is_in_it(tmp_path_factory, known, other):
    file = written(tmp_path_factory.mktemp("any") / "leaked.txt", known)
    assert leaked(other, file) is (other in known)
    assert all(leaked(one, file) for one in known)


def test_an_empty_file_has_nothing(tmp_path):
    (tmp_path / "empty").touch()
    assert not leaked(PHRASE, tmp_path / "empty")


def test_few_lines_are_read_of_many(tmp_path, monkeypatch):
    drawn = random.Random(1)  # noqa: S311  (the same file each time)
    known = [f"{drawn.random()}" for _ in range(50_000)]
    file = written(tmp_path / "leaked.txt", known)
    read, one_line = [], module._line_from
    monkeypatch.setattr(module, "_line_from", lambda lines, at: read.append(at) or one_line(lines, at))
    assert leaked(known[0], file) and not leaked(PHRASE, file)
    assert len(read) < 60


@pytest.mark.parametrize("content", [b"", b"bonjour\n", b"0123:4\n", b"G" * 40 + b":1\n", b"\x00" * 200])
def test_another_file_is_refused_by_its_first_line(tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    assert "first line" in fault_of(tmp_path / "other")


def test_a_file_that_is_not_there_is_said(tmp_path):
    assert "No such file" in fault_of(tmp_path / "none")
    assert fault_of(written(tmp_path / "good", [PHRASE])) is None


def test_a_password_of_the_file_is_refused_as_those_of_the_list_are(tmp_path):
    file = written(tmp_path / "leaked.txt", [PHRASE])
    assert password_fault(PHRASE, "adm@exemple.test") is None
    assert password_fault(PHRASE, "adm@exemple.test", leaked_in=file) == "access.password.common"
    assert password_fault(FINE, "adm@exemple.test", leaked_in=file) is None


def test_it_is_looked_up_where_a_password_is_chosen_on_the_pages(tmp_path):
    file = written(tmp_path / "leaked.txt", [PHRASE])
    with sign_in_site(tmp_path / "data", AIGUILLAGE_LEAKED_PASSWORDS=str(file)) as site:
        site.account()
        with site.browser() as client:
            sign_in(client)
            form = {"csrf": site.csrf(client), "current": "quatre mots bien ranges"}
            refused = client.post("/compte/mot-de-passe", data=form | {"password": PHRASE, "again": PHRASE})
            assert refused.status_code == 422 and "les voleurs essaient" in refused.text
            taken = client.post("/compte/mot-de-passe", data=form | {"password": FINE, "again": FINE})
            assert taken.status_code == 303


def test_it_is_looked_up_where_a_password_is_given_by_command(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(with_territory(tmp_path)))
    monkeypatch.setenv("AIGUILLAGE_LEAKED_PASSWORDS", str(written(tmp_path / "leaked.txt", [PHRASE])))
    command = ["user", "add", "col@exemple.test", "--role", "coordinator", "--territory", "pays-exemple"]
    refused = CliRunner().invoke(main, [*command, "--password-stdin"], input=PHRASE + "\n")
    assert refused.exit_code == 2 and "les voleurs essaient" in refused.stderr
    assert CliRunner().invoke(main, [*command, "--password-stdin"], input=FINE + "\n").exit_code == 0
