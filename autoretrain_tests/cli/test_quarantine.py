"""What a script is told of a retry by its exit code."""

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
