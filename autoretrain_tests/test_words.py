"""Words that depend on a figure."""

from autoretrain_assets.words import many


def test_one_thing_is_no_plural():
    assert [many(count, "event") for count in (0, 1, 2)] == ["0 events", "1 event", "2 events"]
    assert many(2, "class", "classes") == "2 classes"
