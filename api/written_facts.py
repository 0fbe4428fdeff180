"""Facts as a person writes them on a command line -> values of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.messages import Text
from rules.vocabulary import Fact

YES = {"true", "vrai", "oui", "1", "yes"}
NO = {"false", "faux", "non", "0", "no"}


class WrittenFactError(ValueError):
    """An argument that is not one fact; ``text`` says it."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.message)


def read_facts(arguments: Iterable[str], known: Mapping[str, Fact]) -> dict[str, object]:
    """``fact=value`` arguments as a situation. Names and values are not judged here, only the form.

    Raises WrittenFactError on what has no « = », and on a fact given twice.
    """
    said: dict[str, object] = {}
    for argument in arguments:
        name, sign, value = (part.strip() for part in argument.partition("="))
        if not sign or not name:
            raise WrittenFactError(Text("explain.not_a_pair", {"argument": argument}))
        if name in said:
            raise WrittenFactError(Text("explain.said_twice", {"fact": name}))
        said[name] = written_value(known[name], value) if name in known else value
    return said


def written_value(fact: Fact, written: str) -> object:
    """A value as written -> the contract's JSON value; what cannot be read stays as it is, to be refused by name.

    A yes or no may be oui, non, true, false; orientations are their states, with « | » between them.
    """
    match fact.kind:
        case "bool":
            word = written.lower()
            return True if word in YES else False if word in NO else written
        case "integer":
            return int(written) if written.isdecimal() else written
        case "orientations":
            return [{"etat": state.strip()} for state in written.split("|")]
        case _:
            return written
