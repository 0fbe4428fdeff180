"""aiguillage models, as it is run; the index is a real server on this machine."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from api.cli import main
from bot.translation.measures import measure_of
from bot.translation.packages import installed
from tests.bot.translating import tiny


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGUILLAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("AIGUILLAGE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words, text=None):
        done = CliRunner().invoke(main, ["models", *map(str, words)], input=text)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return command


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models"


@contextmanager
def serving(files, cut=0):
    """A server of these paths; its address. ``cut``: the bytes that the last of each file lacks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = files(self.headers["Host"]).get(self.path)
            self.send_response(200 if body is not None else 404)
            body = body or b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - cut] if self.path.endswith("argosmodel") else body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def index_of(*pairs, **more):
    """The paths of an index with these tiny packages."""

    def files(host):
        listed, found = [], {}
        for pair in pairs:
            source, target = pair.split("-")
            link = f"/{pair}.argosmodel"
            found[link] = tiny(pair).read_bytes()
            listed.append(
                {"from_code": source, "to_code": target, "package_version": "1.0", "links": [f"http://{host}{link}"]}
                | more
            )
        return found | {"/index.json": json.dumps(listed).encode()}

    return files


def test_nothing_installed_says_how_to_begin(run, folder):
    done = run("list")
    assert done.exit_code == 0
    assert f"Aucun paquet de traduction dans {folder}" in done.output
    assert f"Aucun modèle de parole dans {folder}" in done.output


def test_files_are_installed_with_their_digest_and_listed_with_each_way(run):
    done = run("install", tiny("fr-en"), tiny("en-fr"), tiny("en-ar"))
    assert done.exit_code == 0, done.output
    assert hashlib.sha256(tiny("fr-en").read_bytes()).hexdigest() in done.output
    listed = run("list").output
    assert "translate-en_ar-1_0" in listed
    assert "par l’anglais" in next(line for line in listed.splitlines() if "العربية" in line)


def test_a_pair_is_fetched_from_an_index_through_english_where_there_is_nothing_direct(run, folder):
    with serving(index_of("fr-en", "en-ar")) as address:
        done = run("install", "fr-ar", "--index", f"{address}/index.json")
        again = run("install", "fr-ar", "--index", f"{address}/index.json")
    assert done.exit_code == 0, done.output
    assert [one.pair for one in installed(folder)] == ["en-ar", "fr-en"]
    assert "fr-ar\u202f: tout est déjà installé." in again.output


def test_a_direct_package_is_preferred(run, folder):
    with serving(index_of("fr-en", "en-fr")) as address:
        done = run("install", "en-fr", "--index", f"{address}/index.json")
    assert done.exit_code == 0, done.output
    assert [one.pair for one in installed(folder)] == ["en-fr"]


@pytest.mark.parametrize(
    ("pairs", "more", "cut", "wanted", "told"),
    [
        (("fr-en",), {}, 0, "fr-ps", "fr-ps: the index has no package en-ps"),
        (("fr-en",), {"sha256": "ab" * 32}, 0, "fr-en", f"not {'ab' * 32}"),
        (("fr-en",), {}, 1000, "fr-en", "not fetched"),
        (("fr-en",), {"links": ["http://127.0.0.1:9/x.argosmodel"]}, 0, "fr-en", "not fetched"),
    ],
)
def test_what_cannot_be_fetched_is_told_and_nothing_is_installed(run, folder, pairs, more, cut, wanted, told):
    with serving(index_of(*pairs, **more), cut) as address:
        done = run("install", wanted, "--index", f"{address}/index.json")
    assert done.exit_code == 2
    assert told in done.stderr
    assert installed(folder) == ()


def test_without_internet_the_remedy_is_named(run):
    done = run("install", "fr-ar", "--index", "http://127.0.0.1:9/index.json")
    assert done.exit_code == 2
    assert "http://127.0.0.1:9/index.json: cannot be read" in done.stderr
    assert "aiguillage models install FICHIER.argosmodel" in done.stderr


def test_what_is_no_index_is_told(run):
    with serving(lambda host: {"/index.json": b"{}", "/page": b"<html>"}) as address:
        assert "it is no index of packages" in run("install", "fr-ar", "--index", f"{address}/index.json").stderr
        assert "cannot be read" in run("install", "fr-ar", "--index", f"{address}/page").stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["no.argosmodel"], "no.argosmodel: No such file"),
        (["fr-en", "--sha256", "00"], "--sha256 va avec un seul fichier"),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_no_traceback(run, given, told):
    done = run("install", *given)
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_text_stands_beside_what_the_machine_made_of_it(run):
    run("install", tiny("fr-en"), tiny("en-fr"))
    done = run("translate", "--to", "en", text="Je ne peux pas venir jeudi à 10h30.\n")
    assert done.exit_code == 0, done.output
    row = next(line for line in done.output.splitlines() if "Je ne peux pas" in line)
    assert "I cannot come on Thursday at 10:30." in row
    assert "Traduit par une machine" in done.output
    assert "Retraduit" in done.output and "Rien ne retient ce texte" in done.output


def test_a_held_text_ends_with_status_1_and_its_reasons(run):
    run("install", tiny("fr-en"), tiny("en-fr"))
    done = run("translate", "--to", "en", text="Le chat dort sur [la] chaise.")
    assert done.exit_code == 1
    assert "Retenu\u202f: ce texte ne part pas." in done.output


def test_without_a_way_the_packages_to_install_are_named(run):
    done = run("translate", "--to", "ps", text="Bonjour.")
    assert done.exit_code == 1
    assert "aiguillage models install fr-en en-ps" in done.output


def test_an_empty_text_is_refused(run):
    done = run("translate", "--to", "en", text=" \n")
    assert (done.exit_code, "rien à traduire" in done.stderr) == (2, True)


def test_a_language_is_measured_and_the_measure_goes_stale_with_the_packages(run, folder):
    run("install", tiny("fr-en"), tiny("en-fr"))
    done = run("measure", "en")
    assert done.exit_code == 0, done.output
    assert "Interprète conseillé" in done.output
    measure = measure_of(folder, "en")
    assert measure is not None
    assert 0 < measure.score < 0.5
    assert measure.held > 0.8 * measure.sentences > 80
    metadata = folder / "translate-fr_en-1_0" / "metadata.json"
    metadata.write_text(metadata.read_text().replace('"1.0"', '"1.1"'))
    assert measure_of(folder, "en") is None


def test_a_language_without_packages_is_not_measured(run):
    done = run("measure", "ar")
    assert done.exit_code == 2
    assert "ar: no package translates from French; aiguillage models install fr-en en-ar" in done.stderr
