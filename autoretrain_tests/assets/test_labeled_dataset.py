"""A dataset version by its asset: what is refused is not tagged, and reports count whenever they come."""

import dagster as dg
import polars as pl
import pytest
from PIL import Image

from autoretrain_assets import story
from autoretrain_assets.assets.labeled_dataset import labeled_dataset
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.dataset.splits import TEST, TRAIN, split_of
from autoretrain_assets.errors import InputError
from autoretrain_assets.founding import lay_out
from autoretrain_assets.pictures import jpeg
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.schema import BOXES
from autoretrain_tests.homes import DAY
from autoretrain_tests.mining.world import event, table
from autoretrain_tests.tables import annotation, annotations, box

GROUPS = {side: [f"cam/{n}" for n in range(40) if split_of(f"cam/{n}", 0.5) == side] for side in (TRAIN, TEST)}


@pytest.fixture
def home(tmp_path):
    return lay_out(tmp_path / "home", parse_settings("dataset: {classes: [car], test_share: 0.5}"))


def labelled(home, splits):
    """An answer for an image of a scene of each of these splits, and the images' names."""
    names = [home.frames.put(jpeg(Image.new("RGB", (16, 12), (60 * at, 99, 9))), "jpg") for at in range(len(splits))]
    rows = [
        annotation(name, seconds=3600 * at) | {"group": GROUPS[side][at]}
        for at, (name, side) in enumerate(zip(names, splits, strict=True))
    ]
    home.annotations.write(DAY, annotations(*rows))
    return names


def materialize(home, version):
    found = {"home": HomeResource(root=str(home.root))}
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(VERSIONS.name, [version])
        run = dg.materialize([labeled_dataset], partition_key=version, resources=found, instance=instance)
    return run.asset_materializations_for_node("labeled_dataset")[0].metadata


def test_what_only_adds_test_images_is_refused_before_anything_is_committed(home):
    labelled(home, [TRAIN, TEST])
    materialize(home, "v0001")
    before = home.store.resolve(versions.BRANCH)
    labelled(home, [TRAIN, TEST, TEST, TEST])

    with pytest.raises(InputError, match="all 2 new images fall into the test split"):
        materialize(home, "v0002")

    assert (versions.versions(home.store), home.store.resolve(versions.BRANCH)) == (["v0001"], before)


def test_its_commit_names_the_run_and_where_that_is_seen(home):
    labelled(home, [TRAIN, TEST])
    said = materialize(home, "v0001")
    [commit] = home.store.log(versions.BRANCH)
    assert said["commit"].value == commit.id
    told = {story.RUN_ID, story.RUN_PAGE, "manifest_hash", "version"}
    assert commit.metadata.keys() == told
    assert commit.metadata[story.RUN_PAGE] == f"http://127.0.0.1:3000/runs/{commit.metadata[story.RUN_ID]}"


def test_a_blocked_day_is_left_out_and_the_page_says_why(home):
    fine = labelled(home, [TRAIN, TEST])
    poor = labelled(home, [TRAIN, TEST, TRAIN])[-1]
    rows = home.annotations.read(DAY)
    is_poor = pl.col("sha256") == poor
    bad_day = pl.col("captured_at") + pl.duration(days=1)
    home.annotations.write(
        DAY,
        rows.with_columns(
            quality=pl.when(is_poor).then(0.75).otherwise(0.9),
            captured_at=pl.when(is_poor).then(bad_day).otherwise("captured_at"),
        ),
    )

    said = materialize(home, "v0001")

    assert set(versions.read_manifest(home.store, "v0001")["sha256"]) == set(fine)
    assert said["blocked days"].value == "2026-03-03"
    assert "labels agree with known answers by 0.75" in said["held back"].value


