"""`autoretrain store gc`: images that nothing refers to go, and none that an event, a task, an answer or a version names."""

import os
import time
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoretrain_assets.commands.housekeeping import as_json, lines, tidy
from autoretrain_assets.dataset.version import BRANCH, MANIFEST_PATH
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import write_parquet
from autoretrain_assets.schema import CVAT_TASKS, MANIFEST, MINED_SAMPLES, RAW_FEEDBACK, conform
from autoretrain_tests.homes import laid_out, with_a_task

DAY = date(2026, 3, 2)
few = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
WHERE = ["nowhere", "raw_feedback", "mined_samples", "annotations", "cvat_tasks", "version", "untagged", "new"]


@pytest.fixture
def home(tmp_path):
    home = laid_out(tmp_path / "home")
    home.raw_feedback.write(DAY, named(RAW_FEEDBACK, []))
    return home


def keep(home, content):
    """An image that came two days ago."""
    sha256 = home.frames.put(content, "jpg")
    grow_old(home.frames.path(sha256))
    return sha256


def grow_old(path):
    at = time.time() - 2 * 86_400
    os.utime(path, (at, at))


def images(home):
    return {path.stem for path in (home.root / "frames").glob("??/*")}


def named(columns, sha256s):
    """Rows that name these images, and nothing else."""
    rows = pl.DataFrame({"sha256": sha256s}, schema={"sha256": pl.String})
    return conform(rows.with_columns(pl.lit(None).alias(name) for name in columns if name != "sha256"), columns)


def refer(home, places):
    """Let tables and versions name images (sha256 to the place)."""
    of = {where: [sha256 for sha256, place in places.items() if place == where] for where in WHERE}
    home.raw_feedback.write(DAY, named(RAW_FEEDBACK, of["raw_feedback"]))
    home.mined_samples.write(DAY, named(MINED_SAMPLES, of["mined_samples"]))
    home.annotations.write(DAY, named(home.annotations.columns, of["annotations"]))
    tasks = pl.DataFrame({"images": [of["cvat_tasks"], []]}, schema={"images": pl.List(pl.String)})
    missing = [pl.lit(None).alias(name) for name in CVAT_TASKS if name != "images"]
    home.cvat_tasks.write(DAY, conform(tasks.with_columns(missing), CVAT_TASKS))
    for where in ("version", "untagged"):
        write_parquet(home.work / where, named(MANIFEST, of[where]))
        head = home.store.resolve(BRANCH)
        commit = home.store.commit(BRANCH, {MANIFEST_PATH: home.work / where}, message=where, parent=head)
        if where == "version":
            home.store.tag(f"v{len(home.store.tags()) + 1:04d}", commit.id)


@few
@given(st.lists(st.sampled_from(WHERE), min_size=1, max_size=12), st.integers(0, 2**32))
def test_an_image_goes_if_nothing_refers_to_it_and_it_is_old(tmp_path, places, seed):
    home = laid_out(tmp_path / str(seed) / str(time.time_ns()))
    placed = {keep(home, b"%d %d" % (seed, number)): place for number, place in enumerate(places)}
    for sha256, place in placed.items():
        if place == "new":
            os.utime(home.frames.path(sha256))
    refer(home, placed)
    stay = {sha256 for sha256, place in placed.items() if place != "nowhere"}
    looked = tidy(home.root, datetime.now(UTC), dry_run=True)
    assert images(home) == set(placed)
    done = tidy(home.root, datetime.now(UTC), dry_run=False)
    assert images(home) == stay
    assert (looked.frames, looked.size) == (done.frames, done.size)
    assert done.frames == len(placed) - len(stay)


def test_an_image_that_comes_again_is_new(home):
    again = keep(home, b"again")
    home.frames.put(b"again", "jpg")
    assert tidy(home.root, datetime.now(UTC), dry_run=False).frames == 0
    assert images(home) == {again}


def test_an_image_that_comes_again_after_it_was_found_to_be_unneeded_stays(home, monkeypatch):
    again = keep(home, b"again")
    remove = home.frames.remove

    def late(self, path, before):
        self.put(b"again", "jpg")
        return remove(path, before)

    monkeypatch.setattr(type(home.frames), "remove", late)
    assert tidy(home.root, datetime.now(UTC), dry_run=False).frames == 0
    assert images(home) == {again}


def test_a_day_of_the_loop_keeps_all_its_images(tmp_path):
    home = with_a_task(tmp_path / "home")
    refused = keep(home, b"of an event that was refused")
    for path in (home.root / "frames").glob("??/*"):
        grow_old(path)
    known = images(home)
    assert len(known) == 2
    tidy(home.root, datetime.now(UTC), dry_run=False)
    assert images(home) == known - {refused}


@pytest.mark.parametrize("name", ["raw_feedback", "mined_samples", "annotations", "cvat_tasks"])
def test_where_a_table_cannot_be_read_nothing_goes(home, name):
    lost = keep(home, b"lost")
    refer(home, {})
    getattr(home, name).path(DAY).write_bytes(b"rubbish")
    with pytest.raises(IntegrityError, match=name):
        tidy(home.root, datetime.now(UTC), dry_run=False)
    assert images(home) == {lost}


def test_where_a_day_of_events_is_gone_nothing_goes(home):
    lost = keep(home, b"lost")
    refer(home, {lost: "raw_feedback"})
    home.raw_feedback.path(DAY).unlink()
    with pytest.raises(IntegrityError, match=r"2026-03-02\.parquet is gone.*--give-up 2026-03-02"):
        tidy(home.root, datetime.now(UTC), dry_run=False)
    assert images(home) == {lost}
    tidy(home.root, datetime.now(UTC), dry_run=False, given_up=[DAY])
    assert images(home) == set()


def test_where_no_day_is_left_nothing_goes(tmp_path):
    home = laid_out(tmp_path / "recovered")
    sha256 = keep(home, b"of a day whose tables are gone")
    with pytest.raises(IntegrityError, match="holds no day"):
        tidy(home.root, datetime.now(UTC), dry_run=False)
    assert images(home) == {sha256}


def test_where_a_manifest_cannot_be_read_nothing_goes(home):
    lost = keep(home, b"lost")
    home.store.commit(BRANCH, {MANIFEST_PATH: b"rubbish"}, message="m")
    with pytest.raises(IntegrityError, match="store verify"):
        tidy(home.root, datetime.now(UTC), dry_run=False)
    assert images(home) == {lost}


def test_it_says_what_went_and_how_much_room_that_made(home):
    keep(home, b"x" * 1_000_000)
    said = list(lines(tidy(home.root, datetime.now(UTC), dry_run=True)))
    assert said[0] == "frames/: 1 image that nothing refers to, 1.0 MB: would be removed"
    assert said[-1] == "room to be made: 1.0 MB"
    done = tidy(home.root, datetime.now(UTC), dry_run=False)
    assert list(lines(done))[-1] == "room made: 1.0 MB"
    assert as_json(done)["frames"] == {"images": 1, "bytes": 1_000_000}
    assert as_json(done)["removed"] is True
    assert as_json(tidy(home.root, datetime.now(UTC), dry_run=False))["bytes"] == 0
