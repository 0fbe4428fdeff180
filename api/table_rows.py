"""Rows of a table of situations, one fact a column -> the cells of their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from api.deciding import Decider, RequestError
from api.logbook import harmless
from bot.rendering import finding_json
from bot.wording import Wording
from rules.model import Conclusion, Finding
from rules.vocabulary import Fact

YES = {"true", "vrai", "oui", "1", "yes"}
NO = {"false", "faux", "non", "0", "no"}
ANSWER = ("status", "missions", "certainty", "reason", "decider", "statements", "text", "missing", "error")
MOST_KEPT = 4000
Cells = tuple[str, ...]


class RowDecider:
    """Decides rows one after the other. What a conclusion says is worded once."""

    def __init__(self, decider: Decider, lang: str, territory: str | None, today: date) -> None:
        self.decider, self.today = decider, today
        self.asked = {"lang": lang, "territory": territory, "final": True}
        self.facts = decider.compiled.ruleset.vocabulary.facts
        self._said: dict[int, tuple[Conclusion, Cells]] = {}

    def answers(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[Cells]:
        """The cells of `ANSWER` for each row of facts' values; the last cell of a refused row says why."""
        facts = [self.facts[name] for name in columns]
        return [
            self._answer({f.id: _value(f, cell) for f, cell in zip(facts, row, strict=True) if cell not in (None, "")})
            for row in rows
        ]

    def _answer(self, situation: Mapping[str, object]) -> Cells:
        try:
            finding, words = self.decider.find({**self.asked, "situation": situation}, self.today)
        except RequestError as error:
            said = "; ".join(f"{e['fact']} = {e['value']}: {e['detail']} {e['hint']}".strip() for e in error.errors)
            return (*("",) * (len(ANSWER) - 1), harmless(said))
        kept = self._said.get(id(finding.conclusion))
        if kept is None:
            if len(self._said) >= MOST_KEPT:
                self._said.clear()
            cells = self._cells(finding.conclusion, words)
            kept = self._said[id(finding.conclusion)] = finding.conclusion, cells
        return kept[1]

    def _cells(self, conclusion: Conclusion, words: Wording) -> Cells:
        answer: Mapping[str, Any] = finding_json(Finding(conclusion), self.decider.compiled.ruleset, words)
        reasons, point = answer["reasons"], answer["open"] or {"reason": "", "decider": ""}
        return (
            answer["status"],
            " ".join(answer["missions"]),
            answer["certainty"],
            point["reason"],
            point["decider"],
            " ".join(str(r["statement"]) for r in reasons),
            " ".join(r["text"] for r in reasons),
            " ".join(answer["missing"]),
            "",
        )


def _value(fact: Fact, cell: object) -> object:
    """A cell as the contract's JSON value; what cannot be read stays as it is, to be refused with its name."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, list):
        return [{"etat": one} if isinstance(one, str) else one for one in cell]
    if not isinstance(cell, str):
        return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    text = cell.strip()
    match fact.kind:
        case "bool":
            return True if text.lower() in YES else False if text.lower() in NO else text
        case "integer":
            return int(text) if text.isdecimal() else text
        case "orientations":
            return [{"etat": state.strip()} for state in text.split("|")]
        case _:
            return text
