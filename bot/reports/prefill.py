"""What is known of a case -> the fields of a report. What is not known stays empty; nothing is guessed.

A day known only as a range fills no field: the range is said beside it. The verdict is the Finding's, never the
visitor's own word for the contact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.coordination import Ruling, ruling_section
from bot.messages import Text
from bot.reports.delays import pause, since
from bot.reports.effort_rate import Energy, effort_rates
from bot.reports.model import Field, Known, Report, Row, Section, Trame
from bot.reports.verdict import logged_points, logged_verdict, point, points, verdict
from rules.model import Finding, Ruleset, Territory
from rules.situation import Situation, Value
from rules.traits import word
from rules.vocabulary import Range

OWN_CATEGORY = "autre"
OPTIONS = ("option_n1", "option_evaluation")


@dataclass(frozen=True, slots=True)
class Case:
    """What a report is filled from. ``logged``: the contract's answer, where it was given under other rules than now.

    A Finding is that of the situation, asked with ``final``: it settles or refers. ``ruling``: the verdict on it.
    """

    situation: Situation
    finding: Finding | None = None
    territory: Territory | None = None
    logged: Mapping[str, object] | None = None
    energy: Energy | None = None
    ruling: Ruling | None = None


def blank(trame: Trame, territory: Territory | None = None) -> Report:
    """The trame to fill by hand, with the options that the territory decided."""
    nothing = Situation({})
    known = {f.id: option for f in trame.fields if (option := _option(f, nothing, territory)).value}
    known |= {"points": Known(said=tuple(_listed(trame)))} | _category(trame)
    return Report(trame, known, _left_out(trame, known), _about(territory))


def prefilled(trame: Trame, case: Case, ruleset: Ruleset) -> Report:
    """The trame with all that the case says."""
    known = {field.id: _field(field, case) for field in trame.fields}
    known |= _said(case, ruleset, trame) | _category(trame)
    if case.energy is not None and any(f.id == "energie" for f in trame.fields):
        known |= _energy(case.energy)
    rules = Text("report.about.rules", {"name": ruleset.id.name, "version": ruleset.id.version})
    about = (*_about(case.territory), rules, *_other_mission(trame, case.finding))
    above = _ruling(case.ruling, ruleset)
    known["verdict"] = replace(known["verdict"], said=(*above, *known["verdict"].said))
    return Report(trame, {k: v for k, v in known.items() if v != Known()}, _left_out(trame, known), about, above)


def _ruling(ruling: Ruling | None, ruleset: Ruleset) -> tuple[Text, ...]:
    """The verdict on the answer, line by line."""
    section = ruling_section(ruling, ruleset) if ruling else None
    return () if section is None or section.title is None else (section.title, *section.lines)


def _field(field: Field, case: Case) -> Known:
    situation = case.situation
    contact = situation.get("date_contact")
    if field.id == "pause":
        return pause(situation)
    if field.id == "orientations":
        return _orientations(field, situation)
    if field.id == "nouveau_dst":
        return _new_diagnosis(situation)
    if field.fact in OPTIONS:
        return _option(field, situation, case.territory)
    value = situation.get(field.fact) if field.fact else None
    if value is None:
        return Known()
    if field.kind == "choice":
        return _choice(field, value)
    known = _day(value)
    if field.delay and known != Known() and isinstance(contact, date):
        return Known(known.value, (*known.notes, since(value, contact)))
    return known


def _category(trame: Trame) -> dict[str, Known]:
    """The category that the report was asked for; a territory's own is written by hand."""
    sections = [s.id for s in trame.sections if s.category is not None]
    if len(trame.categories) != 1 or trame.categories == (OWN_CATEGORY,) or not sections:
        return {}
    return {"categorie_sr": Known(Text(f"report.section.{sections[0]}"))}


def _choice(field: Field, value: Value) -> Known:
    """The choice that says it; where none does, the fact in its own words beside the empty choice."""
    if word(value) in field.choices:
        return Known(word(value))
    return Known(notes=(_fact(str(field.fact), value),))


def _fact(fact: str, value: Value) -> Text:
    said = str(value).lower() if isinstance(value, bool) else value
    return Text("report.known", {"fact": Text(f"fact.{fact}"), "value": Text(f"value.{fact}.{said}")})


def _day(value: Value) -> Known:
    if not isinstance(value, Range):
        return Known(value) if isinstance(value, date) else Known()
    first, last = value.earliest, value.latest
    if first is None and last is None:
        return Known()
    if first is None or last is None:
        which = "from" if last is None else "until"
        return Known(notes=(Text(f"report.range.{which}", {"day": last if first is None else first}),))
    return Known(notes=(Text("report.range.between", {"first": first, "last": last}),))


