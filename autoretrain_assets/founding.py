"""Make a home: its settings, its folders, its first dataset version, and the model that is in production today."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from autoretrain_assets import checkpoints, story
from autoretrain_assets.config import Settings
from autoretrain_assets.config.template import render
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.manifest import build, manifest_hash, with_boxes_hash
from autoretrain_assets.dataset.splits import TEST, TRAIN, unseen
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.files import sha256_of, write_text
from autoretrain_assets.home import SETTINGS, Home
from autoretrain_assets.image_files import without_trailer
from autoretrain_assets.images import measure
from autoretrain_assets.release import registry
from autoretrain_assets.schema import ANNOTATIONS, MANIFEST, conform
from autoretrain_assets.store import places
from autoretrain_assets.yolo.weights import class_names, load, trained_imgsz

FIRST = "v0001"
OWNER = "owner"

DAGSTER_YAML = """\
# Dagster's own settings for this home: nothing is sent anywhere, one training at a time.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
  runs:
    max_concurrent_runs: 2
run_queue:
  dequeue_interval_seconds: 1
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
  free_slots_after_run_end_seconds: 1
freshness:
  enabled: true
retention:
  sensor:
    purge_after_days: {skipped: 2, failure: 30, success: 90}
  schedule:
    purge_after_days: 30
