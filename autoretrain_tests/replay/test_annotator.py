"""The simulated annotator: careful is the truth, sloppy passes a formal review."""

from datetime import UTC, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.boxes import Box
from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.labeling.base import Answers
from autoretrain_assets.labeling.review import review
from autoretrain_assets.replay.annotator import CAREFUL, SLOPPY, Truth, answer
from autoretrain_assets.schema import ANSWERS

CLASSES = ["car", "bus"]
IMAGE = Truth(160, 120, [Box("car", 10, 10, 60, 50), Box("bus", 90, 20, 158, 118)])


def test_a_careful_answer_is_the_truth():
    assert answer({"a": IMAGE}, CAREFUL, CLASSES, seed=0) == {"a": list(IMAGE.boxes)}


def test_an_answer_depends_on_its_image_and_the_seed_alone():
    alone = answer({"a": IMAGE}, SLOPPY, CLASSES, seed=1)["a"]

    assert answer({"b": IMAGE, "a": IMAGE}, SLOPPY, CLASSES, seed=1)["a"] == alone
    assert answer({"a": IMAGE}, SLOPPY, CLASSES, seed=2)["a"] != alone


@given(st.integers(0, 10_000))
def test_sloppy_answers_are_wrong_and_slip_past_the_review(seed):
    images = {f"i{number}": IMAGE for number in range(8)}
    given_ = answer(images, SLOPPY, CLASSES, seed)
    rows = [
        {
            "sha256": name,
            "boxes": [box.as_row() for box in boxes],
            "annotator": "x",
            "finished_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        for name, boxes in given_.items()
    ]
    samples = pl.DataFrame({"sha256": list(images), "width": [160] * 8, "height": [120] * 8})

    found = review(Answers(pl.DataFrame(rows, schema=ANSWERS)), samples, CLASSES, Labeling())

    assert found.passed
    assert given_ != answer(images, CAREFUL, CLASSES, seed)
