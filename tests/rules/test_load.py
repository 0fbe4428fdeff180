"""A broken ruleset never loads, and says where it is broken."""

from __future__ import annotations

import shutil

import pytest

from rules.compile import compile_ruleset
from rules.errors import RulesetError
from rules.load import SLIME_PLUS, load_ruleset, read_files, ruleset_of
from rules.load_territory import load_territory


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(SLIME_PLUS, folder)

    def edit(file, old, new):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


# One fault each: the file, what stands there, what is put in its place, the words of the refusal.
FAULTS = [
    ("missions/suivi_n1.yaml", "is: suivi_realisable", "is: suivi_realisabl", "did you mean 'suivi_realisable'?"),
    (
        "missions/suivi_n1.yaml",
        "option_n1: non}, statements",
        "option_n11: non}, statements",
        "did you mean 'option_n1'?",
    ),
    ("missions/evaluation.yaml", "statement: 28", "statement: 128", "there is no statement 128"),
    ("missions/evaluation.yaml", "missions: [evaluation]", "missions: [evaluatio]", "did you mean 'evaluation'?"),
    (
        "missions/amont.yaml",
        "when: {is: informer, dst: pas_fait}",
        "when: {is: informer, dst: en_cours}",
        "no rule answers dst=pas_fait",
    ),
    (
        "missions/amont.yaml",
        "dst: pas_fait}\n    missions",
        "dst: [pas_fait, en_cours]}\n    missions",
        "rules at odds",
    ),
    ("terms.yaml", "envoi: {action: envoi_information}", "envoi: {is: envoi}", "in a circle"),
    ("terms.yaml", "envoi: {action: envoi_information}", "envoi: {action: envoi_informatio}", "did you mean"),
    ("facts.yaml", "  dst: {choice: dst}", "  dst: {choice: dts}", "did you mean 'dst'?"),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), FAULTS, ids=[f"{f[0]}: {f[2]}" for f in FAULTS])
def test_a_broken_rule_is_refused_with_its_place_and_a_hint(copy, file, old, new, words):
    with pytest.raises(RulesetError) as refused:
        compile_ruleset(load_ruleset(copy(file, old, new)))
    assert words in str(refused.value)


def test_a_key_written_twice_is_refused(copy):
    folder = copy("terms.yaml", "envoi:", "envoi: {action: bilan}\nenvoi:")
    with pytest.raises(RulesetError, match="written twice"):
        load_ruleset(folder)


def test_the_version_follows_the_content_and_not_the_layout(copy):
    same = load_ruleset(copy("terms.yaml", "envoi:", "# a comment\nenvoi:")).id
    assert same == load_ruleset().id
    other = load_ruleset(copy("missions/amont.yaml", "title: Aide numérique", "title: Une aide numérique")).id
    assert other.version != same.version


def test_a_ruleset_is_built_again_from_the_text_of_its_files():
    files = read_files(SLIME_PLUS)
    again = ruleset_of(dict(reversed(files.items())), load_ruleset().id.version)
    assert again == load_ruleset()


def test_files_that_are_not_those_of_the_version_are_refused():
    files = read_files(SLIME_PLUS)
    changed = {**files, "terms.yaml": files["terms.yaml"] + "\nautre: {action: bilan}\n"}
    with pytest.raises(RulesetError, match=r"version 9f › content: it makes version [0-9a-f]{16}; it was changed"):
        ruleset_of(files, "9f")
    with pytest.raises(RulesetError, match="it makes version"):
        ruleset_of(changed, load_ruleset().id.version)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"terms.yaml": None}, "terms.yaml › : the file is missing"),
        ({"terms.yaml": "[a]: {action: bilan}"}, "cannot be a key"),
        ({"facts.yaml": "facts: {}"}, "facts.yaml › : 'name' is missing"),
        ({"questions.yaml": ""}, "questions.yaml › : the file holds no mapping"),
    ],
)
def test_files_that_make_no_ruleset_are_named(change, words):
    texts = {name: text for name, text in {**read_files(SLIME_PLUS), **change}.items() if text is not None}
    with pytest.raises(RulesetError, match=words):
        ruleset_of(texts)


def test_a_folder_without_missions_is_refused(copy):
    folder = copy("terms.yaml", "envoi:", "envoi:")
    shutil.rmtree(folder / "missions")
    with pytest.raises(RulesetError, match="no mission file"):
        load_ruleset(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: a\nname: A\npause_months: {value: 1, decided_by: X, decided_on: 2026-01-01}", "not « quelques mois »"),
        ("id: a\nname: A\npause_months: {value: 3}", "'decided_by' is missing"),
        ("id: a\nname: A\noptions: {option_n2: {value: true}}", "not an option of the programme"),
        ("id: a\nname: A\noptions: {option_n1: {value: 1, decided_by: X, decided_on: 2026-01-01}}", "not a bool"),
        ("id: a\nnom: A", "unknown key 'nom'; known: id, messages, name"),
        (
            "id: a\nname: A\nmessages: {consents: {value: draft}}",
            "messages › consents: not a kind of message; did you mean",
        ),
        (
            "id: a\nname: A\nmessages: {consent: {value: stale, decided_by: X, decided_on: 2026-01-01}}",
            "'stale' is not a state from which a message may leave; one of: draft, reviewed",
        ),
        ("id: a\nname: A\nmessages: [consent]", "messages: a mapping is needed"),
        ("id: a\nname: A\nopen: true", "open: a value with who decided and when"),
        ("id: a\nname: A\nmessages: {money: reviewed}", "messages › money: a value with who decided and when"),
    ],
)
def test_a_territory_cannot_decide_what_is_not_its_own(tmp_path, text, words):
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RulesetError) as refused:
        load_territory(file)
    assert words in str(refused.value)


def test_a_territory_says_from_which_state_messages_leave(tmp_path):
    file = tmp_path / "a.yaml"
    said = "id: a\nname: A\nmessages:\n  consent: {value: reviewed, decided_by: Comité, decided_on: 2026-11-25}\n"
    file.write_text(said, encoding="utf-8")
    [(kind, convention)] = load_territory(file).messages.items()
    assert (kind, convention.value, convention.decided_by) == ("consent", "reviewed", "Comité")


@pytest.mark.parametrize(("written", "open_to_all"), [("true", True), ("false", False)])
def test_a_territory_says_whether_it_is_open_to_all_and_that_changes_no_answer(tmp_path, written, open_to_all):
    file = tmp_path / "a.yaml"
    file.write_text("id: a\nname: A\n", encoding="utf-8")
    closed = load_territory(file)
    said = f"id: a\nname: A\nopen: {{value: {written}, decided_by: Comité, decided_on: 2026-11-25}}\n"
    file.write_text(said, encoding="utf-8")
    assert load_territory(file).open_to_all is open_to_all and not closed.open_to_all
    assert repr(load_territory(file)) == repr(closed)
