"""What is to be explained, from where it comes: a request of the contract, or a question of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from api.deciding import Decider
from bot.coordination import Ruling
from bot.journal import Enquiry
from bot.messages import Text
from bot.rendering import finding_json, flip_json, source
from bot.wording import Wording
from rules.explaining.explain import Explanation, explain
from rules.explaining.trace import Trace, trace
from rules.model import Flip, Reason, Ruleset, Territory
from rules.situation import Situation, parse


@dataclass(frozen=True, slots=True)
class Asked:
    """A situation to explain. ``notices``: what to know first of where it comes from; ``ruling``: the verdict on it."""

    situation: Situation
    territory: Territory | None
    final: bool = True
    notices: tuple[Text, ...] = ()
    ruling: Ruling | None = None


def from_request(decider: Decider, request: object, today: date) -> Asked:
    """A request of the contract; ``final`` when it does not say. Raises RequestError, as a decision does."""
    decider.decide(request, today)
    body: Mapping[str, object] = request if isinstance(request, Mapping) else {}
    said = body.get("territory") or decider.default_territory
    territory = decider.territory(said if isinstance(said, str) else None)
    situation = parse(decider.compiled.ruleset.vocabulary, body.get("situation") or {}, today)
    return Asked(situation, territory, bool(body.get("final", True)))


def from_enquiry(
    decider: Decider, enquiry: Enquiry, ruling: Ruling | None = None, territory: str | None = None
) -> Asked:
    """A question of the log, under today's rules; where they have changed since, it says so with the answer given.

    ``ruling``: the verdict on that answer, which is told first.

    ``territory``: whose settings hold instead of its own. Raises RequestError where it is not known.
    """
    ruleset = decider.compiled.ruleset
    day = enquiry.asked_at.date()
    notices = [Text("explain.question", {"token": enquiry.token, "day": day})]
    if enquiry.ruleset_version != ruleset.id.version:
        missions = enquiry.answer.get("missions")
        given = tuple(Text(f"mission.{m}") for m in missions) if isinstance(missions, list) else ()
        params = {"then": enquiry.ruleset_version, "now": ruleset.id.version}
        notices.append(Text("explain.old_rules", {**params, "answer": given or Text("explain.no_mission")}))
    situation = parse(ruleset.vocabulary, enquiry.facts, day, ranges=True)
    if territory:
        decider.decide({"territory": territory}, day)
    return Asked(situation, decider.territory(territory or enquiry.territory), notices=tuple(notices), ruling=ruling)


def explained(decider: Decider, asked: Asked) -> Explanation:
    return explain(decider.compiled, asked.situation, asked.territory, final=asked.final)


def traced(decider: Decider, asked: Asked) -> Trace:
    return trace(decider.compiled, asked.situation, asked.territory)


def explanation_json(
    explanation: Explanation, ruleset: Ruleset, words: Wording, path: Trace | None
) -> dict[str, object]:
    """All of it as data: the contract's answer, then what explains it."""

    def reasons(found: tuple[Reason, ...]) -> list[dict[str, object]]:
        return [
            {
                "statement": r.statement,
                "text": words.say(Text(r.message, r.params)),
                "source": source(ruleset, r.statement),
                "says": words(f"statement.{r.statement}"),
            }
            for r in found
        ]

    def change(flip: Flip | None) -> dict[str, object] | None:
        return None if flip is None else flip_json(flip)

    return {
        "situation": explanation.situation.record(),
        "territory": explanation.territory.id if explanation.territory else None,
        "answer": finding_json(explanation.finding, ruleset, words),
        "reasons": reasons(explanation.finding.reasons),
        "carrying": [r.statement for r in explanation.carrying],
        "other_missions": [
            {
                "mission": o.mission,
                "excluded": bool(o.reasons),
                "still_possible": o.still_possible,
                "reasons": reasons(o.reasons),
                "nearest": change(o.nearest),
            }
            for o in explanation.others
        ],
        "flips_of_two": [change(f) for f in explanation.flips_of_two],
        **({"trace": asdict(path)} if path else {}),
    }


def ruling_json(ruling: Ruling) -> dict[str, object]:
    """A verdict as data."""
    return {
        "kind": ruling.kind,
        "missions": list(ruling.missions),
        "reason": ruling.reason,
        "statements": list(ruling.statements),
        "day": ruling.day.isoformat(),
    }
