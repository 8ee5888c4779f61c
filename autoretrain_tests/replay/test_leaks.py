"""Images outside that look like trained ones are counted; a broken one is found before anything is made."""

import polars as pl
import pytest
from PIL import Image, ImageDraw

from autoretrain_assets.config import parse_settings
from autoretrain_assets.errors import InputError
from autoretrain_assets.replay.leaks import look_alikes


def drawn(path, corners, colour=(200, 0, 0)):
    image = Image.new("RGB", (64, 64))
    for corner in corners:
        ImageDraw.Draw(image).rectangle((*corner, corner[0] + 20, corner[1] + 12), fill=colour)
    image.save(path)
    return str(path)


def paths(*names):
    return pl.DataFrame({"path": names})


def test_an_image_that_looks_like_several_trained_ones_counts_once(tmp_path):
    corners = [(3, 5), (30, 40)]
    trained = paths(*(drawn(tmp_path / f"t{red}.png", corners, (red, 0, 0)) for red in (200, 205)))
    outside = paths(
        drawn(tmp_path / "same.png", corners, (210, 0, 0)), drawn(tmp_path / "other.png", [(40, 3), (5, 30), (20, 20)])
    )

    assert look_alikes(trained, outside, parse_settings("")) == 1


def test_an_image_that_was_cut_off_is_named(tmp_path):
    whole = drawn(tmp_path / "whole.png", [(3, 5)])
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:-30])

    with pytest.raises(InputError, match=r"cut\.png cannot be read as an image"):
        look_alikes(paths(whole), paths(str(tmp_path / "cut.png")), parse_settings(""))
