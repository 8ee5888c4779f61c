"""What a person and a script are told of what was refused."""

import json

from autoretrain_tests.homes import DAY, laid_out, send, take_in


def test_a_retry_of_which_something_stays_is_no_success(autoretrain, tmp_path):
    home = laid_out(tmp_path / "home")
    for name in ("a", "b"):
        send(home, name, predictions=[{"label": "boat", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}])
    take_in(home, DAY)
    next(home.quarantine.glob("*/a-*/event.json")).unlink()

    answer = autoretrain("quarantine", "retry", "--all", "--home", home.root)
    first, second = answer.out.splitlines()
    assert ("stays: " in first, "the next run judges it" in second) == (True, True)
    assert answer.code == 1


def test_nothing_in_quarantine_is_told_from_nothing_that_matches(autoretrain, tmp_path):
    home = laid_out(tmp_path / "home")
    at_home = ["--home", home.root]
    for way in ([], ["--ids"]):
        assert autoretrain("quarantine", "list", *way, *at_home).out == "nothing is in quarantine\n"
    send(home, "a", predictions=[{"label": "boat", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}])
    take_in(home, DAY)
    other = ["--reason", "image", *at_home]
    for command in (["list"], ["list", "--ids"], ["retry"]):
        assert autoretrain("quarantine", *command, *other).out == "nothing matches: 1 event in quarantine\n"
    assert autoretrain("quarantine", "list", "--json", *other).out == "[]\n"


def test_one_refused_event_is_told_a_script_as_the_list_tells_it(autoretrain, tmp_path):
    home = laid_out(tmp_path / "home")
    send(home, "a", predictions=[{"label": "boat", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}])
    take_in(home, DAY)
    [listed] = json.loads(autoretrain("quarantine", "list", "--json", "--home", home.root).out)
    shown = json.loads(autoretrain("quarantine", "show", listed["id"], "--json", "--home", home.root).out)
    assert shown == listed
    assert shown["field"] == "predictions.label"
    assert shown["advice"] == "label it as one of dataset.classes in autoretrain.yaml"
