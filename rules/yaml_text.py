"""Text files that hold YAML mappings: the only file reading of this room."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

import yaml

from rules.errors import RulesetError


def read_text(folder: Path, name: str) -> str:
    """The text of a file. Raises RulesetError where there is none, or it is no text."""
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RulesetError(name, "", "the file is missing", f"looked in {folder}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RulesetError(name, "", f"not readable: {error}", "save it as UTF-8 text") from None


def mapping_in(name: str, text: str) -> dict[str, object]:
    """The mapping that the text of this file holds. Raises RulesetError."""
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader that refuses repeated keys)
    except yaml.YAMLError as error:
        raise RulesetError(name, "", f"not readable as YAML: {error}") from None
    if not isinstance(raw, dict):
        raise RulesetError(name, "", "the file holds no mapping", "begin with 'key: value' lines")
    return raw


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
