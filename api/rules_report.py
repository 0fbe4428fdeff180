"""What an inspection, a difference or a mutation run found: as lines for an author, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass

from bot.rule_words import RuleWords
from bot.wording import Wording
from rules.checking.cover import Box
from rules.checking.diff import Change, Difference, SayingChange
from rules.checking.issues import FAULT, Inspection, Issue
from rules.checking.mutation import Verdict, tally
from rules.model import Ruleset
from rules.table import Answer

SHOWN, SHOWN_OF_CLASHES = 12, 3  # boxes of one change on the screen


def issue_lines(words: Wording, issues: Iterable[Issue]) -> Iterator[str]:
    """Each issue: its place, what is wrong and what to do, and a situation that shows it."""
    for issue in issues:
        place = "check.place" if issue.row else "check.place.file"
        yield words(place, severity=words(f"check.{issue.severity}"), file=issue.file, row=issue.row)
        yield f"  {words(f'check.{issue.code}', **issue.params)}"
        if issue.witness:
            request = {"situation": dict(issue.witness.situation)}
            yield words("check.situation", situation=json.dumps(request, ensure_ascii=False))
            if issue.witness.pause_months:
                yield words("check.situation.convention", months=issue.witness.pause_months)


def inspection_lines(words: Wording, found: Inspection, seconds: float) -> Iterator[str]:
    """All issues, then how many situations were covered and how long it took."""
    yield from issue_lines(words, sorted(found.issues, key=lambda issue: issue.severity != FAULT))
    count = RuleWords(words).count
    yield words(
        "check.summary",
        situations=count(found.situations),
        possible=count(found.possible),
        seconds=f"{seconds:.1f}",
        faults=len(found.faults),
        warnings=len(found.issues) - len(found.faults),
    )


def difference_lines(words: Wording, difference: Difference | None, *rulesets: Ruleset) -> Iterator[str]:
    """Each change: how many situations, was and becomes, its boxes in words. Nothing where nothing changes.

    What is answered before and after comes first, then what comes to clash or no longer does.
    """
    if not difference:
        return
    said = RuleWords(words, *rulesets)
    for change in sorted(difference.answers, key=lambda c: (_clashing(c), -c.count)):
        yield words(f"check.change.{change.kind}", count=said.count(change.count))
        yield words("check.was", answer=said.answer(change.was))
        yield words("check.becomes", answer=said.answer(change.becomes))
        yield from _boxes(words, said, difference, change.boxes, SHOWN_OF_CLASHES if _clashing(change) else SHOWN)
    for news in difference.sayings:
        yield words("check.gained" if news.gained else "check.lost", count=said.count(news.count))
        yield f"  {said.saying(news.saying)}"
        yield from _boxes(words, said, difference, news.boxes)
    yield words("check.outside")


def _clashing(change: Change) -> int:
    """On how many of the two sides facts contradict each other."""
    return sum(isinstance(a, Answer) and a.reason == "facts_contradictory" for a in (change.was, change.becomes))


def _boxes(
    words: Wording, said: RuleWords, difference: Difference, boxes: Sequence[Box], shown: int = SHOWN
) -> Iterator[str]:
    for box in boxes[:shown]:
        yield words("check.where", box=said.box(box, difference.space.domains))
    if len(boxes) > shown:
        yield words("check.more", count=len(boxes) - shown)


def as_json(found: Inspection, seconds: float) -> dict[str, object]:
    """An inspection as JSON values."""
    return {
        "situations": found.situations,
        "possible": found.possible,
        "seconds": round(seconds, 3),
        "issues": [_issue(issue) for issue in found.issues],
        "difference": None if found.difference is None else difference_json(found.difference),
    }


def _issue(issue: Issue) -> dict[str, object]:
    shown = issue.witness
    return {
        "code": issue.code,
        "severity": issue.severity,
        "file": issue.file,
        "row": issue.row,
        "params": dict(issue.params),
        "situation": dict(shown.situation) if shown else None,
        "pause_months": shown.pause_months if shown else None,
    }


def difference_json(difference: Difference) -> dict[str, object]:
    """A difference as JSON values, with every box."""
    return {
        "same": not difference,
        "answers": [_change(change) for change in difference.answers],
        "sayings": [_news(news) for news in difference.sayings],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "was": _plain(change.was),
        "becomes": _plain(change.becomes),
        "situations": change.count,
        "boxes": _plain_boxes(change.boxes),
    }


def _news(news: SayingChange) -> dict[str, object]:
    return {
        "saying": _plain(news.saying),
        "gained": news.gained,
        "situations": news.count,
        "boxes": _plain_boxes(news.boxes),
    }


def _plain(value: object) -> Mapping[str, object]:
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"not a value of a table: {value!r}")
    return {"is": type(value).__name__.lower(), **asdict(value)}


def _plain_boxes(boxes: Sequence[Box]) -> list[dict[str, list[str]]]:
    return [{trait: sorted(values) for trait, values in box.items()} for box in boxes]


def mutation_lines(words: Wording, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A mutation run in numbers, then each mutant that nothing caught."""
    run = tally(verdicts)
    whole = max(run.changing, 1)
    counted = asdict(run) | {"changing": run.changing}
    shares = {"complete_share": 100 * run.incomplete // whole, "case_share": 100 * run.by_cases // whole}
    yield words("check.mutation.summary", **counted)
    yield words("check.mutation.caught", **counted, **shares)
    yield words("check.mutation.missed", missed=run.missed)
    for verdict in verdicts:
        if verdict.missed:
            yield words("check.mutation.missed.place", kind=verdict.mutant.kind, place=verdict.mutant.place)
