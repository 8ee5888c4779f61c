"""A training in its child: what it refuses, what it reports, that it repeats, and that it dies with its parent."""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from autoretrain_assets.commands.checkout import checkout as checkout_version
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.yolo import checkout
from autoretrain_assets.dataset.yolo_import import read_labels, read_yolo
from autoretrain_assets.errors import InputError, IntegrityError, TrainingError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.training import finetune
from autoretrain_assets.yolo.weights import load
from autoretrain_tests.conftest import TINY
from autoretrain_tests.homes import commit_images, laid_out

pytestmark = pytest.mark.slow


@pytest.fixture
def job(street, tmp_path):
    """A way to train on eight drawn images in this test's folder."""
    classes, splits = read_yolo(street / "data.yaml")
    paths = splits["train"][:8]
    images = read_labels(paths, classes).select("width", "height", "boxes", sha256="path")
    names = {str(path): path for path in paths}
    frames = {path.stem: path for path in paths}
    rows = images.with_columns(images["sha256"].replace_strict({name: path.stem for name, path in names.items()}))

    def train(folder="run", *, images=8, weights=TINY, sha256=None, **recipe):
        place = tmp_path / folder
        data = checkout(rows, frames, classes, place / "data")
        settings = parse_settings(
            "training: {epochs: 1, min_steps: 0, imgsz: 64}",
            [f"training.{key}={value}" for key, value in recipe.items()],
        )
        finetune.prepare(settings, weights, sha256, data, images, place)
        return place

    return train


def run(folder):
    return subprocess.run(finetune.command(folder), capture_output=True, check=False).returncode


def test_the_same_seed_gives_the_same_weights(job):
    left, right = job("left"), job("right")

    assert (run(left), run(right)) == (0, 0)
    assert finetune.finish(left)["weights_sha256"] == finetune.finish(right)["weights_sha256"]
    assert str(left).encode() not in (left / "weights.pt").read_bytes()


def test_weights_do_not_tell_where_they_were_made_from(job, tmp_path):
    first = job("first")
    assert run(first) == 0
    parents = [tmp_path / name / "weights.pt" for name in ("here", "there")]
    children = [job("left"), job("right")]
    for parent, child in zip(parents, children, strict=True):
        parent.parent.mkdir()
        shutil.copyfile(first / "weights.pt", parent)
        written = json.loads((child / finetune.JOB).read_text())
        (child / finetune.JOB).write_text(json.dumps(written | {"weights": str(parent), "weights_sha256": None}))
        assert run(child) == 0

    shas = {finetune.finish(child)["weights_sha256"] for child in children}
    assert len(shas) == 1
    assert str(TINY.parent).encode() not in (children[0] / "weights.pt").read_bytes()


def test_an_image_that_training_does_not_see_is_an_error(job):
    folder = job()
    label = next((folder / "data" / "labels").iterdir())
    label.write_text("0 0.5 0.5 3.0 3.0\n")

    assert run(folder) == 1
    with pytest.raises(TrainingError, match="saw 7 of the 8 images"):
        finetune.finish(folder)


def test_a_loss_that_is_no_number_is_an_error_and_says_what_to_do(job, tmp_path):
    broken = tmp_path / "broken.pt"
    model = load(TINY, None)
    for parameter in model.model.parameters():
        parameter.data.fill_(float("nan"))
    model.save(broken)
    folder = job(weights=broken, sha256=sha256_of(broken))

    assert run(folder) == 1
    with pytest.raises(TrainingError, match=r"NaN.*lr0"):
        finetune.finish(folder)


def test_a_recipe_that_ultralytics_refuses_is_reported_in_its_words(job):
    folder = job(optimizer="Nonesuch")

    assert run(folder) == 1
    with pytest.raises(TrainingError, match="Nonesuch"):
        finetune.finish(folder)


def test_weights_that_changed_are_not_loaded(job, tmp_path):
    weights = tmp_path / "weights.pt"
    weights.write_bytes(b"other")

    assert run(job(weights=weights, sha256="0" * 64)) == 1
    with pytest.raises(IntegrityError, match="changed after it was recorded"):
        load(weights, "0" * 64)


class Hostile:
    """Unpickled by a trusting loader, it leaves a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def test_weights_that_would_run_a_command_are_refused(tmp_path):
    import torch

    trace, weights = tmp_path / "was-run", tmp_path / "hostile.pt"
    torch.save({"model": Hostile(trace), "train_args": {}}, weights, pickle_module=pickle)

    with pytest.raises(InputError, match="be loaded safely"):
        load(weights, None)
    assert not trace.exists()


def test_a_child_that_was_killed_without_a_word_is_explained(job):
    folder = job()

    assert "killed by signal 9" in finetune.failure(folder, -9)
    with pytest.raises(TrainingError, match="without weights"):
        finetune.finish(folder)


def test_the_child_dies_with_a_parent_that_is_killed(job, tmp_path):
    folder = job(epochs=500)
    note = tmp_path / "child.pid"
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(f"""
            import subprocess
            from pathlib import Path
            from autoretrain_assets.training import finetune
            child = subprocess.Popen(finetune.command(Path({str(folder)!r})), start_new_session=True)
            Path({str(note)!r}).write_text(str(child.pid))
            child.wait()
        """)],
    )  # fmt: skip
    child = wait_for(lambda: int(note.read_text()) if note.exists() and note.read_text() else None)
    wait_for(lambda: (folder / "run").exists() or None)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    assert wait_for(lambda: not alive(child) or None)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(answer, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = answer()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_a_checked_out_version_is_trained_on_as_it_lies_there(tmp_path, monkeypatch):
    home = laid_out(tmp_path / "home", "dataset.test_share=0.4")
    commit_images(home, "v0001", *"abcdefgh")
    checkout_version(home.root, "v0001", tmp_path / "out", print, lambda *_: None)
    train = len((tmp_path / "out/train.txt").read_text().splitlines())
    settings = parse_settings("training: {epochs: 1, min_steps: 0, imgsz: 64}")
    finetune.prepare(settings, TINY, None, tmp_path / "out/data.yaml", train, tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path / "run") == 0
    assert finetune.finish(tmp_path / "run")["images"] == train > 0
