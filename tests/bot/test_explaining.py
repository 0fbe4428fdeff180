"""An explanation as a visitor reads it, in every language."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.case_report import coverage_texts, verdict_texts, who_said
from bot.explaining import change_text, detail_sections, other_missions_sections, short_sections
from bot.trace_report import trace_lines
from bot.wording import languages, wording
from rules.cases import situation_of, territory_of
from rules.explaining.explain import explain
from rules.explaining.trace import trace
from rules.interview import Interviewer
from rules.judging import cover, judge
from tests.rules.situations import COMPILED
from tests.rules.test_cases import CASES

RULESET = COMPILED.ruleset
SHOWN = CASES[::7]


def _explained(case):
    situation, territory = situation_of(case, RULESET), territory_of(case)
    return explain(COMPILED, situation, territory), Interviewer(COMPILED, territory)


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.title)
def test_everything_is_said_in_every_language_without_an_id(case):
    explanation, interviewer = _explained(case)
    sections = (*short_sections(explanation, interviewer), *detail_sections(explanation, interviewer))
    for language in languages():
        words = wording(language)
        said = [words.say(t) for s in sections for t in (*s.lines, *((s.title,) if s.title else ()))]
        assert all(said)
        assert [line for line in said if re.search(r"[a-z]_[a-z]", line)] == []


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.title)
def test_what_is_read_first_is_short(case):
    explanation, interviewer = _explained(case)
    sections = short_sections(explanation, interviewer)
    reasons = [line for s in sections if s.kind == "reasons" for line in s.lines]
    assert sections[0].kind == "answer"
    assert len(reasons) <= 2
    words = sum(len(wording("fr").say(line).split()) for line in (*sections[0].lines, *reasons))
    assert words <= 60


def test_why_not_another_mission_has_a_section_for_each_with_its_passage_and_the_way_to_it():
    case = next(c for c in CASES if c.title == "Un an après le DST, mais le ménage n'a jamais été lâché")
    explanation, _ = _explained(case)
    sections = other_missions_sections(explanation.others, RULESET)
    words = wording("fr")
    assert len(sections) == 5
    n1 = next(s for s in sections if "N+1" in words.say(s.title))
    first, last = words.say(n1.lines[0]), words.say(n1.lines[-1])
    assert "21" in first and "introduction, § 5" in first
    assert "Continuité" in last


def test_a_fact_taken_back_and_states_have_words():
    words = wording("fr")
    assert words.say(change_text("date_dst", None)).endswith("non renseigné")
    assert words.say(change_text("orientations", ("en_cours",))).endswith("En cours")


def test_the_trace_names_the_rule_that_holds_the_file_and_the_version():
    explanation, _ = _explained(CASES[0])
    lines = [line for _, line in trace_lines(trace(COMPILED, explanation.situation), wording("fr"))]
    whole = "\n".join(lines)
    assert RULESET.id.version in whole
    assert any(line.startswith("  ✓ soutien_avant_dst") and "missions/amont.yaml" in line for line in lines)
    assert "◀" in whole


def test_a_case_answered_otherwise_and_what_no_case_touches_are_told_in_words():
    wrong = {"status": "settled", "missions": ["suivi_n1"], "open": None, "excluded": {"evaluation": [25]}}
    verdict = judge(COMPILED, replace(CASES[0], expect=wrong))
    for language in languages():
        words = wording(language)
        said = [words.say(t) for t in (who_said(verdict), *verdict_texts(verdict))]
        said += [words.say(t) for t in coverage_texts(cover(RULESET, [verdict]), RULESET)]
        assert any("[n" in line for line in said)
    french = [wording("fr").say(t) for t in verdict_texts(verdict)]
    assert french[0].startswith("Réponse — attendu")
    assert "Suivi à N+1" in french[1]
