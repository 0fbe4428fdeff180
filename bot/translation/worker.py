"""The engine's own process: ``python -m bot.translation.worker FOLDER``; a line of JSON in, a line of JSON out.

It writes nothing else: the folders that argostranslate makes when it is imported lie in FOLDER, which its parent made.
"""

from __future__ import annotations

import json
import os
import sys

from bot.translation.argos import Engine

NOT_INSTALLED = "argostranslate is not installed; install it by `pip install --no-deps 'argostranslate>=1.11,<1.12'`"


def main() -> None:
    keep_out_of_home(sys.argv[1])
    engine = Engine()
    for line in sys.stdin:
        print(json.dumps(_answer(engine, json.loads(line))), flush=True)


def _answer(engine: Engine, asked: dict[str, list[str]]) -> dict[str, object]:
    """The texts, or what kind of error it was: never the text that caused it."""
    try:
        return {"texts": engine.translate(asked["packages"], asked["sentences"])}
    except ModuleNotFoundError as error:
        return {"error": NOT_INSTALLED if error.name == "argostranslate" else f"no module {error.name}"}
    except Exception as error:  # whatever a broken package raises, the next text may go well
        return {"error": f"the engine failed with {type(error).__name__}; install the package anew"}


def keep_out_of_home(folder: str) -> None:
    """What argostranslate keeps for itself goes to the folder, and no setting of its own is taken from outside."""
    for variable in [name for name in os.environ if name.startswith("ARGOS_") or name == "SNAP"]:
        del os.environ[variable]
    for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "ARGOS_PACKAGES_DIR"):
        os.environ[variable] = folder


if __name__ == "__main__":
    main()
