"""A small home for tests that need no model: laid out, fed, labelled and versioned in moments."""

import hashlib
import io
import json
from datetime import UTC, date, datetime

import dagster as dg
import numpy as np
from PIL import Image

from autoretrain_assets import definitions, founding
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.manifest import build
from autoretrain_assets.labeling.again import is_again
from autoretrain_assets.loop import opened
from autoretrain_assets.production import write_event
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.store import artifacts
from autoretrain_tests.tables import annotation, annotations

DAY, NEXT = date(2025, 3, 2), date(2025, 3, 3)
WEIGHTS = b"no model, but bytes"
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


def laid_out(root, *overrides):
    """A home without a model; every labelled image is one to train on."""
    classes = ["dataset.classes=[car, bus, person]", "dataset.test_share=0"]
    return founding.lay_out(root, parse_settings("", [*classes, *overrides]))


def send(home, name, day=DAY, seed=None, **changes):
    """An event of that day with an image of its own, reported by an operator."""
    fields = {
        "event_id": name,
        "captured_at": f"{day}T10:00:00+00:00",
        "source": "cam",
        "trigger": "operator",
        "predictions": [{"label": "car", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}],
        "verdicts": [{"kind": "missed", "label": "bus", "x1": 5, "y1": 5, "x2": 30, "y2": 30}],
    }
    number = int.from_bytes(name.encode(), "big") % 2**32 if seed is None else seed
    pixels = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((64, 48)).save(buffer, "JPEG")
    return write_event(home.inbox, fields | changes, buffer.getvalue())


def with_a_task(root):
    """A home with a day of one event, whose image waits in a task."""
    home = laid_out(root)
    send(home, "a")
    take_in(home, DAY)
    return home


def take_in(home, *days):
    """Run `feedback` for these days."""
    with opened(home) as loop:
        for day in days:
            loop.feedback(day)


def answer(home, key, images, at=datetime(2025, 3, 4, tzinfo=UTC)):
    """Draw no box in these images of the task and finish it."""
    home.labeling.write_answers(key, {sha256: [] for sha256 in images})
    home.labeling.finish(key, "ann", at)


def tasks(home, day=DAY):
    """The day's tasks: key, state, images."""
    return list(home.cvat_tasks.read(day).select("key", "state", "images").iter_rows())


def label(home, *rows, day=DAY):
    """Reviewed answers, as if people had given them."""
    home.annotations.write(day, annotations(*rows))


def commit_version(home, version, tmp_path):
    """A dataset version of all that is labelled, of images that are only names."""
    known = dataset_version.versions(home.store)
    parent = dataset_version.read_manifest(home.store, known[-1]) if known else None
    labels = home.annotations.query(lambda rows: rows.filter(~is_again()))
    manifest = build(parent, labels, home.settings, version).manifest
    frames = {name: tmp_path / f"{name}.jpg" for name in manifest["sha256"]}
    for path in frames.values():
        path.touch()
    dataset_version.write(home.store, version, manifest, frames, home.classes, known[-1] if known else None, {})


def commit_images(home, version, *names, day=DAY):
    """A dataset version of images of their own, beside those of the version before; returns each name's sha256."""
    shas = {name: home.frames.put(picture(name), "jpg") for name in names}
    rows = (annotation(sha256, seconds=3600 * at) for at, sha256 in enumerate(shas.values()))
    home.annotations.write(day, annotations(*rows))
    known = dataset_version.versions(home.store)
    parent = dataset_version.read_manifest(home.store, known[-1]) if known else None
    manifest = build(parent, home.annotations.read(day), home.settings, version).manifest
    frames = home.frames.paths(manifest["sha256"])
    dataset_version.write(home.store, version, manifest, frames, home.classes, known[-1] if known else None, {})
    return shas


def picture(name):
    """A small JPEG that no other name has."""
    pixels = np.random.default_rng(int.from_bytes(name.encode(), "big") % 2**32).integers(0, 255, (8, 8, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((160, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


def decide(home, version, outcome, champion):
    """A checkpoint and a decision on it, as a run of `retrain` leaves them."""
    decision = {"outcome": outcome, "champion": champion, "reasons": ["it is better"], "verdicts": []}
    measured = {"measured_at": datetime.now(UTC).isoformat()}
    files = {"record.json": {"weights_sha256": SHA256}, "decision.json": decision, "evaluation.json": measured}
    content = {name: json.dumps(value).encode() for name, value in files.items()}
    artifacts.put(home.store, version, {"weights.pt": WEIGHTS} | content, f"Decision {version}")


def ticked(home, instance, sensor, cursor=None):
    """What the sensor of that name answers now."""
    built = definitions.build(home.root)
    context = dg.build_sensor_context(
        instance=instance,
        instance_ref=instance.get_ref() if instance.is_persistent else None,
        cursor=cursor,
        sensor_name=sensor,
        definitions=built,
        resources={"home": HomeResource(root=str(home.root))},
    )
    with context:
        return built.resolve_sensor_def(sensor).evaluate_tick(context)
