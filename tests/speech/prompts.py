"""Speech of people, with what they say: Asterisk's prompts in French and English (Debian's packages, CC BY-SA 3.0).

Found, or brought by ``python -m tests.speech.prompts``; PROMPTS names another folder that has them.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from bot.speech.sounds import RATE, Sound

HERE = Path(__file__).resolve().parents[2] / ".prompts"
VOICES = {"fr": "fr_CA_f_June", "en": "en_US_f_Allison"}
PACKAGES = [f"asterisk-core-sounds-{language}{kind}" for language in VOICES for kind in ("", "-g722")]
REMEDY = "No recorded prompts: on Debian run `python -m tests.speech.prompts`, or unpack these packages into PROMPTS: "


class NoPromptsError(Exception):
    """The prompts are not here; the message says what to do."""


def prompts(language: str, words: range = range(2, 10)) -> Mapping[str, str]:
    """The name of each prompt that is speech of so many words without figures -> what it says, in small letters."""
    found = {name: _plain(said) for name, said in _transcripts(language)}
    there = {name: said for name, said in found.items() if _file(language, name).is_file()}
    return {name: said for name, said in there.items() if len(said.split()) in words}


def prompt(language: str, name: str) -> Sound:
    """One of them, at 16 kHz."""
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(_file(language, name)), format="g722") as opened:
        parts = [part.to_ndarray()[0] for frame in opened.decode(audio=0) for part in resampler.resample(frame)]
    return Sound(np.concatenate(parts))


def _transcripts(language: str) -> Iterator[tuple[str, str]]:
    file = _folder() / f"usr/share/doc/asterisk-core-sounds-{language}/core-sounds-{language}.txt.gz"
    for line in gzip.decompress(file.read_bytes()).decode().splitlines():
        named = re.fullmatch(r"([\w-]+): ([^\d\[(]+)", line.strip())
        if named:
            yield named[1], named[2]


def _plain(said: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^\w' -]", " ", said.lower())).strip()


def _file(language: str, name: str) -> Path:
    return _folder() / "usr/share/asterisk/sounds" / VOICES[language] / f"{name}.g722"


@cache
def _folder() -> Path:
    for folder in (Path(os.environ.get("PROMPTS", HERE)), HERE, Path("/")):
        if all((folder / "usr/share/asterisk/sounds" / voice).is_dir() for voice in VOICES.values()):
            return folder
    raise NoPromptsError(REMEDY + ", ".join(PACKAGES))


def bring() -> None:
    """Download the packages and unpack them beside the sources; nothing is installed."""
    with tempfile.TemporaryDirectory() as folder:
        if not _apt("download", *PACKAGES, folder=folder):
            _apt("update", folder=folder)
            _apt("download", *PACKAGES, folder=folder)
        for package in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(HERE)], check=True)  # noqa: S603, S607


def _apt(*command: str, folder: str) -> bool:
    if shutil.which("apt-get") is None:
        return False
    return subprocess.run(["apt-get", "-qq", *command], cwd=folder, check=False).returncode == 0  # noqa: S603, S607


def main() -> int:
    try:
        print("prompts: found in", _folder())
        return 0
    except NoPromptsError:
        bring()
    try:
        print("prompts: brought to", _folder())
        return 0
    except NoPromptsError as error:
        print(f"prompts: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
