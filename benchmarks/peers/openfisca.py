"""OpenFisca-core: the traits and the outcome as variables of a tax and benefit system, vectorial by nature."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.outcomes import Columns, Decide, Row, outcomes
from benchmarks.peers import BatchPeer, Peer
from benchmarks.table import lines
from rules.model import Ruleset

HOUSEHOLD = build_entity(key="menage", plural="menages", label="", is_person=True)
YEAR = period("2026")
Household = Callable[[str, object], np.ndarray]


def system(ruleset: Ruleset) -> TaxBenefitSystem:
    """A variable a trait, and the outcome, whose formula selects the first condition that holds."""
    made = TaxBenefitSystem([HOUSEHOLD])
    enums = {t.id: Enum(t.id, [(value, value) for value in t.domain]) for t in ruleset.traits.values()}
    for trait, values in enums.items():
        made.add_variable(_variable(trait, values))
    codes = {trait: {item.name: item.index for item in values} for trait, values in enums.items()}
    names = outcomes(ruleset)
    table = [(cells, names.index(outcome)) for cells, outcome in lines(ruleset)]

    def formula(household: Household, period: object) -> np.ndarray:
        columns = {trait: np.asarray(household(trait, period)) for trait in codes}
        cells: dict[tuple[str, frozenset[str]], np.ndarray] = {}
        held = [np.zeros(len(columns["dst"]), dtype=bool) for _ in names]
        for line, outcome in table:
            for trait, values in line.items():
                if (trait, values) not in cells:
                    same = [columns[trait] == codes[trait][value] for value in values]
                    cells[trait, values] = np.logical_or.reduce(same)
            held[outcome] |= np.logical_and.reduce([cells[cell] for cell in line.items()])
        return np.select(held, range(len(names)))

    made.add_variable(_variable("outcome", Enum("outcome", [(n, n) for n in names]), formula=formula))
    return made


def _variable(name: str, values: type[Enum], **more: object) -> type[Variable]:
    said = {
        "value_type": Enum,
        "possible_values": values,
        "default_value": next(iter(values)),
        "entity": HOUSEHOLD,
        "definition_period": DateUnit.YEAR,
        **more,
    }
    return type(name, (Variable,), said)


def one_household(ruleset: Ruleset) -> Decide:
    """A simulation of one household for each row, without the checks of a web request."""
    made, names = system(ruleset), outcomes(ruleset)
    codes = {t.id: {value: np.array([n]) for n, value in enumerate(t.domain)} for t in ruleset.traits.values()}

    def decide(row: Row) -> str:
        simulation = SimulationBuilder().build_default_simulation(made, 1)
        for trait, value in row.items():
            simulation.set_input(trait, YEAR, codes[trait][value])
        return names[int(simulation.calculate("outcome", YEAR)[0])]

    return decide


def many_households(ruleset: Ruleset, columns: Columns) -> Callable[[], object]:
    """One simulation of them all."""
    made, size = system(ruleset), len(next(iter(columns.values())))

    def decide() -> np.ndarray:
        simulation = SimulationBuilder().build_default_simulation(made, size)
        for trait, column in columns.items():
            simulation.set_input(trait, YEAR, column)
        return np.asarray(simulation.calculate("outcome", YEAR))

    return decide


PEER = Peer("OpenFisca-core", version("openfisca-core"), {"a simulation of one household": one_household})
BATCH_PEER = BatchPeer("OpenFisca-core", version("openfisca-core"), {"encoded": {"one simulation": many_households}})
