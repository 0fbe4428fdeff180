"""What a household's timeline says, refuses and warns of."""

from __future__ import annotations

from datetime import date

import pytest

from bot.followup.timeline import KINDS, Episode, EpisodeError, timeline
from bot.wording import languages, wording

TODAY = date(2026, 11, 25)
DST = Episode("dst", date(2025, 11, 3), date(2025, 11, 3))


def episode(kind, began, ended=None):
    return Episode(kind, date.fromisoformat(began), date.fromisoformat(ended) if ended else None)


def warnings(*episodes):
    said = timeline(episodes, TODAY).warnings
    return {one.text.message.removeprefix("timeline.warning."): one.statements for one in said}


def refused(*given):
    with pytest.raises(EpisodeError) as error:
        timeline([episode(*one) for one in given], TODAY)
    return wording("fr").say(error.value.said)


def test_entries_come_in_the_order_of_the_calendar_with_their_statements():
    drawn = timeline([episode("soutien_renforce", "2025-11-20", "2026-03-01"), DST], TODAY)
    assert [(one.episode.kind, one.said.statements) for one in drawn.entries] == [
        ("dst", (14,)),
        ("soutien_renforce", (2, 3, 19)),
    ]


def test_every_kind_has_words_whether_it_is_over_goes_on_or_is_to_come():
    days = [("2026-01-05", "2026-01-05"), ("2026-01-05", "2026-02-05"), ("2026-01-05",), ("2027-01-05",)]
    for kind in KINDS:
        for given in days:
            (entry,) = timeline([episode(kind, *given)], TODAY).entries
            assert all(wording(language).say(entry.said.text) for language in languages())


def test_an_unknown_kind_is_told_with_the_nearest():
    said = refused(("sutien_renforce", "2026-01-05"))
    assert "sutien_renforce" in said and "Peut-être soutien_renforce" in said


def test_an_end_before_its_beginning_names_both_days():
    said = refused(("pause", "2026-03-05", "2026-03-04"))
    assert "Pause" in said and "5 mars 2026" in said and "4 mars 2026" in said and "Corrigez" in said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("pause", "2026-01-05"), ("soutien_renforce", "2026-02-05", "2026-03-05")),
        (("pause", "2026-01-05"), ("suivi_n1", "2026-02-05", "2026-02-05")),
        (("pause", "2026-01-05"), ("pause", "2026-02-05")),
        (("dst", "2026-01-05", "2026-02-05"), ("dst", "2026-02-01", "2026-02-01")),
        (("soutien_renforce", "2026-01-05"), ("pause", "2026-01-05")),
    ],
)
def test_what_cannot_be_at_the_same_time_is_refused_whichever_comes_first(one, other):
    assert "ne peuvent pas être en même temps" in refused(one, other)
    assert "ne peuvent pas être en même temps" in refused(other, one)


def test_one_may_begin_on_the_day_the_other_ends():
    support = episode("soutien_renforce", "2026-01-05", "2026-02-05")
    visit = episode("suivi_n1", "2026-08-05", "2026-08-05")
    assert len(timeline([DST, support, episode("pause", "2026-02-05", "2026-08-05"), visit], TODAY).entries) == 4


def test_a_ticked_orientation_closes_nothing_else():
    assert warnings(DST, episode("orientations", "2025-11-03", "2026-01-05")) == {"ticked": (51, 62)}
    assert warnings(DST, episode("orientations", "2025-11-03")) == {}


def test_a_household_whose_support_ended_has_not_left():
    assert warnings(DST, episode("soutien_renforce", "2025-11-20", "2026-03-01")) == {"sr_ended": (24, 48, 52)}
    ended, going = episode("soutien_renforce", "2025-11-20", "2026-03-01"), episode("soutien_renforce", "2026-03-01")
    assert "sr_ended" not in warnings(DST, ended, going)


def test_an_evaluation_is_not_support():
    assert warnings(DST, episode("evaluation", "2026-03-01", "2026-03-01")) == {"evaluation": (25, 27, 28)}


def test_support_before_the_diagnosis_is_a_warning_and_no_error():
    assert warnings(DST, episode("soutien_renforce", "2025-10-20"))["soutien_renforce_before_dst"] == (2, 3, 19)
    assert warnings(episode("soutien_renforce", "2025-10-20"))["soutien_renforce_without_dst"] == (2, 3, 19)
    assert warnings(episode("suivi_n1", "2025-10-20", "2025-10-20"))["suivi_n1_without_dst"] == (14,)


def test_two_supports_at_once_and_an_n1_within_one_are_questions_and_no_errors():
    first, second = episode("soutien_renforce", "2025-11-20"), episode("soutien_renforce", "2026-01-20")
    assert warnings(DST, first, second) == {"two_sr": (48, 52, 53)}
    assert warnings(DST, first, episode("suivi_n1", "2026-03-20", "2026-03-20")) == {"n1_in_sr": (19, 21)}


def test_the_first_of_several_diagnoses_stays_the_mark():
    assert warnings(DST, episode("dst", "2026-06-01", "2026-06-01")) == {"several_dst": (14, 17)}


def test_every_warning_has_words_in_every_language():
    lived = [
        episode("soutien_renforce", "2025-10-20", "2025-12-01"),
        episode("soutien_renforce", "2025-11-20", "2025-12-20"),
        episode("suivi_n1", "2025-10-25", "2025-10-25"),
        episode("orientations", "2025-11-03", "2025-11-04"),
        episode("evaluation", "2026-01-05"),
        DST,
        episode("dst", "2026-06-01", "2026-06-01"),
    ]
    said = timeline(lived, TODAY).warnings
    assert len(said) == 8
    for language in languages():
        assert all(wording(language).say(one.text) for one in said)
