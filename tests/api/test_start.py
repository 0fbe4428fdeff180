"""What a server holds in memory when it starts: nothing that only some of its pages need."""

from __future__ import annotations

import subprocess
import sys

NEEDED_BY_FEW = (
    "alembic", "authlib.oidc", "av", "docx", "faster_whisper", "httpx", "joserfc", "lxml", "nio", "numpy", "openpyxl",
    "piper", "pocketsphinx", "pyarrow", "telegram", "typst",
)  # fmt: skip


def test_a_server_starts_without_what_only_some_pages_need():
    asked = f"import sys, api.app; print([one for one in {NEEDED_BY_FEW!r} if one in sys.modules])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == "[]"
