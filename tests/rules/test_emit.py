"""The emitted programs are the diagram, function by function: so they decide every combination as it does.

Each function runs alone, the functions that it calls replaced by markers, with every combination of the values that
it reads; it must end where the diagram does. As each function does, the whole program does.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import sync_playwright

from rules.emitting.javascript_module import javascript_functions, javascript_source
from rules.emitting.program import program_of
from rules.emitting.python_module import python_source
from tests.chromium import LAUNCH_ARGS, chromium_path
from tests.rules.situations import COMPILED

PROGRAM = program_of(COMPILED)
ROOT = PROGRAM.functions[-1]
EXPLORE = """
({functions, domains}) => {
  const asks = new Error('a trait is asked')
  const names = Object.keys(functions).map((n) => 'n' + n)
  function endings(number) {
    const others = names.filter((n) => n !== 'n' + number)
    const make = new Function(...others, 'wrong', `${functions[number]}; return n${number}`)
    const decide = make(...others.map((n) => () => n), () => 'wrong')
    const found = []
    const explore = (given) => {
      let asked
      const row = new Proxy(given, { get(row, trait) {
        if (!(trait in row)) { asked = trait; throw asks }
        return row[trait]
      } })
      try { found.push([given, decide(row)]) } catch (error) {
        if (error !== asks) throw error
        for (const value of domains[asked]) explore({ ...given, [asked]: value })
      }
    }
    explore({})
    return found
  }
  return JSON.stringify(Object.fromEntries(Object.keys(functions).map((n) => [n, endings(n)])))
}
"""
REFUSALS = """
async ([source, rows]) => {
  const { decide, ANSWERS } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))
  return rows.map((row) => {
    try { return ANSWERS[decide(row)] } catch (error) { return `${error.name}: ${error.message}` }
  })
}
"""


class Asked(Exception):
    def __init__(self, trait):
        self.trait = trait


class Given(dict):
    def __missing__(self, trait):
        raise Asked(trait)


@pytest.fixture(scope="module")
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        yield browser.new_page()
        browser.close()


def endings(decide, given):
    """Every way through a function: the values it read, and where it ended."""
    try:
        yield given, decide(Given(given))
    except Asked as asked:
        for value in PROGRAM.diagram.domains[asked.trait]:
            yield from endings(decide, {**given, asked.trait: value})


def expected(number, row):
    """Where the diagram goes from a node to the next function or outcome."""
    start, diagram = number, PROGRAM.diagram
    while number in diagram.nodes and (number == start or not PROGRAM.is_called(number)):
        trait, children = diagram.nodes[number]
        number = children[diagram.domains[trait].index(row[trait])]
    return PROGRAM.outcomes.get(number, f"n{number}")


def a_row():
    """A row that is settled as suivi_n1."""
    return {
        **{trait: domain[0] for trait, domain in PROGRAM.diagram.domains.items()},
        **{"dst": "fait", "action": "bilan", "but": "accompagner", "cadre_contact": "suivi", "sr": "aucun"},
        **{"accompagnement_continu": "non", "orientation": "a_activer", "option_n1": "oui", "moment": "present"},
        **{"fin_sr_connue": "inconnu", "debut_sr_connu": "inconnu", "n1_precedent": "inconnu"},
        **dict.fromkeys(("pause", "delai_visite", "delai_dst", "delai_n1"), "un_an"),
        **{"menage_slime": "oui", "occupation": "locataire_prive", "date_dst_connue": "connu"},
    }


def test_each_python_function_ends_where_the_diagram_does_whatever_it_reads():
    module = {}
    exec(python_source(PROGRAM), module)  # noqa: S102  (the source that is tested)
    own = {number: module["decide" if number == ROOT else f"n{number}"] for number in PROGRAM.functions}
    module.update({f"n{number}": lambda row, n=number: f"n{n}" for number in own})
    checked = 0
    for number, decide in own.items():
        for row, ended in endings(decide, {}):
            assert ended == expected(number, row), (number, row)
            checked += 1
    assert checked > len(PROGRAM.diagram.nodes)


def test_each_javascript_function_ends_where_the_diagram_does_whatever_it_reads(page):
    functions = {str(number): text for number, text in javascript_functions(PROGRAM).items()}
    assert all(text in javascript_source(PROGRAM) for text in functions.values())
    found = json.loads(page.evaluate(EXPLORE, {"functions": functions, "domains": PROGRAM.diagram.domains}))
    assert set(found) == set(functions)
    for number, ways in found.items():
        assert ways
        for row, ended in ways:
            assert ended == expected(int(number), row), (number, row)


def test_both_modules_decide_a_row_and_refuse_what_is_missing_or_unknown(page):
    module = {}
    exec(python_source(PROGRAM), module)  # noqa: S102  (the source that is tested)
    row = a_row()
    assert module["ANSWERS"][module["decide"](row)] == ("settled", "suivi_n1")
    assert module["VERSION"] == COMPILED.ruleset.id.version
    without = {trait: value for trait, value in row.items() if trait != "pause"}
    with pytest.raises(ValueError, match="pause is missing: give one of un_mois_ou_moins"):
        module["decide"](without)
    unknown = [{**row, trait: "peut-être"} for trait in ("dst", "option_n1", "action")]
    for wrong in unknown:
        with pytest.raises(ValueError, match="= 'peut-être' is unknown: give one of "):
            module["decide"](wrong)
    good, *refused = page.evaluate(REFUSALS, [javascript_source(PROGRAM), [row, without, *unknown]])
    assert good == ["settled", "suivi_n1"]
    assert refused[0].startswith("RangeError: pause is missing: give one of un_mois_ou_moins")
    assert all('= "peut-être" is unknown: give one of ' in told for told in refused[1:])


def _boxes(diagram, number, known):
    """Every box of the diagram, its values joined where they lead to the same, with the node that it ends at."""
    if number not in diagram.nodes:
        yield known, number
        return
    trait, _ = diagram.nodes[number]
    for values, child in PROGRAM.branches(number)[1]:
        yield from _boxes(diagram, child, {**known, trait: frozenset(values)})


def test_the_diagram_of_the_program_answers_every_combination_as_that_of_the_ruleset():
    diagram, explorer = PROGRAM.diagram, COMPILED.explorer
    everything = {trait: frozenset(domain) for trait, domain in diagram.domains.items()}
    boxes = list(_boxes(diagram, diagram.root, everything))
    assert len(boxes) > len(diagram.nodes)
    for known, leaf in boxes:
        expected = {diagram.answers[leaf]} if leaf in diagram.answers else frozenset()
        assert explorer.possible_answers(known) == expected
