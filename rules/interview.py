"""The interview: asks the next fact that can still change the answer, and stops as soon as nothing can.

An Interview is the answers given so far, under one version of the ruleset; every change gives a new one. It holds
no state but that, so it survives anything that its record survives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rules.asking import next_question
from rules.compile import CompiledRuleset
from rules.engine import examine, look, missing_facts
from rules.errors import FactError, SituationError
from rules.model import Choice, Finding, Question, Territory
from rules.reading import MOST_STEPS, kept, reading
from rules.situation import Situation, parse
from rules.vocabulary import months_before

UNKNOWN = "inconnu"
TYPED = "="


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was chosen: a choice's id, UNKNOWN, or a typed date (``=2026-04-21``)."""

    question: str
    choice: str


@dataclass(frozen=True, slots=True)
class Interview:
    """The answers so far, in the order given. ``correcting``: the question being answered anew.

    ``told``: facts that came without a question, as a record of a situation has them; what they say is not asked.
    """

    ruleset_version: str
    started: date
    answers: tuple[Answer, ...] = ()
    correcting: str | None = None
    told: Mapping[str, object] = field(default_factory=dict)

    @property
    def begun(self) -> bool:
        """Whether anything was said yet."""
        return bool(self.answers or self.told)

    def record(self) -> dict[str, object]:
        """Plain JSON values, read back by `from_record`."""
        return {
            "ruleset_version": self.ruleset_version,
            "started": self.started.isoformat(),
            "answers": [[a.question, a.choice] for a in self.answers],
            "correcting": self.correcting,
            "told": dict(self.told),
        }

    @staticmethod
    def from_record(record: Mapping[str, object]) -> Interview:
        answers = record["answers"]
        correcting, told = record.get("correcting"), record.get("told")
        return Interview(
            ruleset_version=str(record["ruleset_version"]),
            started=date.fromisoformat(str(record["started"])),
            answers=tuple(Answer(str(q), str(c)) for q, c in answers) if isinstance(answers, list) else (),
            correcting=str(correcting) if correcting else None,
            told=dict(told) if isinstance(told, Mapping) else {},
        )


