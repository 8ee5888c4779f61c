"""Words that depend on a figure."""

from autoretrain_assets.words import floored, many


def test_one_thing_is_no_plural():
    assert [many(count, "event") for count in (0, 1, 2)] == ["0 events", "1 event", "2 events"]
    assert many(2, "class", "classes") == "2 classes"


def test_a_figure_below_a_threshold_does_not_read_as_if_it_were_enough():
    assert [floored(figure) for figure in (0.7999, 0.8, 0.57, 0, 1)] == ["0.799", "0.8", "0.57", "0", "1"]
