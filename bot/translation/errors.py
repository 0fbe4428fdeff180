"""What can go wrong with the machine translation."""

from __future__ import annotations


class TranslationError(RuntimeError):
    """The engine or a package cannot be used: what, why, and the remedy."""


class PackageError(TranslationError):
    """A package that is not installed: the file, what is wrong, and the remedy."""

    def __init__(self, file: object, problem: str, remedy: str) -> None:
        super().__init__(f"{file}: {problem}; {remedy}")
