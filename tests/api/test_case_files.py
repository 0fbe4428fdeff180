"""A verdict becomes a case: the file reads and runs as those of `tests/situations/`, and names nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.review.case_files import SAID, UnsayableCaseError, case_file
from api.rulesets import Rulesets
from api.storage.rulings import Judged, judged, judged_since
from api.storage.store import Store
from bot.coordination import Ruling
from bot.journal import Enquiry
from bot.rendering import finding_json
from bot.wording import wording
from rules.cases import check_case, read_cases
from rules.compile import CompiledRuleset, compile_ruleset
from rules.deciding_rules import deciding_rules
from rules.interview import Interviewer
from rules.judging import judge
from rules.load import load_ruleset
from rules.model import Convention, Territory
from rules.yaml_text import mapping_in
from tests.api.askers_by_telegram import in_a_territory
from tests.api.coordination import NOBODY, TERRITORY, signed_in
from tests.api.reviewing import rule
from tests.api.serving import serving
from tests.bot.offline_ways import Ways

TODAY = date(2026, 11, 24)
SETTINGS = Territory(
    TERRITORY,
    "Pays d'exemple",
    {"option_n1": Convention(True, "Comité", TODAY), "option_evaluation": Convention(True, "Comité", TODAY)},
    Convention(3, "Comité", TODAY),
)

DECIDED = f"""
id: {TERRITORY}
name: Pays d'exemple
options:
  option_n1: {{value: true, decided_by: Comité, decided_on: 2026-11-24}}
  option_evaluation: {{value: true, decided_by: Comité, decided_on: 2026-11-24}}
