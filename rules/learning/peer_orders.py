"""The orders that others ask in, restated on our rules, to be measured beside the optimum. Each is a Policy.

Each stops where our interview does, as soon as the answer is settled: only the order is compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np

from rules.compile import CompiledRuleset
from rules.conditions import FALSE, All, Any, Condition, Is, Not
from rules.learning.case_tensors import State, Table
from rules.learning.optimum import Policy

UNANSWERED = None


def file_order(table: Table) -> Policy:
    """The questions one after another, whether they matter or not: a form on paper."""
    return lambda state: state.index(0)


def file_order_where_it_matters(table: Table) -> Policy:
    """The first question of the file that can still change the answer."""
    return lambda state: next(q for q, choice in enumerate(state) if choice == 0 and table.matters(state, q))


def greatest_gain(table: Table) -> Policy:
    """Greedy: the question that tells most about the answer (least expected entropy), ties in file order."""

    def ask(state: State) -> int:
        open_still = [q for q, choice in enumerate(state) if choice == 0]
        left = [sum(_entropy(table, child) for child in table.children(state, q)) for q in open_still]
        return open_still[int(np.argmin(np.round(left, 9)))]

    return cache(ask)


def most_frequent_missing(table: Table, rules: Sequence[Condition]) -> Policy:
    """publicodes (computeNextFields): the variable that is missing most often in the rules, evaluated in file order.

    ``rules``: the conditions, over questions (see `over_questions`). Each adds 1 to what is missing in it; ties go to
    the variable met first.
    """

    def ask(state: State) -> int:
        answered = _answered(table, state)
        missing: Counter[str] = Counter()
        unsure = False
        for rule in rules:
            verdict, found = _missing(rule, answered)
            missing.update({name: count + 1 for name, count in found.items()})
            unsure = unsure or verdict is UNANSWERED
            if verdict is True and not unsure:
                break
        best = max(missing, key=missing.__getitem__, default=None)
        return state.index(0) if best is None else _index(table, best)

    return cache(ask)


def first_undefined(table: Table, rules: Sequence[Condition]) -> Policy:
    """docassemble: the first variable found undefined while the rules are evaluated in file order, left to right."""

    def ask(state: State) -> int:
        answered = _answered(table, state)
        for rule in rules:
            found = _lazily(rule, answered)
            if isinstance(found, str):
                return _index(table, found)
            if found:
                break
        return state.index(0)

    return cache(ask)


def over_questions(compiled: CompiledRuleset, table: Table) -> list[Condition]:
    """The conditions of the rules, in file order, said of the questions' choices instead of the traits.

    A choice meets a condition when it surely does; a trait that no question speaks of meets none.
    """
    return [_translated(rule.when, table) for rule in compiled.ruleset.rules]


def _translated(condition: Condition, table: Table) -> Condition:
    match condition:
        case Not(part):
            return Not(_translated(part, table))
        case All(parts):
            return All(tuple(_translated(p, table) for p in parts))
        case Any(parts):
            return Any(tuple(_translated(p, table) for p in parts))
    for question, choices, says in zip(table.questions, table.choices, table.says, strict=True):
        if any(condition.trait in said for said in says):
            met = {
                choice
                for choice, said in zip(choices, says[1:], strict=True)
                if condition.trait in said and said[condition.trait] <= condition.values
            }
            return Is(question.id, frozenset(met))
    return FALSE


def _missing(condition: Condition, answered: dict[str, str]) -> tuple[bool | None, Counter[str]]:
    """The verdict, and how often each variable is missing for it: one comparison a value, none once it is decided."""
    match condition:
        case Is(question, choices):
            if question in answered or not choices:
                return answered.get(question) in choices, Counter()
            return UNANSWERED, Counter({question: len(choices)})
        case Not(part):
            inner, found = _missing(part, answered)
            return UNANSWERED if inner is UNANSWERED else not inner, found
    decisive, unsure = isinstance(condition, Any), False
    missing: Counter[str] = Counter()
    for part in condition.parts:
        inner, found = _missing(part, answered)
        if inner is decisive:
            return decisive, Counter()
        if inner is UNANSWERED:
            unsure = True
            missing.update(found)
    return UNANSWERED if unsure else not decisive, missing


def _lazily(condition: Condition, answered: dict[str, str]) -> bool | str:
    """The verdict, or the first variable without which there is none."""
    match condition:
        case Is(question, choices):
            return answered[question] in choices if question in answered else question
        case Not(part):
            inner = _lazily(part, answered)
            return inner if isinstance(inner, str) else not inner
    decisive = isinstance(condition, Any)
    for part in condition.parts:
        inner = _lazily(part, answered)
        if isinstance(inner, str) or inner is decisive:
            return inner
    return not decisive


def _answered(table: Table, state: State) -> dict[str, str]:
    given = zip(table.questions, table.choices, state, strict=True)
    return {question.id: choices[choice - 1] for question, choices, choice in given if choice}


def _index(table: Table, question: str) -> int:
    return [q.id for q in table.questions].index(question)


def _entropy(table: Table, state: State) -> float:
    """The entropy of the answer in a state, times its mass."""
    where = tuple(slice(1, None) if choice == 0 else choice for choice in state)
    cases = tuple(slice(None) if choice == 0 else choice - 1 for choice in state)
    mass = table.cases[cases].ravel()
    _, kinds = np.unique(table.possible[where].ravel(), return_inverse=True)
    shares = np.bincount(kinds, weights=mass)
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares / shares.sum())).sum()) if shares.size else 0.0
