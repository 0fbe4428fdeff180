"""Every regular expression of ours on texts made against it: run as a process of its own, which can be ended.

Prints a pattern before it is tried, and the slowest at the end.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("rules", "bot", "api")
LONGEST = 2000  # letters: what the web chat takes; twice as many takes four times as long at the worst
MOST_SAMPLES = 3
TOO_LONG = 5.0  # seconds of one core; what is good takes less than one
seen: dict[tuple[str, int], str] = {}
_compile = re.compile


def noted(pattern, flags=0):
    made = _compile(pattern, flags)
    caller = Path(sys._getframe(1).f_code.co_filename)
    if isinstance(made.pattern, str) and any(caller.is_relative_to(ROOT / room) for room in ROOMS):
        seen[made.pattern, made.flags] = caller.relative_to(ROOT).as_posix()
    return made


def all_patterns() -> None:
    """Import every module of ours, and have what is compiled at its first use compiled."""
    re.compile = noted
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if "migrations" not in module.name and not module.name.endswith("worker"):
                importlib.import_module(module.name)
    from tests.attack.readers import read_everything

    read_everything("Mme B. a été vue le 12/10/2025, tél. 06 12 34 56 78, puis en mars dernier.")
    re.compile = _compile


def sample(node) -> list[str]:
    """Some texts that a part of a pattern matches."""
    found = [""]
    for op, value in node:
        found = [one + more for one in found for more in _of(str(op), value)][:MOST_SAMPLES]
    return found


def _of(op: str, value) -> list[str]:
    match op:
        case "LITERAL":
            return [chr(value)]
        case "NOT_LITERAL" | "ANY":
            return ["a", " "]
        case "IN":
            return _members(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, _, inner = value
            return [one * max(low, 1) for one in sample(inner)]
        case "SUBPATTERN":
            return sample(value[3])
        case "ATOMIC_GROUP":
            return sample(value)
        case "BRANCH":
            return [one for branch in value[1] for one in sample(branch)[:1]][:MOST_SAMPLES]
        case _:
            return [""]


def _members(items) -> list[str]:
    found = []
    for op, value in items:
        match str(op):
            case "NEGATE":
                return ["a", "1", " ", "-", "."]
            case "LITERAL":
                found.append(chr(value))
            case "RANGE":
                found.append(chr(value[0]))
            case "CATEGORY":
                name = str(value)
                found += ["1"] if "DIGIT" in name else [" "] if "SPACE" in name else ["a", "1"]
    return found[:MOST_SAMPLES] or ["a"]


def attacks(pattern: str, flags: int) -> set[str]:
    """Texts in which what repeats does, and then the end does not fit."""
    found: set[str] = set()

    def walk(node, before: list[str]) -> None:
        for op, value in node:
            name = str(op)
            if name.endswith("REPEAT"):
                _, high, inner = value
                if high > 1:
                    for one in sample(inner):
                        for start in ("", before[0]):
                            found.add((start + one * (LONGEST // max(1, len(one))))[:LONGEST] + "\x01")
                            found.add((one * 30)[:LONGEST] + "\x01")
                walk(inner, before)
            elif name == "SUBPATTERN":
                walk(value[3], before)
            elif name == "BRANCH":
                for branch in value[1]:
                    walk(branch, before)
            elif name.startswith("ASSERT"):
                walk(value[1], before)
            before = [one + more for one in before for more in _of(name, value)[:1]][:MOST_SAMPLES]

    walk(re._parser.parse(pattern, flags), [""])
    whole = sample(re._parser.parse(pattern, flags))
    found |= {(one * LONGEST)[:LONGEST] + "\x01" for one in whole if one}
    return found | {
        one * (LONGEST // len(one)) for one in ("a", "1", " ", "1 ", "-", "a.", "a@", "A ", "\n", "é", "1/")
    }


def main() -> None:
    all_patterns()
    slowest: list[tuple[float, str, str]] = []
    for (pattern, flags), file in seen.items():
        print("trying", file, repr(pattern[:300]), flush=True)
        made, worst = _compile(pattern, flags), 0.0
        whole = "fullmatch(" in (ROOT / file).read_text("utf-8")  # else nothing of ours ever asks for that
        for text in attacks(pattern, flags):
            begun = time.process_time()
            if whole:
                made.fullmatch(text)
            for _ in made.finditer(text):
                pass
            worst = max(worst, time.process_time() - begun)
            if worst > TOO_LONG:
                break
        slowest.append((worst, file, pattern[:100]))
    from tests.attack.readers import read_everything

    for unit in (
        "a",
        "1",
        " ",
        "Mme ",
        "06 ",
        "12/10/2025 ",
        "il y a 3 ",
        "a@a.",
        "«",
        "du 3 au ",
        "(",
        "https://a",
        "é. ",
    ):
        print("reading", repr(unit), flush=True)
        seconds, reader = read_everything((unit * LONGEST)[:LONGEST])
        slowest.append((seconds, reader, unit))
    for seconds, file, pattern in sorted(slowest, reverse=True)[:10]:
        print(f"slowest {seconds:.2f} s {file} {pattern!r}")
    print(f"patterns {len(seen)}")
    sys.exit(max(slowest)[0] > TOO_LONG)


if __name__ == "__main__":
    main()
