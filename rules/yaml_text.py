"""Text files that hold YAML mappings: the only file reading of this room."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import yaml

from rules.errors import RulesetError

LARGEST = 2_000_000  # bytes of a file: the largest of ours has 20 thousand
DEEPEST = 50  # lists and mappings in one another
MOST_VALUES = 200_000  # once every alias is written out


def read_text(folder: Path, name: str) -> str:
    """The text of a file. Raises RulesetError where there is none, or it is no text."""
    try:
        if (folder / name).stat().st_size > LARGEST:
            raise RulesetError(
                name, "", f"more than {LARGEST} bytes", "split it, or look for what does not belong there"
            )
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RulesetError(name, "", "the file is missing", f"looked in {folder}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RulesetError(name, "", f"not readable: {error}", "save it as UTF-8 text") from None


def mapping_in(name: str, text: str) -> dict[str, object]:
    """The mapping that the text of this file holds. Raises RulesetError."""
    try:
        _check_size(name, text)
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader that refuses repeated keys)
    except yaml.YAMLError as error:
        raise RulesetError(name, "", f"not readable as YAML: {error}") from None
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
        if isinstance(error, RulesetError):
            raise
        problem = f"a value is not what it looks like: {str(error)[:120]}"
        raise RulesetError(
            name, "", problem, "a day is written 2026-01-15; put quotes around what is only text"
        ) from None
    if not isinstance(raw, dict):
        raise RulesetError(name, "", "the file holds no mapping", "begin with 'key: value' lines")
    return raw


def _check_size(name: str, text: str) -> None:
    """Refuse what would be too deep or too much to build: before anything is built."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise RulesetError(name, "", f"more than {LARGEST} bytes")
    sizes: dict[str, int | None] = {}
    open_ones: list[tuple[str | None, int]] = []  # the anchor of each list or mapping, and what was counted before it
    count = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        where = f"line {event.start_mark.line + 1}" if event.start_mark else ""
        if isinstance(event, yaml.AliasEvent):
            size = sizes.get(str(event.anchor), 1)
            if size is None:
                raise RulesetError(name, where, f"'*{event.anchor}' stands inside itself", "write it out")
            count += size
        elif isinstance(event, yaml.CollectionStartEvent):
            count += 1
            open_ones.append((event.anchor, count))
            if event.anchor is not None:
                sizes[event.anchor] = None
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_ones.pop()
            if anchor is not None:
                sizes[anchor] = count - before + 1
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
        if len(open_ones) > DEEPEST:
            raise RulesetError(name, where, f"more than {DEEPEST} lists and mappings in one another")
        if count > MOST_VALUES:
            raise RulesetError(
                name, where, f"more than {MOST_VALUES} values, each alias counted as often as it is used"
            )


class _Loader(yaml.CSafeLoader):
    """Safe YAML in which a key written twice is an error, not a silent loss."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            where = f"line {key_node.start_mark.line + 1}"
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, f"{key} cannot be a key ({where})")
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' is written twice ({where})")
            seen.add(key)
        return super().construct_mapping(node, deep)
