"""Argos packages run by CTranslate2: the sentences of a text go through each package in one batch.

Of argostranslate this uses the packages and their tokenizers, and translates with the parameters of its own
``apply_packaged_translation``. Its ``translate`` and ``sbd`` modules are never imported: they need stanza, and they log
the text. Importing ``argostranslate.package`` makes folders where the XDG variables say, so only the worker does it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

THREADS, BEAM, BATCH_TOKENS = 1, 1, 1024


class Leg(Protocol):
    """One package, loaded."""

    def translate(self, sentences: Sequence[str]) -> list[str]: ...


class Engine:
    """Loads each package at its first use and keeps it."""

    def __init__(self) -> None:
        self._legs: dict[str, Leg] = {}

    def translate(self, folders: Sequence[str], sentences: Sequence[str]) -> list[str]:
        """Each sentence through the packages of these folders, one after the other; as many come back."""
        texts = list(sentences)
        for folder in folders:
            if folder not in self._legs:
                self._legs[folder] = ArgosLeg(Path(folder))
            texts = self._legs[folder].translate(texts)
        return texts


class ArgosLeg:
    """An installed Argos package."""

    def __init__(self, folder: Path) -> None:
        import ctranslate2
        from argostranslate.package import Package

        logging.getLogger("argostranslate").disabled = True
        self._package = Package(folder)
        self._translator = ctranslate2.Translator(
            str(folder / "model"), device="cpu", inter_threads=1, intra_threads=THREADS, compute_type="auto"
        )

    def translate(self, sentences: Sequence[str]) -> list[str]:
        tokenizer, prefix = self._package.tokenizer, self._package.target_prefix
        tokens = [tokenizer.encode(sentence) for sentence in sentences]
        done = self._translator.translate_batch(
            tokens,
            target_prefix=[[prefix]] * len(tokens) if prefix else None,
            replace_unknowns=True,
            max_batch_size=BATCH_TOKENS,
            batch_type="tokens",
            beam_size=BEAM,
            length_penalty=0.2,
        )
        said = [tokenizer.decode(one.hypotheses[0]) for one in done]
        return [text.removeprefix(prefix).strip() for text in said]
