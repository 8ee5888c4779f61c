"""A dataset as days of production: scenes come back from time alone, and production sends what it should."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import InputError
from autoretrain_assets.replay.operator import OperatorSettings
from autoretrain_assets.replay.traffic import events, schedule
from autoretrain_assets.scenes import group_by_time
from autoretrain_assets.schema import BOXES
from autoretrain_tests.tables import box

FIRST = date(2026, 3, 2)


def images(sizes, source="cam"):
    rows = [
        {
            "path": f"{source}/{group:03d}/{number:03d}.jpg",
            "source": source,
            "group": f"g{group:03d}",
            "domain": "night",
            "boxes": [box()],
        }
        for group, size in enumerate(sizes)
        for number in range(size)
    ]
    return pl.DataFrame(rows, schema_overrides={"boxes": BOXES})


@settings(max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=40), st.integers(1, 5), st.floats(1, 200), st.integers(0, 99))
def test_time_alone_gives_the_groups_back(sizes, days, gap, seed):
    planned = schedule(pl.concat([images(sizes), images(sizes, "other")]), FIRST, days, gap, seed)

    found = group_by_time(planned.rename({"group": "was"}).with_columns(sha256="path"), gap)
    pairs = found.select("source", "was", "group").unique()
    assert pairs.height == pairs["group"].n_unique() == pairs.select("source", "was").n_unique()
    assert planned["day"].n_unique() <= days


def test_the_same_seed_gives_the_same_days():
    one, two, other = (schedule(images([3] * 9), FIRST, 3, 60, seed) for seed in (1, 1, 2))

    assert one.equals(two)
    assert not one.equals(other)


def test_scenes_without_room_are_refused():
    with pytest.raises(InputError, match="--days"):
        schedule(images([1] * 200), FIRST, 1, gap_seconds=600, seed=0)


def sent(predictions, **operator):
    planned = schedule(images([1] * 200), FIRST, 1, 60, 0)
    table = dict.fromkeys(planned["path"], predictions)
    return [event for event, _ in events(planned, table, "v0001", OperatorSettings(**operator), seed=0)]


def test_a_coin_samples_ordinary_traffic_and_its_probability_is_noted():
    found = sent([Box("car", 10, 10, 50, 40, 0.9)], random_share=0.25)

    assert {event["trigger"] for event in found} == {"random"}
    assert {event["probability"] for event in found} == {0.25}
    assert 30 <= len(found) <= 70


def test_an_error_is_reported_unless_the_operator_misses_it():
    found = sent([], random_share=0.0, miss_rate=0.2)

    assert {event["trigger"] for event in found} == {"operator"}
    assert {verdict["kind"] for event in found for verdict in event["verdicts"]} == {"missed"}
    assert 130 <= len(found) <= 190


def test_an_unsure_box_is_sent_and_a_sure_one_is_not():
    assert {event["trigger"] for event in sent([Box("car", 10, 10, 50, 40, 0.5)], random_share=0.0)} == {"uncertain"}
    assert sent([Box("car", 10, 10, 50, 40, 0.9)], random_share=0.0) == []


def test_ids_tell_models_apart_and_are_the_same_again():
    planned = schedule(images([1]), FIRST, 1, 60, 0)
    ids = [
        events(planned, {}, version, OperatorSettings(miss_rate=0), 0)[0][0]["event_id"]
        for version in ("v1", "v1", "v2")
    ]

    assert ids[0] == ids[1] != ids[2]
