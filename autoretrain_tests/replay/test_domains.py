"""What can be replayed: domains, shares of them, and what is wrong with a domains.csv."""

import pytest
from PIL import Image

from autoretrain_assets.errors import InputError
from autoretrain_assets.replay.domains import read


@pytest.fixture
def folder(tmp_path):
    lines = ["image,domain,split,group,brightness"]
    for number in range(24):
        split = "val" if number >= 20 else "train"
        name = f"images/{split}/{number:02d}.png"
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / name)
        lines.append(f"{name},all,{split},g{number // 2},1.0")
    (tmp_path / "domains.csv").write_text("\n".join(lines))
    (tmp_path / "data.yaml").write_text("train: images/train\nval: images/val\nnames: [car]\n")
    return tmp_path


def test_two_halves_of_a_domain_share_no_group(folder):
    left, right = read(folder).select(["all:0.5", "all:0.5"], seed=0)

    assert left.height == right.height == 10
    assert not set(left["group"]) & set(right["group"])


def test_the_val_split_stays_outside(folder):
    world = read(folder)

    assert world.outside(["all:0.5"]).height == 4
    assert set(world.select(["all"], 0)[0]["split"]) == {"train"}
    assert set(world.images["source"]) == {folder.name}


@pytest.mark.parametrize(
    ("spec", "reason"), [("fog", "no train image of a domain 'fog'; there are all"), ("all:2", "a share is above 0")]
)
def test_a_domain_that_is_none(folder, spec, reason):
    with pytest.raises(InputError, match=reason):
        read(folder).select([spec], 0)


def test_a_domain_that_was_used_up(folder):
    with pytest.raises(InputError, match="leaves no image"):
        read(folder).select(["all", "all"], 0)


def test_a_domain_that_nothing_would_measure(folder):
    text = (folder / "domains.csv").read_text() + "\nimages/new.png,fog,train,f,1.0"
    (folder / "domains.csv").write_text(text)
    Image.new("RGB", (8, 8), (0, 9, 0)).save(folder / "images" / "new.png")

    with pytest.raises(InputError, match=r"domains\.csv: the domain 'fog' has no val image"):
        read(folder).outside(["all", "fog:0.5"])


def test_a_line_without_a_group_is_named(folder):
    text = (folder / "domains.csv").read_text().replace("all,train,g1,", "all,train,,", 1)
    (folder / "domains.csv").write_text(text)

    with pytest.raises(InputError, match=r"domains\.csv, line 4: group is missing"):
        read(folder)


def test_an_image_that_is_not_there_is_named(folder):
    (folder / "images" / "train" / "00.png").unlink()

    with pytest.raises(InputError, match=r"00\.png does not exist"):
        read(folder)
