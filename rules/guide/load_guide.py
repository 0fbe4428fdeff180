"""guide.yaml and the open part of statements.yaml -> GuidePlan: what the guide of the missions is to show.

Raises RulesetError (file, path in it, problem, hint), as `rules/load.py` does.
"""

from __future__ import annotations

from collections.abc import Mapping

from rules.errors import RulesetError
from rules.guide.guide_plan import Ambiguity, Case, GuidePlan, OpenQuestion
from rules.load_parts import DECIDERS, check_keys, listed, mapping, one_of
from rules.model import Ruleset

GUIDE, STATEMENTS = "guide.yaml", "statements.yaml"
STAGES = ("dst", "sr", "sr_again", "n1_after_sr", "n1_without_sr", "n1_and_evaluation", "evaluation")


def read_guide(raw: Mapping[str, object], text: Mapping[str, object], ruleset: Ruleset) -> GuidePlan:
    """What guide.yaml (``raw``) and statements.yaml (``text``) say of the ruleset beside them.

    Every mission has its place in the plan, every statement exists.
    """
    check_keys(GUIDE, "", raw, {"missions", "course", "delays"}, ("missions", "course", "delays"))
    missions = tuple(one_of(GUIDE, "missions", m, ruleset.missions) for m in listed(GUIDE, "missions", raw["missions"]))
    for mission in ruleset.missions:
        if mission not in missions:
            raise RulesetError(GUIDE, "missions", f"'{mission}' has no place in the guide", "add it to the list")
    check_keys(GUIDE, "course", raw["course"], set(STAGES), STAGES)
    course = {
        name: _case(GUIDE, f"course › {name}", said, ruleset)
        for name, said in mapping(GUIDE, "course", raw["course"]).items()
    }
    delays = [
        _case(GUIDE, f"delays[{i}]", said, ruleset) for i, said in enumerate(listed(GUIDE, "delays", raw["delays"]))
    ]
    return GuidePlan(missions, course, tuple(delays), _questions(text, ruleset), _ambiguities(text, ruleset))


def _case(file: str, path: str, raw: object, ruleset: Ruleset) -> Case:
    check_keys(file, path, raw, {"facts", "since", "zone"}, ("facts",))
    body = mapping(file, path, raw)
    facts = mapping(file, f"{path} › facts", body["facts"])
    for fact in facts:
        one_of(file, f"{path} › facts", fact, ruleset.vocabulary.facts)
    since, zone = body.get("since"), body.get("zone")
    if since is not None:
        dates = [f.id for f in ruleset.vocabulary.facts.values() if f.kind == "date"]
        since = one_of(file, f"{path} › since", since, dates)
    if zone is not None:
        zone = one_of(file, f"{path} › zone", zone, [z.id for z in ruleset.delays.zones])
        if since is None:
            raise RulesetError(file, path, "a zone of delay needs 'since'", "name the date fact it counts from")
    return Case(facts, since, zone)


def _questions(text: Mapping[str, object], ruleset: Ruleset) -> tuple[OpenQuestion, ...]:
    found = []
    for i, said in enumerate(listed(STATEMENTS, "open_questions", text.get("open_questions"))):
        path = f"open_questions[{i}]"
        keys = {"id", "statements", "decider", "message"}
        check_keys(STATEMENTS, path, said, keys, keys)
        body = mapping(STATEMENTS, path, said)
        numbers = tuple(_number(path, n, ruleset) for n in listed(STATEMENTS, path, body["statements"]))
        decider = one_of(STATEMENTS, f"{path} › decider", body["decider"], DECIDERS)
        found.append(OpenQuestion(str(body["id"]), numbers, decider, str(body["message"])))
    return tuple(found)


def _ambiguities(text: Mapping[str, object], ruleset: Ruleset) -> tuple[Ambiguity, ...]:
    found = []
    for i, said in enumerate(listed(STATEMENTS, "ambiguities", text.get("ambiguities"))):
        path = f"ambiguities[{i}]"
        keys = {"id", "statement", "message"}
        check_keys(STATEMENTS, path, said, keys, keys)
        body = mapping(STATEMENTS, path, said)
        found.append(Ambiguity(str(body["id"]), _number(path, body["statement"], ruleset), str(body["message"])))
    return tuple(found)


def _number(path: str, number: object, ruleset: Ruleset) -> int:
    if not isinstance(number, int) or number not in ruleset.statements:
        raise RulesetError(STATEMENTS, path, f"there is no statement {number!r}")
    return number
