"""The trace of an answer as text, for those who write rules: ids as they stand in the files, words around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.messages import Text
from bot.wording import Wording
from rules.explaining.trace import Part, Trace, TracedRule

MARKS = {True: "✓", False: "✗", None: "?"}
DECIDES = "◀"


def trace_lines(trace: Trace, words: Wording) -> Iterator[tuple[bool, str]]:
    """Lines, each with whether it is a title."""
    yield True, words("trace.title")
    yield False, words("trace.ruleset", name=trace.ruleset, version=trace.version)
    yield False, words("trace.marks", decides=DECIDES)
    yield True, words("trace.answers")
    for answer in trace.answers or ((),):
        yield False, "  " + (" ".join(answer) or words("trace.no_answer"))
    yield True, words("trace.traits")
    for trait in trace.traits:
        narrowed = "" if trait.live == trait.possible or not trace.answers else f" → {_listed(trait.live)}"
        yield False, f"  {trait.id} = {_listed(trait.possible)}{narrowed}  [{', '.join(trait.facts)}]"
    yield True, words("trace.path")
    for asked in trace.path:
        yield False, f"  {asked.trait} : {_listed(asked.followed)}"
    parts = {"rules": trace.rules, "contradictions": trace.contradictions, "terms": trace.terms}
    for name, traced in parts.items():
        yield True, words.say(Text(f"trace.{name}"))
        yield from ((False, line) for line in _traced(traced))


def _traced(rules: Iterable[TracedRule]) -> Iterator[str]:
    """Each rule with the tree of its condition, those that hold first, then those in doubt."""
    order = [True, None, False]
    for rule in sorted(rules, key=lambda rule: order.index(rule.condition.verdict)):
        yield f"  {MARKS[rule.condition.verdict]} {rule.id}  ({rule.origin})"
        yield from _tree(rule.condition, "    ", whole=True)


def _tree(part: Part, indent: str, *, whole: bool = False) -> Iterator[str]:
    """A condition line by line; a term that it names is told by its name alone."""
    mark = f"{MARKS[part.verdict]}{f' {DECIDES}' if part.decides else ''}"
    if part.term and not whole:
        yield f"{indent}{mark} is: {part.term}"
    elif part.kind == "is":
        yield f"{indent}{mark} {part.trait}: {_listed(part.values)}"
    else:
        yield f"{indent}{mark} {part.kind}:"
        for inner in part.parts:
            yield from _tree(inner, indent + "  ")


def _listed(values: tuple[str, ...]) -> str:
    return " | ".join(values) or "∅"
