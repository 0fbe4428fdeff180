"""What a server holds in memory when it starts: nothing that only some of its pages need."""

from __future__ import annotations

import subprocess
import sys

NEEDED_BY_FEW = (
    "alembic", "api.coordinator_pages", "api.link_pages", "api.pages.desk", "attr", "authlib.oidc", "av",
    "bot.understanding.understand", "docx", "faster_whisper", "httpx", "joserfc", "lxml", "nio", "numpy", "openpyxl",
    "piper", "pocketsphinx", "psycopg", "pyarrow", "pydantic.v1", "rich", "telegram", "typst",
)  # fmt: skip


def told(lines: str) -> str:
    """What a Python of its own says."""
    return subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True).stdout  # noqa: S603


def test_a_server_starts_without_what_only_some_pages_need():
    asked = "import sys, api.commands.serve; print([one for one in {!r} if sys.modules.get(one)])"
    assert told(asked.format(NEEDED_BY_FEW)).strip() == "[]"


def test_libraries_that_were_loaded_lighter_describe_the_same_programming_interface(tmp_path):
    document = (
        "import json; from api.app import create_app; from api.settings import load_settings; "
        f"settings = load_settings({{'AIGUILLAGE_DATA_DIR': {str(tmp_path)!r}}}); "
        "print(json.dumps(create_app(settings).openapi()))"
    )
    whole = told(document)
    assert '"/v1/decisions"' in whole and told(f"import api.slim; {document}") == whole


def test_the_library_of_jobs_knows_the_errors_of_postgresql_once_there_are_any():
    same = told(
        "import api.slim, sys; from dbos import _sys_db, _utils; print('psycopg' in sys.modules); "
        "used, errors = _utils.psycopg, _sys_db.pg_errors; "
        "own = used.OperationalError, used.errors.ConnectionTimeout, errors.QueryCanceled; "
        "import psycopg; from psycopg import errors as its; "
        "print(own == (psycopg.OperationalError, its.ConnectionTimeout, its.QueryCanceled))"
    )
    assert same.split() == ["False", "True"]


def test_once_ready_to_read_what_is_written_nothing_of_it_is_left_to_load():
    left = told(
        "import sys; from bot.understanding.reading import get_ready; get_ready(); "
        "kept = [one for name, part in list(sys.modules.items()) if name.startswith('bot.understanding.') "
        "for one in vars(part).values() if hasattr(one, 'cache_info')]; "
        "print(len(kept) > 5, [one.__name__ for one in kept if not one.cache_info().currsize])"
    )
    assert left.strip() == "True []"
