"""What is said of the tasks that people label: of one that they finish, finish again, and correct."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from autoretrain_assets.commands import labelling
from autoretrain_assets.commands.labelling import finish_task
from autoretrain_assets.errors import InputError
from autoretrain_assets.loop import opened
from autoretrain_tests.homes import DAY, laid_out, tasks, with_a_task

NOW = datetime(2025, 3, 5, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    return with_a_task(tmp_path / "home")


def collect(home):
    with opened(home) as loop:
        loop.labels(DAY)


def save(folder, old, new, seconds=5):
    """Change annotations.xml as a tool saves it, its time being so long after the marker's."""
    path = folder / "annotations.xml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    later = (folder / "DONE").stat().st_mtime + seconds
    os.utime(path, (later, later))


def test_a_task_that_is_done_after_it_was_corrected_is_collected_anew(home):
    [(key, _, _)] = tasks(home)
    folder = home.root / "tasks" / key
    assert finish_task(home.root, key, "ann", NOW) == f"{key} is finished; the next run collects it."
    collect(home)
    said = finish_task(home.root, key, "bob", NOW + timedelta(hours=1))
    assert said.startswith(f"{key} was collected, and its annotations.xml is as it was then: correct it there")

    save(folder, 'label="car"', 'label="bus"')
    said = finish_task(home.root, key, "bob", NOW + timedelta(hours=2))
    assert said == (
        f"{key} was corrected; the next run collects it anew, and its newer labels go into the next version."
    )
    collect(home)
    [row] = home.annotations.read(DAY).to_dicts()
    assert (row["boxes"][0]["label"], row["annotator"]) == ("bus", "bob")


def test_a_correction_is_known_by_what_it_says_and_not_by_the_time_of_its_file(home):
    """A copy or an archive keeps the time at which the file was saved elsewhere."""
    [(key, _, _)] = tasks(home)
    folder = home.root / "tasks" / key
    finish_task(home.root, key, "ann", NOW)
    collect(home)
    save(folder, 'label="car"', 'label="bus"', seconds=-3600)
    assert "was corrected" in finish_task(home.root, key, "bob", NOW + timedelta(hours=1))
    collect(home)
    assert home.annotations.read(DAY)["boxes"][0][0]["label"] == "bus"
    os.utime(folder / "annotations.xml")
    assert "is as it was then" in finish_task(home.root, key, "bob", NOW + timedelta(hours=2))


def test_a_home_without_a_task_says_so(tmp_path):
    home = laid_out(tmp_path / "home")
    [line] = labelling.lines(labelling.tasks(home.root))
    assert line.startswith("there is no task: ")
    with pytest.raises(InputError, match="there is no task nope: there are none"):
        labelling.finish_task(home.root, "nope", "ann", datetime.now(UTC))


def test_a_task_is_listed_finished_by_its_key_and_by_no_other(tmp_path):
    home = with_a_task(tmp_path / "home")
    [(key, _, _)] = tasks(home)
    [line] = labelling.lines(labelling.tasks(home.root))
    assert line.startswith(f"{key}  1 image  open  file://")
    with pytest.raises(InputError, match="no task nope: `autoretrain label list` names the 1 task there"):
        labelling.finish_task(home.root, "nope", "ann", datetime.now(UTC))
    labelling.finish_task(home.root, key, "ann", datetime.now(UTC))
    assert [one.state for one in labelling.tasks(home.root)] == ["finished"]
