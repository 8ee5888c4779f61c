"""What a checkpoint says of the training that made it."""

from types import SimpleNamespace

import pytest

from autoretrain_assets.yolo.weights import trained_imgsz


@pytest.mark.parametrize(
    ("checkpoint", "size"),
    [
        ({"train_args": {"imgsz": 320}}, 320),
        ({"train_args": {"imgsz": [320, 640]}}, 640),
        ({"train_args": {"imgsz": None}}, None),
        ({"train_args": {"imgsz": []}}, None),
        ({"train_args": {}}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_size_that_a_model_learnt_at_is_read_where_its_checkpoint_says_it(checkpoint, size):
    assert trained_imgsz(SimpleNamespace(ckpt=checkpoint)) == size
