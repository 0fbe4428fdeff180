"""A reply as a voice reads it: what is asked with its choices, or what is answered and why, or why nothing else is;
nothing given before."""

from __future__ import annotations

from collections.abc import Iterator

from bot.messages import Reply, Section, Text
from bot.wording import Wording

READ = (
    "help",
    "verdict",
    "proposal",
    "notice",
    "question",
    "answer",
    "open",
    "doctrine",
    "reasons",
    "excluded",
    "advice",
    "asked",
)
WHY = frozenset({"open", "doctrine", "reasons", "advice"})
LINK = "ruling.link"
PASSAGE = "chat.cited"  # a reason with the passage that it rests on, which an ear has no use for
CHOICES = frozenset({"choice", "skip"})


def read_aloud(reply: Reply, words: Wording) -> str:
    """Sentences, one a line, each closed, so that a voice pauses."""
    parts = [*_sections(reply), *_choices(reply)]
    return "\n".join(closed(words.say(part)) for part in parts)


def _sections(reply: Reply) -> Iterator[Text]:
    for section in parts_read(reply):
        yield from sentences(section)


def parts_read(reply: Reply) -> list[Section]:
    """The sections that a voice reads, in their order. Where something waits for a yes, that alone; why it is no other
    mission, where that was asked for."""
    proposed = [section for section in reply.sections if section.kind == "proposal"]
    read = proposed or [section for section in reply.sections if _is_read(section, reply)]
    return sorted(read, key=lambda section: READ.index(section.kind))


def sentences(section: Section) -> Iterator[Text]:
    """What a voice reads of a section."""
    if section.title is not None:
        yield section.title
    yield from (_heard(line) for line in section.lines if line.message != LINK)


def _is_read(section: Section, reply: Reply) -> bool:
    if section.kind == "help":
        return section.title is not None  # a greeting has none
    if section.kind == "excluded":
        return not any(other.kind in WHY for other in reply.sections)
    return section.kind in READ


def _choices(reply: Reply) -> Iterator[Text]:
    said = [b.label for row in reply.buttons for b in row if b.kind in CHOICES]
    if any(section.kind == "question" for section in parts_read(reply)) and said:
        yield Text("speech.choices")
        yield from said


def _heard(line: Text) -> Text:
    reason = line.params.get("reason")
    return reason if line.message == PASSAGE and isinstance(reason, Text) else line


def closed(sentence: str) -> str:
    """The sentence with its end, so that a voice pauses."""
    return sentence if sentence.rstrip().endswith((".", "?", "!", ":", "…", "؟", "।")) else f"{sentence.rstrip()}."
