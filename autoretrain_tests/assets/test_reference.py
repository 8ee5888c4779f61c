"""What drift is held against: a fair sample of the traffic that a regime stands for, not the images it was mined for."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from autoretrain_assets.assets import reference
from autoretrain_assets.config import parse_settings
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.home import Home
from autoretrain_assets.schema import MANIFEST, PREDICTIONS, RAW_FEEDBACK
from autoretrain_tests.tables import box

DAY = date(2026, 3, 2)


@pytest.fixture
def home(tmp_path):
    settings = "dataset: {classes: [car]}\ndrift: {min_images: 10, reference_images: 30}"
    return Home(tmp_path, parse_settings(settings))


@pytest.fixture(autouse=True)
def lost(monkeypatch):
    """The images that the home has no more; of all others it has one."""
    lost: set[str] = set()
    monkeypatch.setattr(Frames, "find", lambda _, sha256: None if sha256 in lost else Path(sha256))
    return lost


def frame(name, source="cam", day=DAY, second=0):
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    return {"sha256": name, "width": 64, "height": 64, "captured_at": at, "source": source, "brightness": 100.0}


def events(names, trigger="random", start=0, **where):
    rows = [
        frame(name, second=start + second, **where)
        | {"event_id": f"{trigger}-{name}", "trigger": trigger, "predictions": []}
        for second, name in enumerate(names)
    ]
    return pl.DataFrame(rows, schema=RAW_FEEDBACK)


def labelled(names, split="test", since="v0002", arm="mined", start=0, group=None, **where):
    rows = [
        frame(name, second=start + second, **where)
        | {"split": split, "since": since, "arm": arm, "boxes": [box()], "group": group}
        for second, name in enumerate(names)
    ]
    return pl.DataFrame(rows, schema=MANIFEST)


def named(prefix, count):
    return [f"{prefix}{number}" for number in range(count)]


def test_a_regime_is_its_days_random_events_whatever_was_mined_of_them(home):
    home.raw_feedback.write(DAY, pl.concat([events(named("r", 20)), events(named("hard", 40), "operator")]))
    manifest = labelled(named("hard", 40))

    sample = reference.sample(home, manifest)

    assert sorted(sample["sha256"]) == sorted(named("r", 20))
    assert set(sample["regime"]) == {"v0002"}


def test_traffic_whose_images_are_gone_stands_for_nothing(home, lost):
    home.raw_feedback.write(DAY, events(named("r", 20)))
    manifest = labelled(named("t", 12))
    lost |= set(named("r", 8))
    assert sorted(reference.sample(home, manifest)["sha256"]) == sorted(set(named("r", 20)) - lost)
    lost |= set(named("r", 20))
    assert sorted(reference.sample(home, manifest)["sha256"]) == sorted(named("t", 12))


def test_a_training_image_is_never_in_the_reference(home):
    home.raw_feedback.write(DAY, events(named("r", 20)))
    manifest = pl.concat([labelled(["r0", "r1"], split="train"), labelled(["r2"])])

    assert sorted(reference.sample(home, manifest)["sha256"]) == sorted(set(named("r", 20)) - {"r0", "r1"})


def test_scenes_sealed_for_testing_stand_for_a_source_where_they_suffice(home):
    # Of a scene for training the hard images are gone: what is left of it is easier than its traffic.
    for source, sealed in (("cam", 12), ("quiet", 9)):
        trained, tested = named(f"{source}-train", 20), named(f"{source}-test", sealed)
        rows = [events(trained, source=source, start=0), events(tested, source=source, start=3600)]
        home.raw_feedback.write(DAY, pl.concat([home.raw_feedback.read(DAY), *rows]))
    manifest = pl.concat(
        [
            labelled([f"{source}-{split}0"], split=split, source=source, start=start, group=f"{source}/{split}")
            for source in ("cam", "quiet")
            for split, start in (("train", 0), ("test", 3600))
        ]
    )

    found = reference.sample(home, manifest)["sha256"]

    assert sorted(found.filter(found.str.starts_with("cam"))) == sorted(named("cam-test", 12))
    assert len(found.filter(found.str.starts_with("quiet-train"))) > 0


def test_each_regime_has_its_own_days_and_an_image_in_two_events_is_one(home):
    later = DAY + timedelta(days=1)
    home.raw_feedback.write(DAY, pl.concat([events(named("a", 12))] * 2))
    home.raw_feedback.write(later, events(named("b", 12), day=later))
    manifest = pl.concat([labelled(["x"]), labelled(["y"], since="v0003", day=later)])

    sample = reference.sample(home, manifest)

    regimes = {name: sorted(sample.filter(regime=name)["sha256"]) for name in ("v0002", "v0003")}
    assert regimes == {"v0002": sorted(named("a", 12)), "v0003": sorted(named("b", 12))}


def test_a_large_day_is_sampled_alike_each_time_and_a_quiet_source_keeps_its_part(home):
    busy, quiet = events(named("busy", 300)), events(named("quiet", 15), source="quiet")
    home.raw_feedback.write(DAY, pl.concat([busy, quiet]))

    sample = reference.sample(home, labelled(["x"]))

    assert sample["source"].value_counts().sort("source")["count"].to_list() == [15, 15]
    assert reference.sample(home, labelled(["x"])).equals(sample)


@pytest.mark.parametrize(("fair", "taken"), [(10, "import"), (9, "mined")])
def test_where_traffic_was_too_little_the_fair_test_images_stand_in_and_else_all(home, fair, taken):
    home.raw_feedback.write(DAY, events(named("r", 9)))
    manifest = pl.concat([labelled(named("m", 5)), labelled(named("i", fair), arm="import")])

    sample = reference.sample(home, manifest)

    assert sorted(sample["sha256"]) == sorted(named("i", fair) + (named("m", 5) if taken == "mined" else []))


def test_the_file_holds_the_models_own_detections_regime_by_regime(home):
    home.raw_feedback.write(DAY, events(named("r", 10)))
    manifest = pl.concat([labelled(["x"]), labelled(named("i", 10), since="v0001", arm="import", day=date(2025, 1, 1))])
    sample = reference.sample(home, manifest)
    predictions = pl.DataFrame(
        {"sha256": named("r", 10) + named("i", 10), "boxes": [[box(confidence=0.9)]] * 10 + [[]] * 10},
        schema=PREDICTIONS,
    )

    rows = pl.read_parquet(io.BytesIO(reference.as_file(home, sample, predictions)))

    assert rows.group_by("regime").agg(pl.col("detections").sum()).sort("regime").rows() == [
        ("v0001", 0),
        ("v0002", 10),
    ]
    assert {"source", "brightness", "mean_confidence", "share:car"} <= set(rows.columns)