def _option(field: Field, situation: Situation, territory: Territory | None) -> Known:
    """What the territory decided, with who and when, or what was said; nothing where the two differ."""
    if field.fact not in OPTIONS:
        return Known()
    said = situation.get(field.fact)
    decided = territory.options.get(field.fact) if territory else None
    if decided is None or territory is None:
        return Known() if said is None else Known(word(said))
    by = {"territory": territory.name, "by": decided.decided_by, "on": decided.decided_on}
    note = Text(f"report.option.{'taken' if decided.value else 'not_taken'}", by)
    if said is not None and said != decided.value:
        return Known(notes=(note, Text("report.option.differs")))
    return Known(word(bool(decided.value)), (note,))


def _orientations(field: Field, situation: Situation) -> Known:
    """A row for each orientation listed, in its state; « inconnue » leaves the cell empty."""
    states = situation.get("orientations")
    listed = states if isinstance(states, tuple) else ()
    allowed = next(c.choices for c in field.columns if c.id == "etat")
    rows: list[Row] = [{"etat": s} if s in allowed else {} for s in listed]
    notes = []
    count = situation.get("orientations_donnees")
    if isinstance(count, int):
        rows += [{} for _ in range(min(count, 100) - len(rows))]
        notes.append(Text("report.orientations.given", {"n": count}))
    elif isinstance(count, Range) and count.earliest is not None:
        notes.append(Text("report.orientations.at_least", {"n": count.earliest}))
    ticked = situation.get("orientation_cochee_terminee")
    if isinstance(ticked, bool):
        notes.append(_fact("orientation_cochee_terminee", ticked))
        notes.append(Text("report.orientations.ticked"))
    return Known(notes=tuple(notes), rows=tuple(rows))


def _new_diagnosis(situation: Situation) -> Known:
    """An action said is done or still to be done: it never ticks « réalisé »."""
    action = situation.get("action")
    return Known(notes=(_fact("action", action),)) if action == "nouveau_dst" else Known()


def _said(case: Case, ruleset: Ruleset, trame: Trame) -> dict[str, Known]:
    listed = tuple(_listed(trame))
    if case.logged is not None:
        found = logged_points(case.logged, trame.deciders)
        return {"verdict": Known(said=logged_verdict(case.logged)), "points": Known(said=found or listed)}
    if case.finding is None:
        return {"points": Known(said=listed)}
    found = points(case.finding, trame.deciders)
    return {"verdict": Known(said=verdict(case.finding, ruleset)), "points": Known(said=found or listed)}


def _listed(trame: Trame) -> list[Text]:
    """The open questions that the trame always recalls, each with who decides it."""
    section = next((s for s in trame.sections if any(f.id == "points" for f in s.fields)), None)
    numbers = [n for n in section.statements if n in trame.deciders] if section else []
    return [Text("report.points.lead"), *(point(n, trame.deciders) for n in numbers)] if numbers else []


def _energy(energy: Energy) -> dict[str, Known]:
    rates = effort_rates(energy)
    rows: list[Row] = []
    for year in (energy.avant, energy.apres):
        cells = {name: getattr(year, name) for name in year.__slots__}
        rows.append({name: value for name, value in cells.items() if value is not None})
    missing = [
        Text("report.energy.missing_line", {
            "year": Text(f"report.row.energie.{which}"),
            "data": tuple(Text(f"report.column.energie.{name}") for name in year.missing),
        })
        for which, year in (("avant", energy.avant), ("apres", energy.apres))
        if year.missing
    ]  # fmt: skip
    return {
        "energie": Known(rows=tuple(rows)),
        "taux": Known(said=rates.said),
        "manquantes": Known(notes=tuple(missing)),
    }


def _left_out(trame: Trame, known: Mapping[str, Known]) -> frozenset[str]:
    """The sections whose option is known not to be taken (statement 33)."""

    def refused(section: Section) -> bool:
        return section.option is not None and known.get(section.option, Known()).value == "non"

    return frozenset(s.id for s in trame.sections if refused(s))


def _about(territory: Territory | None) -> tuple[Text, ...]:
    return (Text("report.about.territory", {"territory": territory.name}),) if territory else ()


def _other_mission(trame: Trame, finding: Finding | None) -> tuple[Text, ...]:
    """A warning where the text settles that the contact is not of the report's mission."""
    if finding is None or finding.status != "settled" or trame.mission in finding.missions:
        return ()
    missions = tuple(Text(f"mission.{m}") for m in finding.missions)
    return (Text("report.about.other_mission", {"missions": missions, "mission": Text(f"mission.{trame.mission}")}),)
