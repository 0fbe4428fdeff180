"""How long an export of the whole log takes, how large it is, and the most memory it needs.

python -m benchmarks.exports [ROWS] [FOLDER]: fills a SQLite database, then writes each file in a process of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.exports.columns import QUESTIONS
from api.exports.tables import export_of
from api.exports.workbook import write_workbook
from api.logbook import csv_lines
from api.storage.engine import connect, database_url
from api.storage.exporting import Chosen
from api.storage.review_schema import verdicts
from api.storage.store import Store
from bot.journal import Enquiry
from bot.wording import wording

FACTS = {
    "dst": "fait", "date_dst": "2025-11-10", "sr": "aucun", "accompagnement_continu": False, "but": "accompagner",
    "cadre_contact": "suivi", "action": "bilan", "option_n1": True, "issue_contact": "joint",
    "date_contact": "2026-11-16", "menage_slime": True, "orientations_donnees": 2,
}  # fmt: skip
ANSWER = {
    "status": "settled", "missions": ["suivi_n1"], "certainty": "stated", "open": None, "flips": [],
    "reasons": [{"statement": 21, "text": "Une visite « après la chauffe »" * 4, "source": "Atelier n°2, § 5"}],
    "excluded": [{"mission": "soutien_renforce", "reasons": [{"statement": 19, "text": "…" * 90, "source": "§ 4"}]}],
}  # fmt: skip


def fill(url: str, rows: int) -> None:
    """As many questions as that, one a minute, each in the queue, and every tenth with a verdict."""
    first, drawn = datetime(2024, 1, 1, tzinfo=UTC), random.Random(1)  # noqa: S311
    with Store.open(url) as store:
        account = store.accounts.add("coordination@exemple.test", "coordinator", "pays-exemple")
        given = {"kind": "confirmed", "account": account.id, "role": account.role, "authoritative": True}
        for start in range(0, rows, 10_000):
            with store.transaction() as journal:
                for number in range(start, min(start + 10_000, rows)):
                    enquiry = _enquiry(first + timedelta(minutes=number), number, drawn)
                    journal.log(enquiry)
                    if number % 10 == 0:
                        verdict = given | {"token": enquiry.token, "made_at": enquiry.asked_at}
                        journal.connection.execute(verdicts.insert().values(verdict))


def write(kind: str, url: str, to: Path, said: multiprocessing.Queue[tuple[float, float]]) -> None:
    """Write one file; say how many seconds it took, and the process's most memory in MB."""
    began, engine = time.perf_counter(), connect(database_url(url))
    export = export_of(QUESTIONS, engine, Chosen())
    if kind == "csv":
        with to.open("w", encoding="utf-8", newline="") as out:
            out.writelines(csv_lines(export.head, export.rows()))
    else:
        write_workbook(export, wording("fr"), to)
    said.put((time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main(rows: int, folder: Path) -> None:
    url = f"sqlite:///{folder / 'exports.db'}"
    fill(url, rows)
    context = multiprocessing.get_context("spawn")
    for kind in ("csv", "xlsx"):
        to, said = folder / f"questions.{kind}", context.Queue()
        work = context.Process(target=write, args=(kind, url, to, said))
        work.start()
        seconds, memory = said.get()
        work.join()
        size = to.stat().st_size / 1e6
        print(
            json.dumps(
                {"kind": kind, "rows": rows, "s": round(seconds, 1), "MB": round(size, 1), "peak": round(memory)}
            )
        )


def _enquiry(moment: datetime, number: int, drawn: random.Random) -> Enquiry:
    return Enquiry(
        token=f"t{number:08d}", interview="i", asked_at=moment, channel="telegram", language="fr",
        territory=drawn.choice(["pays-exemple", "lot", "aude"]), asker="5e" * 16, ruleset_version="abc",
        facts=FACTS, answer=ANSWER, rules=("n1",),
    )  # fmt: skip


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    if len(sys.argv) > 2:
        main(count, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(count, Path(made))
