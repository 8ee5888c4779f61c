"""Which of a day's events are compared: the fair ones, of one model, and the report says what it left out."""

from datetime import UTC, datetime

import polars as pl
import pytest

from autoretrain_assets.drift.sample import draw
from autoretrain_assets.schema import RAW_FEEDBACK

EVERYONE = {"v0001", "v0002"}


def events(*rows):
    """Each row: model, trigger, and how many events."""
    table = [(model, trigger) for model, trigger, count in rows for _ in range(count)]
    return pl.DataFrame(
        [
            {
                "sha256": f"image{number}",
                "captured_at": datetime(2026, 3, 2, tzinfo=UTC),
                "source": "cam",
                "event_id": f"e{number}",
                "model_version": model,
                "trigger": trigger,
                "predictions": [],
                "verdicts": [],
            }
            for number, (model, trigger) in enumerate(table)
        ],
        schema=RAW_FEEDBACK,
    )


def drawn(table, production="v0002", triggers=("random",), known=EVERYONE):
    return draw(table, list(triggers), production, known.__contains__)


def test_on_the_day_of_a_promotion_the_other_models_events_are_left_out_and_counted():
    sample = drawn(events(("v0001", "random", 5), ("v0002", "random", 3), ("v0002", "operator", 9)))

    assert sample.model == "v0001"
    assert set(sample.images["model_version"]) == {"v0001"}
    assert sample.images.height == 5
    assert sample.sentences() == ["3 random events of other models than v0001 were left out."]


def test_an_event_that_names_no_model_is_of_the_one_in_production():
    sample = drawn(events((None, "random", 4), ("v0001", "random", 1)))

    assert (sample.model, sample.images.height, sample.others) == ("v0002", 4, 1)
    assert drawn(events((None, "random", 4)), production=None).model is None


def test_an_image_in_two_events_is_one():
    twice = pl.concat([events(("v0001", "random", 2))] * 2)

    assert drawn(twice).images["sha256"].to_list() == ["image0", "image1"]
    assert drawn(twice).others == 0


@pytest.mark.parametrize(
    ("triggers", "told"),
    [
        (["random"], "no random event that day: nothing was tested."),
        (["random", "uncertain"], "no random or uncertain event that day: nothing was tested."),
    ],
)
def test_a_day_without_a_fair_event_says_that_nothing_was_tested(triggers, told):
    sample = drawn(events(("v0001", "operator", 30)), triggers=triggers)

    assert sample.images.is_empty()
    assert sample.sentences() == [told]


def test_a_model_without_a_reference_is_not_compared_with_anothers():
    sample = drawn(events(("v0009", "random", 30)))

    assert (sample.model, sample.images.height) == ("v0002", 0)
    assert sample.sentences() == [
        "30 random events of other models than v0002 were left out.",
        "no random event of v0002 that day: nothing was tested.",
    ]


def test_before_any_reference_the_report_says_so():
    sample = drawn(events(("v0001", "random", 3)), known=set())

    assert sample.model is None
    assert sample.sentences() == ["no model has a reference yet: nothing to compare with."]
