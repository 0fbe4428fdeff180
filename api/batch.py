"""Many decisions: one JSON request a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date
from typing import TextIO

from api.deciding import Decider, RequestError
from bot.wording import wording


def decide_lines(decider: Decider, lines: Iterable[str], out: TextIO, today: date) -> int:
    """Answer each line with a line. A refused line is told on standard error with its number; returns how many."""
    wrong = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = decider.answer_text(line, today)
        except RequestError as error:
            wrong += 1
            _tell(number, error)
        else:
            out.write(answer + "\n")
            out.flush()
    return wrong


def _tell(number: int, error: RequestError) -> None:
    where = wording("fr")("problem.line", number=number)
    for one in error.errors:
        value = json.dumps(one["value"], ensure_ascii=False)
        print(f"{where}: {one['fact']} = {value}: {one['detail']} {one['hint']}".rstrip(), file=sys.stderr)
