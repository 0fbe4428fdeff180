"""Conditions and trees in the infix languages that are alike: zen-engine's, CEL and rule-engine's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.table import Switch, Tree
from rules.conditions import FALSE, TRUE, All, Any, Condition, Is, Not


def quoted(values: Iterable[str]) -> str:
    """Texts as these languages list them."""
    return ", ".join(f'"{value}"' for value in sorted(values))


@dataclass(frozen=True, slots=True)
class Infix:
    """A language. ``choice``: from a condition and two expressions, the expression that chooses between them."""

    both: str = " and "
    either: str = " or "
    negation: str = "not "
    true: str = "true"
    false: str = "false"
    choice: Callable[[str, str, str], str] = "({} ? {} : {})".format

    def condition(self, condition: Condition) -> str:
        """The condition, in parentheses where it has parts."""
        match condition:
            case Is(trait, values) if len(values) == 1:
                return f"{trait} == {quoted(values)}"
            case Is(trait, values):
                return f"{trait} in [{quoted(values)}]"
            case Not(part):
                return f"{self.negation}({self.condition(part)})"
            case All(parts) | Any(parts):
                if condition in (TRUE, FALSE):
                    return self.true if condition == TRUE else self.false
                sign = self.both if isinstance(condition, All) else self.either
                return f"({sign.join(self.condition(part) for part in parts)})"

    def tree(self, tree: Tree) -> str:
        """The tree as one expression, whose value is the outcome."""
        if isinstance(tree, Switch):
            *others, (_, last) = tree.branches
            text = self.tree(last)
            for values, branch in reversed(others):
                text = self.choice(self.condition(Is(tree.trait, frozenset(values))), self.tree(branch), text)
            return text
        text = quoted([tree.otherwise])
        for condition, outcome in reversed(tree.steps):
            text = self.choice(self.condition(condition), quoted([outcome]), text)
        return text
