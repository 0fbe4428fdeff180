"""Every regular expression of ours on texts made against it, in a process apart that is ended where it takes ages."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from api.review.personal import personal
from bot.translation.sentences import pieces
from tests.attack.readers import read_everything

AGES = 300  # seconds; some fifteen on an idle machine
MOMENT = 5.0  # seconds of one core; less than one as it should be


def test_no_text_keeps_an_expression_busy():
    command = [sys.executable, "-W", "ignore", "-m", "tests.attack.try_patterns"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=AGES, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as late:
        pytest.fail(f"never ends: {(late.stdout or b'').decode().splitlines()[-1:]}")
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    found = int(told.stdout.rsplit("patterns ", 1)[1])
    assert found > 150, "hardly any expression was found"


@pytest.mark.parametrize("reader", [pieces, personal, read_everything])
@pytest.mark.parametrize(
    "text",
    ["Oui." + "»" * 4000 + "x", "12" + " " * 4000 + "x", "+33" + ". -" * 1500 + "x", "Mme" + " " * 4000, "1 bis" * 900],
    ids=[
        "closing guillemets",
        "blanks after a number",
        "a phone of signs",
        "blanks after a title",
        "numbers of a street",
    ],
)
def test_what_once_took_for_ever_takes_a_moment(reader, text):
    begun = time.process_time()
    reader(text)
    assert time.process_time() - begun < MOMENT
