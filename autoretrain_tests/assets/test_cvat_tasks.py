"""What the people who label are given."""

import csv

from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling import cvat_xml
from autoretrain_tests.homes import DAY, laid_out, send, take_in, tasks

MISSED = {"kind": "missed", "label": "bus", "x1": 5, "y1": 5, "x2": 30, "y2": 30}
NO_CAR = {"kind": "false_positive", "x1": 1, "y1": 1, "x2": 20, "y2": 20}


def test_they_see_the_models_boxes_as_boxes_and_the_operators_as_reports(tmp_path):
    home = laid_out(tmp_path / "home")
    send(home, "a", seed=1, verdicts=[MISSED])
    send(home, "b", seed=1, verdicts=[MISSED, NO_CAR])
    send(home, "c", seed=2, verdicts=[], trigger="random", probability=0.5)
    take_in(home, DAY)

    [(key, _, images)] = tasks(home)
    folder = home.root / "tasks" / key
    with (folder / "reports.csv").open(newline="") as file:
        _, *lines = list(csv.reader(file))
    assert [line[1:] for line in lines] == [
        ["missed bus", "5.0", "5.0", "30.0", "30.0"],
        ["false positive", "1.0", "1.0", "20.0", "20.0"],
    ]
    drawings = cvat_xml.parse((folder / "annotations.xml").read_bytes())
    assert [list(drawing.boxes) for drawing in drawings] == [[Box("car", 1, 1, 20, 20)]] * len(images)
    assert len(list((folder / "reported").iterdir())) == 1
