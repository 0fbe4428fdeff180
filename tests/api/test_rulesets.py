"""The rulesets that answer: which one is in force, which may answer what began under it, which never may."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import text

from api.publishing import candidate_in
from api.ruleset_check import fit
from api.rulesets import KEPT_COMPILED, Rulesets
from api.storage.publications import Kept
from rules.errors import RulesetError
from rules.load import ruleset_of
from tests.rulesets import PACKAGED, broken, edited, less_sure, renamed, written

OLD = ruleset_of(PACKAGED).id.version


def kept(files):
    found = ruleset_of(files).id
    return Kept(found.version, found.name, files)


def publish(store, files, by="coordination"):
    """Publish without any check, as a program of another version might have."""
    return store.publications.publish(kept(files), by).version


def tamper(store, version, change):
    """Change the content of a kept version behind the program's back."""
    content = json.dumps(change(store.publications.files(version)))
    cast = ":content" if store.engine.dialect.name == "sqlite" else "CAST(:content AS json)"
    with store.engine.begin() as connection:
        statement = text(f"UPDATE rulesets SET content = {cast} WHERE version = :version")  # noqa: S608
        connection.execute(statement, {"content": content, "version": version})


@pytest.fixture
def wordless():
    """A ruleset whose new reason has no sentence in any catalog."""
    file = "missions/amont.yaml"
    return {**PACKAGED, file: edited(PACKAGED[file], "as: avant_dst", "as: jamais_dit")}


def test_the_packaged_ruleset_answers_when_nothing_was_published(store):
    rulesets = Rulesets.open(store)
    newest = store.publications.newest()
    assert (rulesets.version, rulesets.warnings, rulesets.waiting) == (OLD, (), None)
    assert (newest.version, newest.packaged) == (OLD, True)
    assert newest.published_by.startswith("aiguillage ")


def test_what_was_published_is_taken_up_at_the_next_look_and_at_the_next_start(store):
    rulesets, other = Rulesets.open(store), Rulesets.open(store)
    before = rulesets.current
    new = publish(store, renamed("Une autre"))
    assert rulesets.version == OLD
    rulesets.refresh()
    assert rulesets.version == new
    assert rulesets.compiled(OLD) is before
    assert other.version == OLD
    assert other.compiled(new).ruleset.id.version == new
    assert Rulesets.open(store).version == new


def test_a_version_is_rebuilt_exactly_as_it_was(store):
    new = publish(store, less_sure())
    publish(store, PACKAGED)
    assert Rulesets.open(store).compiled(new).ruleset == ruleset_of(less_sure())


def test_a_version_that_is_not_kept_is_not_given(store):
    assert Rulesets.open(store).compiled("0123456789abcdef") is None


def test_only_a_few_versions_are_held_compiled(store):
    rulesets = Rulesets.open(store)
    made = [publish(store, renamed(f"Titre {n}")) for n in range(KEPT_COMPILED + 2)]
    assert all(rulesets.compiled(version) for version in made)
    assert len(rulesets._compiled) == KEPT_COMPILED
    assert rulesets.compiled(made[0]).ruleset.id.version == made[0]


def test_a_version_says_from_when_it_was_in_force_once_it_no_longer_is(store):
    rulesets = Rulesets.open(store)
    since = store.publications.since(OLD).date()
    assert rulesets.superseded(OLD) is None
    new = publish(store, renamed("Une autre"))
    rulesets.refresh()
    assert rulesets.superseded(OLD) == since
    assert rulesets.superseded(new) is None


def test_two_servers_do_not_disagree_on_what_is_superseded(store):
    early, late = Rulesets.open(store), Rulesets.open(store)
    new = publish(store, renamed("Une autre"))
    early.refresh()
    assert late.version == OLD
    assert late.superseded(new) is None


def test_tampered_content_is_never_used(store, caplog):
    rulesets = Rulesets.open(store)
    new = publish(store, less_sure())
    tamper(store, new, lambda files: {**files, "terms.yaml": files["terms.yaml"] + "\nde_plus: {action: bilan}\n"})
    rulesets.refresh()
    assert rulesets.version == OLD
    assert rulesets.compiled(new) is None
    (warning,) = rulesets.warnings
    assert f"version {new} › content: it makes version" in warning
    assert warning in caplog.messages


