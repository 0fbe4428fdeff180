"""What can be doubtful in a machine's text, and which doubts hold it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.messages import Text

WARNINGS = frozenset({"no_back", "term_kept", "through_english", "negation_unchecked"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt; in words the catalog message ``translation.doubt.<code>`` with its parameters."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def holds(self) -> bool:
        """Whether the text must not be sent; else the doubt is only told."""
        return self.code not in WARNINGS

    @property
    def text(self) -> Text:
        return Text(f"translation.doubt.{self.code}", self.params)
