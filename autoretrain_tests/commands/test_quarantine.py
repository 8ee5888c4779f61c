"""An owner looks at what was refused, mends it, and tries it again."""

import json

import pytest

from autoretrain_assets.commands import quarantine
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.refusals import Refusal
from autoretrain_tests.homes import DAY, laid_out, send, take_in

BOAT = {"label": "boat", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}
OUTSIDE = BOAT | {"label": "car", "x1": 900, "x2": 950}


@pytest.fixture
def home(tmp_path):
    """Two events of an unknown class and one with a box outside, all refused."""
    home = laid_out(tmp_path / "home")
    for name, box in (("a", BOAT), ("b", BOAT), ("c", OUTSIDE)):
        send(home, name, predictions=[box])
    take_in(home, DAY)
    return home


def mend(home, name):
    one = next(one for one in quarantine.refused(home.root) if one.id.startswith(name))
    file = one.folder / "event.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"predictions": []}))
    return one


def test_what_was_refused_is_counted_by_day_and_field(home):
    lines = list(quarantine.counted(quarantine.refused(home.root)))
    assert [line.partition(", such as")[0] for line in lines] == [
        f"{DAY}  predictions: 1",
        f"{DAY}  predictions.label: 2",
    ]
    assert len(quarantine.refused(home.root, reason="predictions.label")) == 2


def test_of_many_fields_each_is_found_without_a_look_through_all():
    """Who sends events decides how many fields are wrong: each may have an unknown one of its own."""
    looks = []

    class Looked(Refusal):
        def __getattribute__(self, name):
            looks.append(name)
            return super().__getattribute__(name)

    many = [Looked(f"e{at}", DAY, None, f"colour{at}", "", "f", "capture") for at in range(300)]
    looks.clear()
    assert len(list(quarantine.counted(many))) == len(many)
    assert len(looks) < 20 * len(many)


def test_one_is_explained_with_its_way_out(home):
    [one] = quarantine.refused(home.root, reason="predictions")
    text = "\n".join(quarantine.explained(home.root, quarantine.named(home.root, one.id)))
    assert "the box lies outside the image" in text
    assert "to mend it: give the box in pixels of the upright image, and inside it" in text
    assert f"autoretrain quarantine retry {one.id}" in text
    with pytest.raises(InputError, match="nope is not among the 3 events"):
        quarantine.named(home.root, "nope")


def test_only_what_was_asked_for_comes_back_and_is_judged_anew(home):
    one = mend(home, "a")
    [line] = quarantine.retried(home.root, [one.id], None, None, everything=False)
    assert ("the next run judges it" in line.text, line.stays) == (True, False)
    take_in(home, DAY)
    assert home.raw_feedback.read(DAY)["event_id"].to_list() == ["a"]
    assert sorted(one.id[0] for one in quarantine.refused(home.root)) == ["b", "c"]

    assert len(list(quarantine.retried(home.root, [], DAY, "predictions.label", everything=False))) == 1
    take_in(home, DAY)
    assert sorted(one.id[0] for one in quarantine.refused(home.root)) == ["b", "c"]


def test_a_retry_that_names_nothing_touches_nothing(home):
    with pytest.raises(InputError, match="say which events"):
        list(quarantine.retried(home.root, [], None, None, everything=False))
    assert len(quarantine.refused(home.root)) == 3
