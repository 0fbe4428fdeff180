"""The templates of the messages are data, and a wrong one is named with its file, its path and a hint."""

from __future__ import annotations

import json
import re

import pytest
from household import FRENCH, TEMPLATES

from bot.followup.catalog_text import keys
from bot.followup.message import slots_in
from bot.followup.templates import FILE, FOLDER, load_templates
from rules.errors import RulesetError

TEXT = (FOLDER / FILE).read_text(encoding="utf-8")


def test_there_are_the_twenty_two_messages_and_the_end_of_support_without_a_promise():
    numbers = [template.number for template in TEMPLATES]
    assert [n for n in numbers if n != "M19b"] == [f"M{i:02}" for i in range(1, 23)]
    assert TEMPLATES["M05"] is TEMPLATES["rendez_vous_confirmation"]


def test_the_data_holds_ids_and_no_sentence():
    for key in keys(TEMPLATES):
        assert re.fullmatch(r"[a-z0-9_.]+", key), key
    for template in TEMPLATES:
        for field in (template.purpose, template.trigger, template.recipient, template.kind, template.legal_basis):
            assert re.fullmatch(r"[a-z0-9_]+", field), (template.id, field)


@pytest.mark.parametrize("template", list(TEMPLATES), ids=lambda template: template.id)
def test_the_french_says_each_slot_of_the_template_once(template):
    assert slots_in(FRENCH.text(template.text)) == dict.fromkeys(template.slots, 1)


@pytest.mark.parametrize("template", list(TEMPLATES), ids=lambda template: template.id)
def test_nothing_of_the_case_stands_on_a_locked_screen(template):
    assert not slots_in(FRENCH.text(template.text).split("\n")[0])


def test_no_abbreviation_of_the_programme_reaches_a_household():
    said = json.dumps([str(entry.words) for entry in FRENCH.entries.values()])
    assert not re.search(r"\b(SR|N\+1|DST|FSL|ADIL|Slime)\b", said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: consent", "kind: consentement", "accord_messages › kind: unknown 'consentement'"),
        ("contact: contact}", "contact: contakt}", "slots › contact: unknown 'contakt'; did you mean 'contact'?"),
        ("{choice: sujets}", "{choice: sujet}", "slots › sujet: unknown 'sujet'; did you mean 'sujets'?"),
        ("  prenom: Amina\n", "", "slots › prenom: no example of 'prenom'; add one under 'examples'"),
        ("  prenom: Amina\n", "  prenom: Amina\n  prenon: Ali\n", "examples › prenon: no message has this slot"),
        ("number: M03", "number: M02", "number: M02 is already that of 'accord_messages'"),
        ("names: [stop]", "names: [arret]", "names: unknown 'arret'; known: stop, yes"),
        ('names: ["yes"]', "names: [yes]", "a list of ids is needed, not [True]; quote what YAML reads as yes or no"),
        ("buttons: [ecouter]", "buttons: [ecouter, ecouter]", "an id stands twice in ecouter, ecouter"),
        ("recipient: menage", "recipent: menage", "unknown key 'recipent'; did you mean 'recipient'?"),
        ("requires: option_n1", "requires: option_n2", "requires: unknown 'option_n2'; did you mean 'option_n1'?"),
        ("choices:\n", "choice:\n", "choice: unknown key 'choice'; did you mean 'choices'?"),
    ],
)  # fmt: skip
def test_a_wrong_template_is_named(tmp_path, old, new, said):
    assert old in TEXT
    (tmp_path / FILE).write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RulesetError) as refused:
        load_templates(tmp_path)
    assert str(refused.value).startswith(f"{FILE} › ")
    assert said in str(refused.value)
