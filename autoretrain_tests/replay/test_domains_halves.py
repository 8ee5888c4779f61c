"""Shares of an odd number of scenes."""

import pytest
from PIL import Image

from autoretrain_assets.replay.domains import read


@pytest.mark.parametrize("scenes", [2, 3, 5, 9])
def test_two_halves_are_the_whole(tmp_path, scenes):
    names = [f"images/{number}.png" for number in range(scenes)]
    (tmp_path / "images").mkdir()
    for name in names:
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    (tmp_path / "data.yaml").write_text("train: images\nnames: [car]\n")
    (tmp_path / "domains.csv").write_text(
        "\n".join(["image,domain,split,group", *(f"{name},all,train,{name}" for name in names)])
    )

    left, right = read(tmp_path).select(["all:0.5", "all:0.5"], seed=0)

    assert left.height + right.height == scenes
