"""The models of speech as folders: what each must hold, its name, and where it is brought from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import yaml

NAME = re.compile(r"(whisper|piper)-[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
VOICE = re.compile(r"piper-(?P<family>[a-z]{2,3})_(?P<region>[A-Z]{2})-(?P<voice>[^-]+)-(?P<quality>[a-z_]+)")
VOICES = "https://huggingface.co/rhasspy/piper-voices/resolve/main/{family}/{family}_{region}/{voice}/{quality}/{file}"


VOICE_PLACES = ("piper-*/*.onnx", "piper/*.onnx")  # under the folder of models


@dataclass(frozen=True)
class Kind:
    """``needed``: for each file the names that it may have. ``wished``: those taken when they are there."""

    name: str
    needed: tuple[tuple[str, ...], ...]
    wished: tuple[str, ...] = ()

    def lacking(self, files: Iterable[str]) -> tuple[str, ...]:
        """What is needed and not among these names."""
        there = list(files)
        return tuple(
            " / ".join(names) for names in self.needed if not any(fnmatchcase(f, n) for f in there for n in names)
        )

    def takes(self, file: str) -> bool:
        """Whether a file of this name belongs to the model."""
        names = (*self.wished, *(name for names in self.needed for name in names))
        return any(fnmatchcase(file, name) for name in names)


WHISPER = Kind(
    "whisper",
    (("model.bin",), ("config.json",), ("tokenizer.json",), ("vocabulary.txt", "vocabulary.json")),
    ("preprocessor_config.json",),
)
PIPER = Kind("piper", (("*.onnx",), ("*.onnx.json",)), ("MODEL_CARD",))
KINDS = {kind.name: kind for kind in (WHISPER, PIPER)}


@dataclass(frozen=True)
class Offer:
    """Where a model is brought from when nothing else is said. ``sha256``: of its files, where it is known."""

    address: str
    sha256: Mapping[str, str] = field(default_factory=dict)


def kind_of(name: str) -> Kind:
    """The kind of a model by its name (``whisper-small``). Raises KeyError for a name of none."""
    if not NAME.fullmatch(name):
        raise KeyError(name)
    return KINDS[name.split("-")[0]]


def offer_of(name: str) -> Offer | None:
    """Weights of whisper with known digests, or a voice by the name that Piper gives it."""
    if voice := VOICE.fullmatch(name):
        return Offer(VOICES.format(**voice.groupdict(), file=f"{name.removeprefix('piper-')}.onnx"))
    listed = _listed().get(name)
    return Offer(listed["address"], listed["sha256"]) if listed else None


def web_files(kind: Kind, address: str) -> Mapping[str, str]:
    """The files that a model may have on the web, with their addresses: a folder's for whisper, the ``.onnx``'s for
    Piper."""
    if kind is PIPER:
        file, path = PurePosixPath(urlsplit(address).path).name, address.partition("?")[0]
        return {file: path, f"{file}.json": f"{path}.json"}
    names = [name for names in kind.needed for name in names]
    return {name: f"{address.rstrip('/')}/{name}" for name in (*names, *kind.wished)}


def voice_models(models: Path) -> Iterator[Path]:
    """The models of voices in a folder of models, in a fixed order."""
    for place in VOICE_PLACES:
        yield from sorted(models.glob(place))


@cache
def _listed() -> Mapping[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "weights.yaml").read_text("utf-8"))
