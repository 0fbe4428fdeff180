"""What was understood and waits for the visitor's yes: a choice of the question, or facts. Before, nothing counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.messages import Incoming, Reply, Text
from bot.presses import typed_choice
from bot.showing_errors import error_lines
from bot.showing_proposals import proposed_choice, proposed_facts
from bot.speech.own_words import plain
from bot.speech.phrases import YES, spoken_choices, spoken_confirmations
from bot.talk import Talk
from bot.understanding.confirming import in_order, remarks
from bot.understanding.reading import understand
from bot.wording import wording
from rules.errors import SituationError

LONGEST_STORY = 2000  # characters


@dataclass(frozen=True, slots=True)
class Proposal:
    """Either ``choice``, the id of one of the current question's, or ``facts`` as the contract writes them.

    ``words``: what each fact came from, without names. Plain JSON values, as a dialogue keeps it.
    """

    choice: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        return {"choice": self.choice, "facts": dict(self.facts), "words": dict(self.words)}

    @staticmethod
    def from_record(record: Mapping[str, object]) -> Proposal:
        return Proposal(**record)  # type: ignore[arg-type]  (written by `record`)


def proposed(talk: Talk) -> Proposal | None:
    """What waits for a yes in this dialogue."""
    kept = talk.dialogue.proposed
    return None if kept is None else Proposal.from_record(kept)


def take_text(talk: Talk, text: str, incoming: Incoming) -> Reply:
    """What was written, or said and written down by an engine: an answer, a yes or a no, or the situation told."""
    step = talk.interviewer.step(talk.interview)
    choice = typed_choice(text, step)
    if choice is not None:
        return talk.answer(choice, incoming)
    said = plain(text, talk.dialogue.language)
    meant = confirmations(talk).get(said)
    if meant is not None:
        return confirm(talk, incoming) if meant == YES else refuse(talk)
    phrases = spoken_choices(step, wording(talk.dialogue.language))
    if said in phrases:
        return propose_choice(talk, phrases[said], text.strip())
    return _tell(talk, text, incoming)


def propose_choice(talk: Talk, choice: str | None, said: str) -> Reply:
    """Ask whether this choice was meant; None: what was said fits several."""
    if choice is None:
        return talk.show(notices=(Text("speech.several", {"said": said}),))
    talk.dialogue = replace(talk.dialogue, proposed=Proposal(choice=choice).record())
    return stand(talk)


def confirmations(talk: Talk) -> Mapping[str, str]:
    """What can be said to what waits for a yes -> YES or NO; empty where nothing does."""
    return spoken_confirmations(talk.dialogue.language) if proposed(talk) else {}


def stand(talk: Talk) -> Reply:
    """Where the talk stands: what waits for a yes, else the current question or the answer."""
    waiting = proposed(talk)
    if waiting is None:
        return talk.show()
    if waiting.choice is not None:
        return proposed_choice(talk.show(), talk.dialogue, talk.interviewer, talk.interview, waiting.choice)
    return proposed_facts(talk.dialogue, waiting.facts, waiting.words, ())


def confirm(talk: Talk, incoming: Incoming) -> Reply:
    """Take what was proposed as said."""
    waiting = proposed(talk)
    if waiting is None:
        return talk.show("chat.out_of_date")
    if waiting.choice is not None:
        return talk.answer(waiting.choice, incoming)
    return talk.tell(waiting.facts, incoming)


def refuse(talk: Talk) -> Reply:
    """Forget what was proposed."""
    talk.dialogue = replace(talk.dialogue, proposed=None)
    return talk.show("speech.again")


def leave_out(talk: Talk, fact: str) -> Reply:
    """What was proposed, without one fact."""
    waiting = proposed(talk)
    if waiting is None or fact not in waiting.facts:
        return talk.show("chat.out_of_date")
    facts = {name: value for name, value in waiting.facts.items() if name != fact}
    return _propose(talk, replace(waiting, facts=facts), ()) if facts else refuse(talk)


def _tell(talk: Talk, text: str, incoming: Incoming) -> Reply:
    if len(text) > LONGEST_STORY:
        return talk.show(notices=(Text("understanding.too_long", {"length": len(text), "most": LONGEST_STORY}),))
    understood = understand(text, incoming.today)
    if not understood.facts:
        return talk.show(notices=remarks(text, understood))
    waiting = proposed(talk)
    before = waiting if waiting and waiting.choice is None else Proposal()
    told = {fact: understood.words(text, fact) for fact in in_order(understood)}
    facts = {**before.facts, **{fact: understood.facts[fact] for fact in told}}
    possible, errors = _possible(talk, facts)
    notices = (*remarks(text, understood), *errors)
    words = {fact: words for fact, words in {**before.words, **told}.items() if fact in possible}
    return _propose(talk, Proposal(facts=possible, words=words), notices)


def _possible(talk: Talk, facts: Mapping[str, object]) -> tuple[dict[str, object], tuple[Text, ...]]:
    """The facts that can be, and why the others cannot."""
    left, found = dict(facts), list[Text]()
    while left:
        try:
            talk.interviewer.tell(talk.interview, left)
            return left, tuple(found)
        except SituationError as error:
            wrong = [one.fact for one in error.errors if one.fact in left] or list(left)
            found += error_lines(error)
            left = {fact: value for fact, value in left.items() if fact not in wrong}
    return left, tuple(found)


def _propose(talk: Talk, proposal: Proposal, notices: tuple[Text, ...]) -> Reply:
    if not proposal.facts:
        return talk.show(notices=notices)
    talk.turn()
    talk.dialogue = replace(talk.dialogue, proposed=proposal.record())
    return proposed_facts(talk.dialogue, proposal.facts, proposal.words, notices)
