"""Every hostile answer through the folder backend and the review: good, or sent back with its reason."""

import hashlib
import json
import os
import time
from datetime import UTC, datetime

import polars as pl
import pytest

from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling.base import Batch, BatchImage
from autoretrain_assets.labeling.folder import FolderBackend
from autoretrain_assets.labeling.review import review
from autoretrain_tests.hostile.answers import answers, xml
from autoretrain_tests.hostile.memory import Peak
from autoretrain_tests.hostile.parts import HEIGHT, WIDTH, jpeg

RULES, CLASSES = Labeling(), ["car", "bus"]
SECONDS, MEGABYTES = 30, 300
ALL = list(answers())


class Desk:
    """A task of two images, and what its answers became."""

    def __init__(self, root):
        self.images = [self.image(root, jpeg(quality=quality)) for quality in (70, 90)]
        self.samples = pl.DataFrame(
            [{"sha256": image.sha256, "width": WIDTH, "height": HEIGHT} for image in self.images]
        )
        self.backend = FolderBackend(root / "tasks")
        self.task = self.backend.open(Batch("task", "A day", CLASSES, self.images))
        self.folder = root / "tasks" / "task"
        self.names = [f"{image.sha256}.jpg" for image in self.images]

    @staticmethod
    def image(root, content):
        sha256 = hashlib.sha256(content).hexdigest()
        (root / f"{sha256}.jpg").write_bytes(content)
        return BatchImage(sha256, root / f"{sha256}.jpg", WIDTH, HEIGHT)

    def finish(self, content=None):
        """Save the answers and mark them as done by hand, as a person with a file manager would."""
        if content is not None:
            (self.folder / "annotations.xml").write_bytes(content)
        (self.folder / "DONE").touch()

    def review(self):
        return review(self.backend.collect(self.task), self.samples, CLASSES, RULES)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def good(desk):
    return xml(*desk.names).encode()


@pytest.mark.parametrize(
    "answer", [pytest.param(one, marks=pytest.mark.slow if one.heavy else ()) for one in ALL], ids=lambda one: one.name
)
def test_an_answer_is_good_or_comes_back_with_its_reason_and_can_be_mended(desk, answer):
    content = answer.make(*desk.names)
    began, peak = time.monotonic(), Peak()
    desk.finish(content)
    found = desk.review()

    assert time.monotonic() - began < SECONDS
    assert peak.mb() < MEGABYTES
    assert found.passed == (answer.reason is None)
    assert (desk.folder / "annotations.xml").read_bytes() == content
    if answer.reason is None:
        assert set(found.accepted["sha256"]) == {image.sha256 for image in desk.images}
        return
    assert answer.reason in "\n".join(found.rejected.values())
    desk.backend.reopen(desk.task, found.rejected)
    assert not desk.backend.progress(desk.task).finished
    assert answer.reason in (desk.folder / "REJECTED.txt").read_text()
    desk.finish(good(desk))
    assert desk.review().passed


def test_the_answers_have_names_of_their_own():
    assert len({answer.name for answer in ALL}) == len(ALL) > 100


LIES = {
    "folder": lambda path, _: path.mkdir(),
    "pipe": lambda path, _: os.mkfifo(path),
    "link": lambda path, outside: path.symlink_to(outside),
    "loop": lambda path, _: path.symlink_to(path.name),
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("file", ["annotations.xml", "DONE", "task.json"])
def test_what_is_no_plain_file_is_a_clear_refusal_and_not_read(desk, tmp_path, file, lie):
    outside = tmp_path / "outside"
    outside.write_bytes(good(desk))
    os.utime(outside, (1e9, 1.7e9))
    desk.finish(good(desk))
    (desk.folder / file).unlink()
    LIES[lie](desk.folder / file, outside)

    if file == "annotations.xml":
        assert "put a plain file there" in "".join(desk.review().rejected.values())
    else:
        with pytest.raises(LabelingError, match="put a plain file there"):
            desk.review()
    assert outside.stat().st_atime == 1e9


@pytest.mark.parametrize("seconds", [-(2**40), 2**40])
def test_a_marker_of_an_impossible_time_is_a_clear_refusal(desk, seconds):
    desk.finish(good(desk))
    os.utime(desk.folder / "DONE", (seconds, seconds))
    said = (desk.folder / "DONE").stat().st_mtime

    if abs(said) < 2**37:  # the file system has other bounds
        assert desk.review().passed
    else:
        with pytest.raises(LabelingError, match="no calendar has"):
            desk.review()


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "never", None, 0])
def test_a_marker_that_says_an_impossible_time_is_a_clear_refusal(desk, when):
    desk.finish(good(desk))
    (desk.folder / "DONE").write_text(json.dumps({"by": "ada", "at": when}))

    if when == 0:
        assert desk.backend.collect(desk.task).table["finished_at"].unique().to_list() == [
            datetime(1970, 1, 1, tzinfo=UTC)
        ]
        return
    with pytest.raises(LabelingError, match="neither empty nor JSON"):
        desk.review()


def edited(desk, change):
    path = desk.folder / "task.json"
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))


def test_a_task_file_that_exchanges_two_images_is_refused(desk):
    def exchange(record):
        one, two = record["images"]
        one["file"], two["file"] = two["file"], one["file"]

    desk.finish(good(desk))
    edited(desk, exchange)

    with pytest.raises(LabelingError, match="is not the name of image"):
        desk.review()


@pytest.mark.parametrize("file", ["../../{}", "/etc/{}", "{}/../{}"])
def test_a_task_file_that_leads_elsewhere_is_refused(desk, file):
    desk.finish(good(desk))
    edited(desk, lambda record: record["images"][0].update(file=file.format(*[record["images"][0]["file"]] * 2)))

    with pytest.raises(LabelingError, match="is not the name of image"):
        desk.review()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda record: record["images"].pop(), "no answer for this image"),
        (
            lambda record: record["images"].append({"sha256": "ab", "file": "ab.jpg", "width": 1, "height": 1}),
            "no answer",
        ),
        (lambda record: record["images"][0].update(width=640), "the image has 640 x 48"),
    ],
)
def test_a_task_file_that_asks_for_something_else_changes_nothing(desk, change, reason):
    desk.finish(good(desk))
    edited(desk, change)

    assert reason in "".join(desk.review().rejected.values())


def test_classes_that_were_added_to_the_task_file_are_still_unknown(desk):
    desk.finish(good(desk).replace(b"car", b"cow"))
    edited(desk, lambda record: record["classes"].append("cow"))

    strict = Labeling(proposed_classes=False)
    found = review(desk.backend.collect(desk.task), desk.samples, CLASSES, strict)
    assert "has an unknown class" in "".join(found.rejected.values())


@pytest.mark.parametrize("content", [jpeg(quality=10), jpeg(WIDTH * 2, HEIGHT), b"", b"no image"])
def test_boxes_that_were_drawn_on_another_image_are_not_taken(desk, content):
    (desk.folder / "images" / desk.names[0]).write_bytes(content)
    desk.finish(good(desk))

    assert "is not the image that was sent" in desk.review().rejected[desk.images[0].sha256]
    (desk.folder / "images" / desk.names[0]).unlink()
    assert desk.review().passed
