"""The pinned order of the questions, read from its file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rules.errors import RulesetError, did_you_mean
from rules.load_parts import check_keys, listed, mapping, one_of
from rules.model import Question
from rules.order import After, Ids, QuestionOrder
from rules.vocabulary import Fact


def read_order(
    file: str, raw: Mapping[str, object], questions: Sequence[Question], facts: Mapping[str, Fact]
) -> QuestionOrder:
    """The pinned order. ``facts``: those that the rules tell apart, so that what is known of a case gives its order.

    Raises RulesetError for a question or a value that is not there, or one named twice.
    """
    check_keys(file, "", raw, {"order", "after"}, ("order",))
    known = [q.id for q in questions]
    default = _ids(file, "order", raw["order"], known)
    after: list[After] = []
    for i, said in enumerate(listed(file, "after", raw.get("after"))):
        path = f"after[{i}]"
        check_keys(file, path, said, {"when", "order"}, ("when", "order"))
        body = mapping(file, path, said)
        fact, values = _when(file, f"{path} › when", body["when"], facts)
        for other in after:
            if other.fact != fact or set(other.values) & set(values):
                problem = f"'{fact}' may be answered by after[{after.index(other)}] as well"
                hint = "one fact decides the order, and each of its values stands in one place"
                raise RulesetError(file, f"{path} › when", problem, hint)
        after.append(After(fact, values, _ids(file, f"{path} › order", body["order"], known)))
    return QuestionOrder(default, tuple(after))


def _when(file: str, path: str, raw: object, facts: Mapping[str, Fact]) -> tuple[str, Ids]:
    said = mapping(file, path, raw)
    if len(said) != 1:
        raise RulesetError(file, path, f"one fact with its values, not {raw!r}", "write it as action: [bilan, conseil]")
    ((name, values),) = said.items()
    fact = facts[one_of(file, path, name, facts)]
    if not fact.values:
        raise RulesetError(file, f"{path} › {name}", "not a fact with a list of values", "use such a fact, as action")
    return fact.id, _ids(file, f"{path} › {name}", values, fact.values)


def _ids(file: str, path: str, raw: object, known: Collection[str]) -> Ids:
    ids = tuple(str(name) for name in listed(file, path, raw))
    if not ids:
        raise RulesetError(file, path, "the list is empty", f"known: {', '.join(known)}")
    for i, name in enumerate(ids):
        if name not in known:
            raise RulesetError(file, f"{path}[{i}]", f"'{name}' is not known here", did_you_mean(name, sorted(known)))
        if name in ids[:i]:
            raise RulesetError(file, f"{path}[{i}]", f"'{name}' is written twice", "keep one of the two")
    return ids