pause_months: {{value: 3, decided_by: Comité, decided_on: 2026-11-24}}
"""


@pytest.fixture(scope="module")
def compiled() -> CompiledRuleset:
    return compile_ruleset(load_ruleset())


def logged(compiled: CompiledRuleset, territory: Territory | None, wanted: Callable[..., bool], every: int = 1):
    """Finished questions as they are logged, every so many of those wanted."""
    interviewer = Interviewer(compiled, territory)
    ends = (step for _, step in Ways(interviewer, TODAY).walk() if step.finding and wanted(step.finding))
    for number, step in enumerate(islice(ends, 0, None, every)):
        yield Enquiry(
            token=f"tok-{number}",
            interview=f"i-{number}",
            asked_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
            channel="web",
            language="fr",
            territory=territory.id if territory else None,
            asker="0f" * 16,
            ruleset_version=compiled.ruleset.id.version,
            facts=json.loads(json.dumps(step.situation.record())),
            answer=finding_json(step.finding, compiled.ruleset, wording("fr")),
            rules=deciding_rules(compiled, step.situation, step.finding, territory),
        )


def one(compiled: CompiledRuleset, *missions: str) -> Enquiry:
    return next(logged(compiled, SETTINGS, lambda finding: finding.missions == missions))


def tried(compiled: CompiledRuleset, text: str):
    (case,) = read_cases("f.yaml", "cases", mapping_in("f.yaml", text)["cases"])
    check_case(case, compiled.ruleset)
    return judge(compiled, case)


@pytest.mark.parametrize("territory", [None, SETTINGS], ids=["no territory", "a territory"])
def test_every_answer_that_is_confirmed_makes_a_case_that_the_rules_pass(compiled, territory) -> None:
    ruling = Ruling("confirmed", TODAY, reason="Oui.", statements=(21, 22))
    tried_so_far = 0
    for enquiry in logged(compiled, territory, lambda _: True, every=23):
        made = case_file(Judged(enquiry, ruling, 7, "coordinator"), compiled.ruleset, territory)
        assert tried(compiled, made.text).passed, made.text
        tried_so_far += 1
    assert tried_so_far > 100


def test_a_correction_is_expected_and_not_found_until_the_rules_change(compiled) -> None:
    ruling = Ruling("corrected", TODAY, ("soutien_renforce",), "Le lien n'a jamais cessé.", (21,))
    enquiry = one(compiled, "suivi_n1")
    made = case_file(Judged(enquiry, ruling, 7, "administrator"), compiled.ruleset, SETTINGS)
    verdict = tried(compiled, made.text)
    assert [m.expected for m in verdict.mismatches if m.key == "missions"] == [["soutien_renforce"]]
    case = verdict.case
    assert (case.said_by, case.said_on) == (f"administration, {TERRITORY}", TODAY)
    assert case.note == "Le lien n'a jamais cessé."
    assert case.territory == {"pause_months": 3, "option_n1": True, "option_evaluation": True}
    assert case.facts["date_contact"] == TODAY and "aujourdhui" not in case.facts
    assert case.question in {None, *(s.question for s in compiled.ruleset.statements.values())}
    assert enquiry.asker not in made.text and enquiry.token not in made.text + made.name


def test_the_open_question_of_the_rule_is_named(compiled) -> None:
    undefined = logged(compiled, None, lambda f: f.open is not None and f.open.reason == "threshold_undefined")
    enquiry = next(one for one in undefined if one.facts["action"] == "bilan")
    made = case_file(Judged(enquiry, Ruling("confirmed", TODAY), 7, "coordinator"), compiled.ruleset, None)
    assert tried(compiled, made.text).case.question == "Q-D"


@pytest.mark.parametrize(
    ("ruling", "message"),
    [
        (Ruling("returned", TODAY, reason="Depuis quand ?"), "case_file.refused.kind"),
        (Ruling("to_cler", TODAY), "case_file.refused.kind"),
        (Ruling("corrected", TODAY), "case_file.refused.no_mission"),
        (Ruling("corrected", TODAY, ("mission_d_avant",)), "case_file.refused.rules"),
    ],
)
def test_what_cannot_be_said_as_a_case_is_told_in_words(compiled, ruling, message) -> None:
    with pytest.raises(UnsayableCaseError) as refused:
        case_file(Judged(one(compiled, "suivi_n1"), ruling, 7, "coordinator"), compiled.ruleset, SETTINGS)
    assert refused.value.said.message == message
    assert wording("fr").say(refused.value.said)


def test_the_verdicts_that_count_are_read_with_their_questions(store: Store, compiled) -> None:
    with store.transaction() as journal:
        for enquiry in islice(logged(compiled, SETTINGS, lambda f: f.status == "settled"), 3):
            journal.log(enquiry)
    rule(store, "tok-0", "confirmed")
    rule(store, "tok-0")
    rule(store, "tok-1", "to_cler")
    rule(store, "tok-2", authoritative=False)
    with store.reading() as connection:
        assert [one.enquiry.token for one in judged_since(connection, SAID)] == ["tok-0"]
        assert list(judged_since(connection, SAID, "ailleurs")) == []
        assert list(judged_since(connection, SAID, since=datetime(2027, 1, 1, tzinfo=UTC))) == []
        found = judged(connection, "tok-0")
        assert (found.ruling.kind, found.ruling.missions, found.role) == (
            "corrected",
            ("soutien_renforce",),
            "coordinator",
        )
        assert judged(connection, "tok-2") is None and judged(connection, "unknown") is None


@pytest.fixture
def folder(tmp_path: Path, compiled, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with three judged questions, two of which can be cases."""
    for name, value in {"AIGUILLAGE_DATA_DIR": str(tmp_path), **in_a_territory(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "territories" / f"{TERRITORY}.yaml").write_text(DECIDED, "utf-8")
    with Store.open(f"sqlite:///{tmp_path / 'aiguillage.db'}") as store:
        Rulesets.open(store)
        with store.transaction() as journal:
            for enquiry in islice(logged(compiled, SETTINGS, lambda f: f.missions == ("suivi_n1",)), 4):
                journal.log(enquiry)
        rule(store, "tok-0", "confirmed")
        rule(store, "tok-1")
        rule(store, "tok-2", missions=["mission_d_avant"])
    return tmp_path


def test_the_command_writes_a_file_for_each_and_the_rules_are_tried_on_them(folder: Path) -> None:
    out = folder / "cas"
    written = CliRunner().invoke(main, ["review", "cases", "--output", str(out)])
    assert written.exit_code == 0, written.output
    assert "2 cas écrits" in written.stdout
    assert "tok-2" in written.stderr and "mission_d_avant" in written.stderr
    assert len(list(out.glob("*.yaml"))) == 2
    run = CliRunner().invoke(main, ["rules", "test", str(out)])
    assert run.exit_code == 1  # the correction is what the rules do not say yet
    assert "tout" not in run.stderr
    corrected = next(file for file in out.glob("*.yaml") if "soutien_renforce" in file.read_text("utf-8"))
    corrected.unlink()
    assert CliRunner().invoke(main, ["rules", "test", str(out)]).exit_code == 0


def test_the_command_says_what_it_was_not_given(folder: Path) -> None:
    none = CliRunner().invoke(main, ["review", "cases", "--since", "2027-01-01", "--output", str(folder / "cas")])
    assert none.exit_code == 0 and "rien n’est écrit" in none.stdout
    refused = CliRunner().invoke(main, ["review", "cases", "--territory", "ailleurs", "--output", str(folder)])
    assert refused.exit_code == 2 and "Traceback" not in refused.output


@pytest.mark.parametrize(
    ("role", "territory", "status"),
    [
        ("coordinator", TERRITORY, 200),
        ("administrator", TERRITORY, 200),
        ("national", None, 200),
        ("coordinator", "ailleurs", 404),
        (NOBODY, None, 303),
    ],
)
def test_the_file_is_given_to_whom_the_question_is_shown(folder: Path, role, territory, status) -> None:
    with (
        serving(folder, **in_a_territory(folder)) as (address, settings),
        Store.open(settings.database_url) as store,
        signed_in(address, store, role, territory) as client,
    ):
        answer = client.get("/revue/tok-1/cas.yaml")
        assert answer.status_code == status
        if status == 200:
            assert answer.headers["content-disposition"].startswith('attachment; filename="question-2026-11-24')
            assert "soutien_renforce" in answer.text
            refused = client.get("/revue/tok-2/cas.yaml")
            assert refused.status_code == 422 and "mission_d_avant" in refused.text
            assert client.get("/revue/tok-3/cas.yaml").status_code == 404
