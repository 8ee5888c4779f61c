"""Images that two people label: a second task of the day, measured, and no label."""

from datetime import UTC, datetime, timedelta

import pytest

from autoretrain_assets import due
from autoretrain_assets.boxes import Box
from autoretrain_assets.commands import checks
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.commands.status import as_json, status
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_tests.homes import DAY, commit_version, laid_out, send, take_in, tasks

NOW = datetime(2025, 3, 4, tzinfo=UTC)
CAR, BUS = Box("car", 1, 1, 20, 20), Box("bus", 30, 1, 50, 20)
SOME = "abcdefghijklmnop"


def fed(root, *settings):
    home = laid_out(root, *settings)
    for name in SOME:
        send(home, name)
    take_in(home, DAY)
    return home


@pytest.fixture
def home(tmp_path):
    return fed(tmp_path / "home", "labeling.twice_share=0.5", "mining.budget_per_day=100")


def finish(home, key, boxes, by, at=NOW):
    [images] = [images for one, _, images in tasks(home) if one == key]
    home.labeling.write_answers(key, dict.fromkeys(images, boxes))
    home.labeling.finish(key, by, at)


def test_a_part_of_the_images_is_in_a_second_task_drawn_by_seed_and_image(home, tmp_path):
    (key, _, images), (again, state, some) = tasks(home)
    assert (again, state) == (f"{key}-again", "open")
    assert set(some) < set(images)
    assert 0 < len(some) < len(images)
    other = fed(tmp_path / "other", "labeling.twice_share=0.5", "mining.budget_per_day=100")
    assert tasks(other) == tasks(home)
    seeded = fed(tmp_path / "seeded", "labeling.twice_share=0.5", "mining.budget_per_day=100", "seed=7")
    assert tasks(seeded)[1][2] != some
    assert f"for others than the people of {key}" in (home.root / "tasks" / again / "README.txt").read_text()


@pytest.mark.parametrize(("share", "count"), [(0, 1), (1, 2)])
def test_none_or_all_of_them_are(tmp_path, share, count):
    found = tasks(fed(tmp_path / "home", f"labeling.twice_share={share}"))
    assert len(found) == count
    assert len({tuple(images) for _, _, images in found}) == 1


def test_both_tasks_are_noted_at_once_and_opened_after_a_kill(tmp_path, monkeypatch):
    class Killed(BaseException):
        """As if the power went."""

    def kill(*_):
        raise Killed

    root = tmp_path / "home"
    with monkeypatch.context() as patch:
        patch.setattr("autoretrain_assets.labeling.folder.FolderBackend.open", kill)
        with pytest.raises(Killed):
            fed(root, "labeling.twice_share=1")
    home = Home.open(root)
    assert [state for _, state, _ in tasks(home)] == ["opening", "opening"]
    take_in(home, DAY)
    assert [state for _, state, _ in tasks(home)] == ["open", "open"]


def test_what_the_second_says_is_measured_told_and_no_label(home, tmp_path):
    (key, _, images), (again, _, some) = tasks(home)
    finish(home, again, [CAR, BUS], "bob", NOW + timedelta(days=1))
    assert f"{DAY}: {len(some)} images labelled once more, of 1 task" in list(run_due(home.root))
    assert due.labels(home).rows.is_empty()
    assert due.waiting(home).new_labels == 0

    finish(home, key, [CAR], "ann")
    assert f"{DAY}: {len(images)} images labelled, of 1 task" in list(run_due(home.root))
    assert set(due.labels(home).rows["annotator"]) == {"ann"}
    pair = f"ann and bob: 0.666 alike, on {len(some)} images"
    lines = list(status(home.root, NOW))
    assert f"agreement: {pair}" in lines
    assert any(line.startswith("disagreement: ann and bob agree by 0.666") for line in lines)
    assert lines[-1] == "to do: let people settle what is to be drawn: 1 pair with too little agreement"
    said = as_json(home.root, NOW)
    assert [(one["one"], one["other"], one["images"]) for one in said["agreement"]] == [("ann", "bob", len(some))]
    assert len(said["disagreements"]) == 1
    [doubt] = [one for one in checks.check(home.root, NOW) if one.name == "labels"]
    assert (doubt.ok, doubt.doubtful) == (True, True)
    assert "labeling.min_agreement asks for 0.7" in doubt.text

    commit_version(home, "v0001", tmp_path)
    finish_anew(home, again, [], "bob")
    with opened(home) as loop:
        loop.labels(DAY)
    assert due.agreement(home)["agreement"].to_list() == [0.0]
    assert (due.waiting(home).new_labels, due.waiting(home).corrected) == (0, 0)


def finish_anew(home, key, boxes, by):
    (home.root / "tasks" / key / "DONE").unlink()
    finish(home, key, boxes, by, NOW + timedelta(days=9))


def test_who_labels_both_is_not_held_against_himself(home):
    for key, _, _ in tasks(home):
        finish(home, key, [CAR], "ann")
    list(run_due(home.root))
    assert due.agreement(home).is_empty()
    assert not any(line.startswith(("agreement", "disagreement")) for line in status(home.root, NOW))