def test_an_image_with_a_proposed_class_is_left_out_until_the_class_is_refused(home):
    *fine, waits = labelled(home, [TRAIN, TEST, TRAIN])
    rows = home.annotations.read(DAY)
    cow = pl.lit([box("cow")], dtype=BOXES)
    home.annotations.write(
        DAY, rows.with_columns(boxes=pl.when(pl.col("sha256") == waits).then(cow).otherwise("boxes"))
    )

    said = materialize(home, "v0001")

    assert set(versions.read_manifest(home.store, "v0001")["sha256"]) == set(fine)
    assert said["images that wait for a class"].value == 1
    assert "proposed class cow: 1 box on 1 image that wait" in said["held back"].value
    with pytest.raises(InputError, match=r"there is no v0002 to make yet\. proposed class cow: 1 box"):
        materialize(home, "v0002")

    file = home.root / "autoretrain.yaml"
    file.write_text(file.read_text().replace("refused_classes: []", "refused_classes: [cow]"))
    materialize(home, "v0002")
    boxes = dict(versions.read_manifest(home.store, "v0002").select("sha256", "boxes").iter_rows())
    assert boxes[waits] == []


def test_what_a_version_has_stays_as_it_is_there_while_its_correction_waits(home):
    waits, _ = labelled(home, [TRAIN, TEST])
    materialize(home, "v0001")
    labelled(home, [TRAIN, TEST, TRAIN])
    rows = home.annotations.read(DAY)
    cow = pl.lit([box("cow"), box("car")], dtype=BOXES)
    home.annotations.write(
        DAY, rows.with_columns(boxes=pl.when(pl.col("sha256") == waits).then(cow).otherwise("boxes"))
    )

    materialize(home, "v0002")

    boxes = dict(versions.read_manifest(home.store, "v0002").select("sha256", "boxes").iter_rows())
    assert len(boxes) == 3
    assert boxes[waits] == [box()]


def test_what_has_no_test_image_is_refused_before_anything_is_committed(home):
    labelled(home, [TRAIN, TRAIN])

    with pytest.raises(InputError, match="no test image"):
        materialize(home, "v0001")

    assert home.store.resolve(versions.BRANCH) is None


def test_a_report_after_the_label_is_in_the_regression_slice_of_the_next_version(home):
    old_test, *_ = labelled(home, [TEST, TRAIN])
    materialize(home, "v0001")
    _, unsure, new = labelled(home, [TEST, TRAIN, TRAIN])
    events = [event(at, reported=name != unsure) | {"sha256": name} for at, name in enumerate([old_test, unsure, new])]
    home.raw_feedback.write(DAY, table(*events))

    materialize(home, "v0002")

    manifest = versions.read_manifest(home.store, "v0002")
    reported = manifest.filter(pl.col("slices").list.contains("regression"))
    assert set(reported["sha256"]) == {old_test, new}
    assert versions.read_manifest(home.store, "v0001")["slices"].list.len().sum() == 0


def test_a_version_has_the_corrected_labels_and_says_of_which_images(home):
    corrected, kept, _ = labelled(home, [TRAIN, TRAIN, TEST])
    materialize(home, "v0001")
    rows = home.annotations.read(DAY)
    is_corrected = pl.col("sha256") == corrected
    home.annotations.write(DAY, rows.with_columns(boxes=pl.when(is_corrected).then(pl.lit([])).otherwise("boxes")))

    said = materialize(home, "v0002")

    assert said["labels corrected"].value == 1
    assert corrected in said["corrected images"].value
    boxes = dict(versions.read_manifest(home.store, "v0002").select("sha256", "boxes").iter_rows())
    assert (len(boxes[corrected]), len(boxes[kept])) == (0, 1)
    assert materialize(home, "v0001")["labels corrected"].value == 0


def test_labels_of_a_class_that_the_settings_lost_are_named_and_nothing_is_tagged(home):
    labelled(home, [TRAIN, TEST])
    materialize(home, "v0001")
    settings = home.root / "autoretrain.yaml"
    settings.write_text(settings.read_text().replace('classes: ["car"]', 'classes: ["auto"]'))
    new = home.frames.put(jpeg(Image.new("RGB", (16, 12), (9, 200, 9))), "jpg")
    rows = home.annotations.read(DAY)
    answer = annotation(new, seconds=7200) | {"group": GROUPS[TRAIN][5], "boxes": [box(label="auto")]}
    home.annotations.write(DAY, pl.concat([rows, annotations(answer)]))

    with pytest.raises(InputError, match=r"v0002 cannot be made: 2 of its images are labelled as car, .* names auto"):
        materialize(home, "v0002")
    assert list(home.store.tags()) == ["v0001"]
