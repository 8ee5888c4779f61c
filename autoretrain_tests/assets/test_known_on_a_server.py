"""Known images among a task's, on a CVAT server, whatever people do to its ground truth job."""

import io

import numpy as np
import polars as pl
import pytest
from PIL import Image

from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.manifest import build
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.homes import home_on
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.homes import DAY, decide, send, take_in, tasks
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in
from autoretrain_tests.tables import annotation, annotations

__all__ = ["cvat_server", "cvat_signed_in"]


@pytest.fixture
def server(cvat_signed_in):
    return cvat_signed_in


@pytest.fixture
def home(server, tmp_path):
    """Four images to label, and a sealed test whose images may be put among them."""
    home = home_on(server, tmp_path / "home", "labeling.known_share=0.5")
    rows = [annotation(home.frames.put(picture(seed), "jpg"), source=f"cam{seed}") for seed in range(3)]
    manifest = build(None, annotations(*rows), home.settings, "v0001").manifest.with_columns(split=pl.lit("test"))
    frames = {row["sha256"]: home.frames.path(row["sha256"]) for row in rows}
    dataset_version.write(home.store, "v0001", manifest, frames, home.classes, None, {})
    decide(home, "v0001", "hold", "v0000")
    for name in ("a", "b", "c", "d"):
        send(home, name)
    take_in(home, DAY)
    return home


def picture(seed):
    buffer = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((160, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize("problem", ["none", "deleted"])
def test_a_task_whose_ground_truth_job_was_removed_is_collected_without_its_known_images(server, home, problem):
    [(_, _, images)], [task] = tasks(home), Look(server).tasks()
    [known, *_] = set(Look(server).frames(task["id"])) - set(images)
    person = Person(server)
    [truth] = person.jobs(task["id"], "ground_truth")
    person.send("DELETE", f"/api/jobs/{truth['id']}")
    person.finish(task["id"])
    if problem == "deleted":
        person.delete_frame(task["id"], known)

    assert f"{DAY}: 4 images labelled, of 1 task" in list(run_due(home.root))
    assert sorted(home.annotations.read(DAY)["sha256"]) == sorted(images)