@pytest.mark.parametrize("content", [{}, {"facts.yaml": "["}, ["facts.yaml"]], ids=["empty", "no YAML", "no files"])
def test_content_that_is_no_ruleset_is_never_used(store, content):
    rulesets = Rulesets.open(store)
    new = publish(store, less_sure())
    tamper(store, new, lambda _: content)
    rulesets.refresh()
    assert (rulesets.version, len(rulesets.warnings)) == (OLD, 1)
    assert Rulesets.open(store).version == OLD


def test_a_layout_that_changed_is_no_tampering(store):
    new = publish(store, less_sure())
    tamper(store, new, lambda files: {**files, "terms.yaml": "# a comment\n" + files["terms.yaml"]})
    assert Rulesets.open(store).version == new


def test_a_ruleset_without_its_words_never_answers(store, wordless):
    rulesets = Rulesets.open(store)
    publish(store, wordless)
    rulesets.refresh()
    assert rulesets.version == OLD
    assert "reason.14.jamais_dit" in rulesets.warnings[0]


def test_once_a_good_version_is_published_the_warning_goes(store, wordless):
    rulesets = Rulesets.open(store)
    publish(store, wordless)
    rulesets.refresh()
    new = publish(store, less_sure())
    rulesets.refresh()
    assert (rulesets.version, rulesets.warnings) == (new, ())


def test_with_a_broken_package_the_newest_kept_version_serves_and_says_so(store, tmp_path, caplog):
    Rulesets.open(store)
    rulesets = Rulesets.open(store, written(tmp_path / "rules", broken()))
    assert rulesets.version == OLD
    (warning,) = rulesets.warnings
    assert "missions/suivi_n1.yaml › " in warning
    assert "did you mean 'suivi_realisable'?" in warning
    assert [r.levelno for r in caplog.records if r.message == warning] == [logging.ERROR]
    assert len(store.publications.all()) == 1


def test_with_a_broken_package_and_a_broken_newest_version_the_one_before_serves(store, tmp_path):
    Rulesets.open(store)
    new = publish(store, less_sure())
    tamper(store, new, lambda _: {})
    rulesets = Rulesets.open(store, written(tmp_path / "rules", broken()))
    assert rulesets.version == OLD
    assert len(rulesets.warnings) == 2


def test_with_a_broken_package_and_nothing_kept_nothing_starts(store, tmp_path):
    with pytest.raises(RulesetError, match="did you mean 'suivi_realisable'") as refused:
        Rulesets.open(store, written(tmp_path / "rules", broken()))
    assert refused.value.file == "missions/suivi_n1.yaml"
    assert store.publications.versions() == []


def test_a_newer_package_waits_where_someone_published_a_version_of_their_own(store, tmp_path):
    new = publish(store, less_sure())
    rulesets = Rulesets.open(store, written(tmp_path / "rules", renamed("Livrée")))
    assert rulesets.version == new
    assert rulesets.waiting == ruleset_of(renamed("Livrée")).id.version
    assert rulesets.compiled(rulesets.waiting) is not None


def test_a_candidate_must_be_right_on_its_own_examples(tmp_path):
    file = "missions/amont.yaml"
    wrong = {**PACKAGED, file: edited(PACKAGED[file], "certainty: inferred", "certainty: stated")}
    with pytest.raises(RulesetError, match="'inferred', the rules give 'stated'") as refused:
        candidate_in(written(tmp_path / "rules", wrong))
    assert refused.value.file == file
    assert refused.value.path.startswith("examples › ")
    assert candidate_in(written(tmp_path / "rules", PACKAGED)).kept.version == OLD


def test_a_candidate_must_have_its_words_in_every_language(wordless):
    with pytest.raises(RulesetError, match="no catalog has this sentence") as refused:
        fit(wordless)
    assert (refused.value.file, refused.value.path) == ("locales/fr", "reason.14.jamais_dit")
