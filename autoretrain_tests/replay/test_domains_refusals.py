"""A domains.csv that would make the outside measure untrue is refused."""

import shutil

import pytest
from PIL import Image

from autoretrain_assets.errors import InputError
from autoretrain_assets.replay.domains import read


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    for number in range(5):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / "images" / f"{number}.png")
    (tmp_path / "data.yaml").write_text("train: images\nnames: [car]\n")
    return tmp_path


def listed(folder, *lines):
    text = "\n".join(["image,domain,split,group", *(f"images/{line}" for line in lines)])
    (folder / "domains.csv").write_text(text)
    return read(folder)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["0.png,day,trian,a"], r"line 2: split is 'trian'"),
        (["0.png,day,train,a", "1.png,day,val,a"], r"group 'a' has more than one split \(train, val\)"),
        (["0.png,day,train,a", "1.png,night,train,a"], r"group 'a' has more than one domain \(day, night\)"),
        (["0.png,day,train,a", "0.png,day,train,a"], r"0\.png has more than one line"),
    ],
)
def test_what_would_drop_or_leak_images_is_named(folder, lines, reason):
    with pytest.raises(InputError, match=reason):
        listed(folder, *lines)


def test_the_same_file_in_train_and_val_is_refused(folder):
    shutil.copy(folder / "images" / "0.png", folder / "images" / "4.png")

    with pytest.raises(InputError, match=r"4\.png is .*0\.png again"):
        listed(folder, "0.png,day,train,a", "1.png,day,val,b", "4.png,day,val,c")


def test_the_same_file_twice_on_one_side_is_not_refused(folder):
    shutil.copy(folder / "images" / "0.png", folder / "images" / "4.png")

    assert listed(folder, "0.png,day,train,a", "4.png,day,train,b", "1.png,day,val,c").images.height == 3


def test_a_list_that_is_no_text_is_refused(folder):
    (folder / "domains.csv").write_bytes(b"image,domain,split,group\nimages/0.png,n\xe4ch,train,a\n")

    with pytest.raises(InputError, match=r"domains\.csv is not plain text"):
        read(folder)
