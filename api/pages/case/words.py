"""What is said of a case, with the numbers of the statements that it rests on."""

from __future__ import annotations

from bot.followup.timeline import Said
from bot.messages import Text
from bot.wording import Wording


def in_words(said: Said, words: Wording) -> str:
    """A sentence with the numbers of its statements."""
    sentence = words.say(said.text)
    if not said.statements:
        return sentence
    numbers = ", ".join(map(str, said.statements))
    return words.say(Text("timeline.cited", {"sentence": sentence, "numbers": numbers}))
