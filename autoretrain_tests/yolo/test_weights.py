"""What a checkpoint says of the training that made it."""

from types import SimpleNamespace

import pytest

from autoretrain_assets.errors import InputError
from autoretrain_assets.yolo.weights import load, trained_imgsz


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


@pytest.mark.parametrize(
    "content",
    [b"", b"hello world", b"<html>not found</html>", b".\xf6.", b"G", b"J\xae", b"PK\3\4cut off", b"\x80\2}."],
)
def test_a_file_that_is_no_checkpoint_is_told_in_one_line_with_the_way_out(tmp_path, content):
    file = tmp_path / "best.pt"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"name a \.pt that a training of ultralytics wrote") as refused:
        load(file, None)
    assert "\n" not in str(refused.value)