@dataclass(frozen=True, slots=True)
class Step:
    """Where an interview stands: the question to ask with its possible choices, or the finding when it is over."""

    situation: Situation
    question: Question | None
    choices: tuple[Choice, ...]
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class Interviewer:
    """A compiled ruleset that asks, for a territory. All methods are pure."""

    compiled: CompiledRuleset
    territory: Territory | None = None

    def start(self, today: date) -> Interview:
        return Interview(self.compiled.ruleset.id.version, today)

    def step(self, interview: Interview) -> Step:
        """The next question, or the finding. A question that cannot change the answer is never asked."""
        if interview.told:
            return self._step(interview)
        steps: dict[object, Step] = reading(self.compiled, self.territory).steps
        stands = interview.started, interview.answers, interview.correcting
        return kept(steps, stands, lambda: self._step(interview), MOST_STEPS)

    def _step(self, interview: Interview) -> Step:
        situation = self.situation(interview)
        seen = look(self.compiled, situation, self.territory)
        asking = interview.correcting or next_question(seen, self._asked(interview))
        if asking is None:
            return Step(situation, None, (), examine(self.compiled, situation, self.territory, final=True))
        question = self.question(asking)
        return Step(situation, question, self._choices(interview, question), None)

    def answer(self, interview: Interview, choice: str) -> Interview:
        """The interview after this choice to its current question.

        Raises SituationError when the choice is not one of those offered, or a typed date cannot be.
        """
        step = self.step(interview)
        if step.question is None:
            raise SituationError([FactError("interview_over", "question", choice)])
        offered = {c.id for c in step.choices} | {UNKNOWN}
        if choice not in offered and not (choice.startswith(TYPED) and step.question.delay):
            raise SituationError([FactError("unknown_value", step.question.id, choice)])
        said = Answer(step.question.id, choice)
        if choice.startswith(TYPED):
            self._check_typed(interview, said)
        told = self._still_told(interview, said)
        if interview.correcting:
            return self._replaced(replace(interview, told=told), said)
        return replace(interview, told=told, answers=(*interview.answers, said))

    def tell(self, interview: Interview, facts: Mapping[str, object]) -> Interview:
        """The interview with these facts, which take the place of answers and earlier facts that say otherwise.

        Raises SituationError for facts that cannot be, alone or with what was said before.
        """
        kept = tuple(a for a in interview.answers if not self._denied(a, facts, interview.started))
        told = replace(interview, answers=kept, correcting=None, told={**interview.told, **facts})
        self.situation(told)
        return told

    def back(self, interview: Interview) -> Interview:
        """Without the last answer, at the end without what was told; a correction under way is given up first."""
        if interview.correcting:
            return replace(interview, correcting=None)
        if not interview.answers:
            return replace(interview, told={})
        return replace(interview, answers=interview.answers[:-1])

    def correct(self, interview: Interview, question: str) -> Interview:
        """Ask this question again; the other answers are kept as long as they still matter."""
        if question not in {a.question for a in interview.answers} | {*self.told_questions(interview)}:
            raise SituationError([FactError("not_answered", question, question)])
        return replace(interview, correcting=question)

    def told_questions(self, interview: Interview) -> Mapping[str, tuple[str, ...]]:
        """The questions that what was told answers, in the order of the ruleset, each with the facts told of it."""
        if not interview.told:
            return {}
        left, found = dict.fromkeys(interview.told), dict[str, tuple[str, ...]]()
        answered = {a.question for a in interview.answers}
        for question in self.compiled.ruleset.questions:
            own = tuple(fact for fact in left if fact in question.facts)
            if own and question.id not in answered:
                found[question.id] = own
                left = {fact: None for fact in left if fact not in own}
        return found

    def situation(self, interview: Interview, without: str | None = None) -> Situation:
        """The facts that were told and that the answers say (leaving one question out)."""
        asked = self.question(without).facts if without else ()
        facts: dict[str, object] = {}
        for answer in interview.answers:
            if answer.question != without:
                facts.update(self._facts(answer, interview.started))
        facts.update((fact, value) for fact, value in interview.told.items() if fact not in asked)
        return parse(self.compiled.ruleset.vocabulary, facts, interview.started, ranges=True)

    def choice(self, interview: Interview, question: Question, choice: str) -> Choice:
        """The choice of that id; KeyError when the question has none."""
        found = {c.id: c for c in self.all_choices(question, interview.started)}
        return found[choice]

    def question(self, name: str) -> Question:
        return next(q for q in self.compiled.ruleset.questions if q.id == name)

    def _replaced(self, interview: Interview, said: Answer) -> Interview:
        """The other answers replayed in order around the corrected one; those that no longer matter fall away."""
        kept = replace(interview, answers=(), correcting=None)
        before = interview.answers
        if said.question not in {a.question for a in before}:  # it was told, not asked
            before = (said, *before)
        for answer in before:
            candidate = said if answer.question == said.question else answer
            if candidate is said or self._still_fits(kept, candidate):
                kept = replace(kept, answers=(*kept.answers, candidate))
        return kept

    def _still_told(self, interview: Interview, said: Answer) -> Mapping[str, object]:
        """What was told, but for what this answer says anew; « je ne sais pas » takes nothing back but in a
        correction."""
        if not interview.told or (said.choice == UNKNOWN and not interview.correcting):
            return interview.told
        anew = {*self.question(said.question).facts, *self._facts(said, interview.started)}
        return {fact: value for fact, value in interview.told.items() if fact not in anew}

    def _denied(self, answer: Answer, facts: Mapping[str, object], today: date) -> bool:
        said = self._facts(answer, today)
        unknown = answer.choice == UNKNOWN and bool({*self.question(answer.question).facts} & {*facts})
        return unknown or any(fact in said and said[fact] != value for fact, value in facts.items())

    def _still_fits(self, interview: Interview, answer: Answer) -> bool:
        seen = look(self.compiled, self.situation(interview), self.territory)
        if answer.question not in missing_facts(seen):
            return False
        offered = {c.id for c in self._choices(interview, self.question(answer.question))}
        return answer.choice in offered | {UNKNOWN} or answer.choice.startswith(TYPED)

    def _asked(self, interview: Interview) -> frozenset[str]:
        """The facts asked for in vain, and those said."""
        asked: set[str] = set()
        for answer in interview.answers:
            question = self.question(answer.question)
            asked |= {question.id}
            asked |= set(question.facts if answer.choice == UNKNOWN else self._facts(answer, interview.started))
        return frozenset(asked)

    def _facts(self, answer: Answer, today: date) -> Mapping[str, object]:
        question = self.question(answer.question)
        if answer.choice == UNKNOWN:
            return {}
        if answer.choice.startswith(TYPED) and question.delay:
            return {**question.said_with, question.delay: answer.choice.removeprefix(TYPED)}
        return next((c.facts for c in self.all_choices(question, today) if c.id == answer.choice), {})

    def _check_typed(self, interview: Interview, said: Answer) -> None:
        others = tuple(a for a in interview.answers if a.question != said.question)
        self.situation(replace(interview, answers=(*others, said)))

    def _choices(self, interview: Interview, question: Question) -> tuple[Choice, ...]:
        """The choices that do not clash with the other answers."""
        before = self.situation(interview, without=question.id)
        offered = self.all_choices(question, interview.started)
        fitting = tuple(c for c in offered if self._fits(before, c, interview.started))
        return fitting or offered

    def _fits(self, before: Situation, choice: Choice, today: date) -> bool:
        vocabulary = self.compiled.ruleset.vocabulary
        try:
            situation = parse(vocabulary, {**before.record(), **choice.facts}, today, ranges=True)
        except SituationError:
            return False
        return bool(reading(self.compiled, self.territory).answers(situation))

    def all_choices(self, question: Question, today: date) -> tuple[Choice, ...]:
        """Every choice of the question, those that clash with other answers too."""
        return (*question.choices, *(self._ranges(question, question.delay, today) if question.delay else ()))

    def _ranges(self, question: Question, fact: str, today: date) -> tuple[Choice, ...]:
        """The ranges of time before the contact that the rules tell apart, shortest first."""
        zones = self.compiled.ruleset.delays_in(self.territory).zones
        cuts = [(z.under, z.closed) for z in zones if z.under and z.under <= (question.longest or z.under)]
        found = []
        for shorter, longer in zip([None, *cuts], [*cuts, None], strict=True):
            name = f"m{shorter[0] if shorter else 0}_{longer[0] if longer else ''}"
            days = {"from": _first_day(longer, today), "to": _last_day(shorter, today)}
            said = {k: v.isoformat() for k, v in days.items() if v}
            months = (shorter[0] if shorter else None, longer[0] if longer else None)
            found.append(Choice(name, {**question.said_with, fact: said}, months))
        return tuple(found)


def _first_day(cut: tuple[int, bool] | None, contact: date) -> date | None:
    return None if cut is None else months_before(contact, cut[0]) + timedelta(days=0 if cut[1] else 1)


def _last_day(cut: tuple[int, bool] | None, contact: date) -> date:
    return contact if cut is None else months_before(contact, cut[0]) - timedelta(days=1 if cut[1] else 0)