"""


def lay_out(root: Path, settings: Settings) -> Home:
    """Write the settings, the folders and the store of a new home; raises InputError where one is already."""
    home = to_be_made(root, settings)
    place(home)
    home.store.tags()  # asked for anything, it is made: a home with settings and no store has lost it
    places.keep(home.root, settings.store.backend)
    write_text(root / SETTINGS, render(settings))
    return Home.open(root)


def place(home: Home) -> None:
    """Give the home the folders that it begins with."""
    home.inbox.mkdir(parents=True, exist_ok=True)
    place_dagster(home)


def to_be_made(root: Path, settings: Settings) -> Home:
    """The home that `root` can become: it is one from when its settings are written. Raises InputError."""
    if (root / SETTINGS).exists():
        raise InputError(f"{root} is a home already: choose another folder, or edit {root / SETTINGS}.")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{root} cannot be made a folder ({error.strerror}): choose another place.") from None
    return Home(root.absolute(), settings)


def place_dagster(home: Home) -> None:
    """Give the home a Dagster home where it has none: its runs can be lost without harm to the loop."""
    if not (home.dagster / "dagster.yaml").is_file():
        write_text(home.dagster / "dagster.yaml", DAGSTER_YAML)


@dataclass(frozen=True, slots=True)
class Founded:
    """The first version, and how many test images it leaves out because the model has seen their like."""

    dataset: dataset_version.DatasetVersion
    seen: int


def first_version(home: Home, images: pl.DataFrame, made_from: str | None = None) -> Founded:
    """Commit v0001 of `images`: path, width, height, boxes, source, domain, captured_at, group, split.

    `made_from` names the data set that they are from, where it has a name that lasts.

    A split that is null is derived from the scene's hash, as the loop itself does. A test image that looks like
    a train image is left out: it would measure what was learnt by heart. Raises InputError where no image is a
    test image, or where an earlier try that broke off left a v0001 of something else.
    """
    rows = images.hstack(_stored(home, images))
    by_hash = _by_hash(home, rows.filter(pl.col("split").is_null()))
    given = rows.filter(pl.col("split").is_not_null())
    kept = _unseen(given, by_hash, home.settings.scenes.near_duplicate_distance)
    seen = given.height - kept.height
    manifest = pl.concat([_as_given(kept), by_hash]).unique("sha256", keep="first").sort("sha256")
    _verify_measurable(manifest, seen)
    known = dataset_version.read(home.store, FIRST)
    if known is not None:
        return Founded(_same(known, manifest, home), seen)
    paths = home.frames.paths(manifest["sha256"])
    metadata = {"made_by": "init"} | ({"made_from": made_from} if made_from else {})
    written = dataset_version.write(home.store, FIRST, manifest, paths, home.classes, None, metadata)
    return Founded(written, seen)


def adopt(home: Home, weights: Path) -> registry.Release:
    """Take `weights` as the first production model: it is in production already, so no rule is asked."""
    sha256 = verified(weights, home.classes)
    record: dict[str, Any] = {
        "weights_sha256": sha256,
        "parent_version": None,
        "adopted": True,
        "images": 0,
        "seconds": 0,
        "curves": [],
    }
    checkpoints.put(home, FIRST, weights, record, f"Checkpoint {FIRST}, adopted")
    release = registry.promote(
        home.store,
        FIRST,
        sha256,
        because="it was in production when this home was made",
        by=OWNER,
        story=story.of(home, FIRST),
    )
    checkpoints.publish(home)
    return release


def verified(weights: Path, classes: Sequence[str]) -> str:
    """The sha256 of a checkpoint that loads and knows these classes; raises InputError where it does not."""
    model = loaded(weights)
    verify_classes(weights, model.classes, classes)
    return model.sha256


def verify_classes(weights: Path, known: Sequence[str], classes: Sequence[str]) -> None:
    """Raise InputError where a checkpoint's classes are not those of the data."""
    if list(known) != list(classes):
        raise InputError(
            f"{weights} knows the classes {list(known)}, the data has {list(classes)}: "
            "name them alike and in the same order in data.yaml, and number the boxes by that order."
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a checkpoint says of itself; `imgsz`: the side in pixels that it learnt at, None where it does not say."""

    sha256: str
    classes: Sequence[str]
    imgsz: int | None

    @property
    def settings(self) -> dict[str, Any]:
        """What the checkpoint decides of autoretrain.yaml, where its owner does not."""
        return {"training": {"imgsz": self.imgsz}} if self.imgsz else {}


def loaded(weights: Path) -> Loaded:
    """What the checkpoint of an owner says of itself; raises InputError where it is none that loads."""
    if not weights.is_file():
        raise InputError(f"{weights} does not exist: name the checkpoint of the model that is in production.")
    if weights.suffix != ".pt":
        raise InputError(f"{weights} is no .pt file: name the checkpoint of the model that is in production.")
    sha256 = sha256_of(weights)
    model = load(weights, sha256)
    return Loaded(sha256, class_names(model), trained_imgsz(model))


def _unseen(given: pl.DataFrame, by_hash: pl.DataFrame, distance: int) -> pl.DataFrame:
    """The rows with a given split less each test image that looks like a train image; the train images come first."""
    test, train = given.filter(pl.col("split") == TEST), given.filter(pl.col("split") == TRAIN)
    looks = [train.select("phash"), by_hash.filter(pl.col("split") == TRAIN).select("phash")]
    return pl.concat([train, unseen(test, pl.concat(looks), distance)])


def _verify_measurable(manifest: pl.DataFrame, seen: int) -> None:
    if (manifest["split"] == TEST).any():
        return
    because = f" ({seen} that were held out look like train images and are left out)" if seen else ""
    raise InputError(
        f"none of the {manifest.height} images is a test image{because}, and no model can be measured without one: "
        f"hold some{' of other scenes' if seen else ''} out (val in data.yaml, a task of the subset Test in CVAT), "
        "or set dataset.test_share higher."
    )


def _same(known: dataset_version.DatasetVersion, manifest: pl.DataFrame, home: Home) -> dataset_version.DatasetVersion:
    if known.manifest_hash != manifest_hash(manifest, home.classes):
        raise InputError(
            f"{home.store_place} holds a {FIRST} of other data{_origin(home, known)}, from a try that broke off: "
            "name that data again, or remove it, or choose another."
        )
    return known


def _origin(home: Home, known: dataset_version.DatasetVersion) -> str:
    origin = home.store.log(known.commit, 1)[0].metadata.get("made_from")
    return f" ({origin})" if origin else ""


def _stored(home: Home, images: pl.DataFrame) -> pl.DataFrame:
    """The images kept by content, and measured: a row each, in order."""
    facts = [_keep(home.frames, Path(path), home.settings) for path in images["path"]]
    return pl.DataFrame(facts, schema_overrides={"phash": pl.UInt64})


def _keep(frames: Frames, path: Path, settings: Settings) -> dict[str, object]:
    content = without_trailer(path.read_bytes())
    facts = measure(content, settings.feedback.max_image_pixels, str(path))
    sha256 = frames.put(content, facts.suffix)
    return {
        "sha256": sha256,
        "phash": facts.phash,
        "brightness": facts.brightness,
        "contrast": facts.contrast,
        "sharpness": facts.sharpness,
    }


def _by_hash(home: Home, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without a given split, as the loop itself splits."""
    return build(None, conform(_answers(rows), ANNOTATIONS), home.settings, FIRST).manifest


def _as_given(rows: pl.DataFrame) -> pl.DataFrame:
    filled = _answers(rows).with_columns(slices=pl.lit([], dtype=pl.List(pl.String)), since=pl.lit(FIRST))
    return conform(with_boxes_hash(filled), MANIFEST)


def _answers(rows: pl.DataFrame) -> pl.DataFrame:
    """Each image once, the first of its rows, as if the owner had labelled it in a task."""
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return rows.unique("sha256", keep="first", maintain_order=True).with_columns(
        event_ids=nothing,
        reasons=nothing,
        arm=pl.lit("import"),
        task_key=pl.lit("import"),
        annotator=pl.lit(OWNER),
        finished_at="captured_at",
        quality=pl.lit(None, dtype=pl.Float64),
    )
