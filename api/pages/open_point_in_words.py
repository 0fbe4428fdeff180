"""The question that the text leaves open, alone: on pages it goes without the greeting of the letter it is sent in."""

from __future__ import annotations

import re

from bot.messages import Text
from bot.rendering import spoken
from bot.wording import Wording
from rules.model import OpenPoint

_GREETING, _THANKS = re.compile(r"^(Bonjour|Hello)\. "), re.compile(r" (Merci|Thank you)\.$")


def question_alone(point: OpenPoint, words: Wording) -> str:
    """What is asked of whoever decides."""
    letter = words.say(Text(point.question, spoken(point.params)))
    return _THANKS.sub("", _GREETING.sub("", letter))
