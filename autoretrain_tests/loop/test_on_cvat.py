"""The loop, labelled on a CVAT server: from what production reports to a decision on a model that learnt from it."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.image_files import without_trailer
from autoretrain_assets.release import registry
from autoretrain_assets.replay import camera
from autoretrain_assets.replay.camera import Shoot
from autoretrain_assets.store import artifacts
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in
from autoretrain_tests.loop import living

__all__ = ["cvat_server", "cvat_signed_in"]
pytestmark = pytest.mark.slow

ON_THE_SERVER = (
    "labeling.backend=cvat",
    "labeling.cvat.poll_seconds=0.01",
    "labeling.cvat.images_per_job=4",
    "labeling.cvat.assignees=[ann, bob]",
    "labeling.cvat.organization=street",
    "retrain.min_new_labels=5",
    "retrain.min_new_labels_on_drift=5",
)


@pytest.fixture
def server(cvat_signed_in):
    """Two people work there."""
    cvat_signed_in.add_organization("street", ann="worker", bob="worker")
    return cvat_signed_in


@pytest.fixture
def home(server, tmp_path):
    """A model that knows days."""
    shoots = (Shoot("day", "train", "day", 4), Shoot("day", "val", "day", 12))
    daylight = camera.draw(tmp_path / "daylight", seed=0, shoots=shoots)
    return living.founded(tmp_path / "home", daylight, [*ON_THE_SERVER, f"labeling.cvat.url={server.url}"])


@pytest.fixture
def truth(home, tmp_path):
    """What production reported of two nights, and what is to be seen there: boxes by sha256."""
    shoots = (Shoot("night", "train", "night", 16), Shoot("night", "val", "night", 1))
    reported = living.report(home, camera.draw(tmp_path / "nights", seed=1, shoots=shoots), "night", days=2)
    return {
        hashlib.sha256(without_trailer(Path(path).read_bytes())).hexdigest(): boxes
        for path, boxes in pl.read_parquet(reported).select("path", "boxes").iter_rows()
    }


def answers(person, task, boxes):
    """What a person who sees all draws in the task, by frame."""
    frames = person.send("GET", f"/api/tasks/{task}/data/meta")["frames"]
    drawn = ((number, boxes[frame["name"].partition(".")[0]]) for number, frame in enumerate(frames))
    return {
        number: [(one["label"], *(one[at] for at in ("x1", "y1", "x2", "y2"))) for one in seen]
        for number, seen in drawn
    }


def test_production_moves_to_a_model_that_learnt_what_people_drew_on_the_server(home, truth, server):
    first = versions.read_manifest(home.store, "v0001")
    known = dict(first.select("sha256", "boxes").iter_rows())

    assert "no retraining: " in list(run_due(home.root))[-1]
    opened = home.cvat_tasks.query()
    asked = set(opened["images"].explode())
    assert asked <= truth.keys()

    lead, numbers = Person(server), [int(number) for number in opened["task_id"]]
    for number in numbers:
        assert {job["assignee"]["username"] for job in lead.jobs(number)} <= {"ann", "bob"}
        lead.draw(number, answers(lead, number, truth | known))
        lead.complete(number)
    assert "no retraining: " in list(run_due(home.root))[-1], "an annotator's word is not the reviewer's"
    for number in numbers:
        lead.accept(number)
    told = list(run_due(home.root))

    assert any(line.startswith("retraining v0002: ") for line in told)
    labelled = home.annotations.query()
    assert set(labelled["sha256"]) == asked
    assert set(labelled["annotator"]) <= {"ann", "bob"}
    assert labelled["quality"].drop_nulls().min() == 1
    learnt = versions.read_manifest(home.store, "v0002")
    assert asked & set(learnt["sha256"])
    assert set(learnt["sha256"]) - asked == set(first["sha256"])
    decision = artifacts.read_json(home.store, "v0002", "decision.json")
    assert (decision["outcome"], decision["champion"]) == ("promote", "v0001")
    assert registry.current(home.store).version == "v0002"
    assert "no retraining: " in list(run_due(home.root))[-1]
