"""A task whose jobs are collected one by one: what is finished is labels at once, and nothing is lost or doubled."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from autoretrain_assets import due
from autoretrain_assets.commands import labelling
from autoretrain_assets.commands.remaking import remake
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.commands.status import as_json, status
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_assets.labeling.failures import Gone, Unreachable
from autoretrain_assets.tables import Table
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.homes import DAY, laid_out, send, take_in, tasks, ticked
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in"]

BUS = [("bus", 5, 5, 30, 30)]
WRONG = [("car", 1, 1, 500, 20)]


@pytest.fixture
def home(cvat_signed_in, tmp_path):
    """A day of six images in three jobs."""
    settings = ["url=" + cvat_signed_in.url, "retries=0", "partial=true", "images_per_job=2"]
    home = laid_out(tmp_path / "home", "labeling.backend=cvat", *(f"labeling.cvat.{one}" for one in settings))
    for name in "abcdef":
        send(home, name)
    take_in(home, DAY)
    return home


class Desk:
    """The day's only task, and what people do at its jobs."""

    def __init__(self, server, home):
        [(self.key, _, self.images)] = tasks(home)
        [task] = Look(server).tasks()
        self.person, self.task, self.home = Person(server), task["id"], home
        self.frames = Look(server).frames(self.task)

    def finish(self, *jobs, boxes=()):
        """Draw the boxes on each image of these jobs, counted from 0, and accept them."""
        every = self.person.jobs(self.task)
        for one in jobs:
            self.person.draw(self.task, dict.fromkeys((2 * one, 2 * one + 1), boxes))
            self.person.accept_job(every[one]["id"])

    def labels(self):
        """By the number of its frame, the labels that were collected."""
        rows = self.home.annotations.read(DAY)
        assert rows["sha256"].is_unique().all()
        return {
            self.frames.index(sha): [box["label"] for box in boxes]
            for sha, boxes in rows.sort("sha256").select("sha256", "boxes").iter_rows()
        }


@pytest.fixture
def desk(cvat_signed_in, home):
    return Desk(cvat_signed_in, home)


def run(home):
    return "\n".join(run_due(home.root))


def now():
    return datetime.now(UTC)


def test_a_finished_job_is_labels_while_the_others_are_open_and_all_say_so(home, desk):
    assert due.answers(home) == {}
    desk.finish(1, boxes=BUS)
    assert list(due.answers(home)) == [DAY]
    assert f"{DAY}: task {desk.key}: 2 of 6 images collected" in run(home)
    assert desk.labels() == {2: ["bus"], 3: ["bus"]}
    assert due.answers(home) == {}
    assert f"in part: {desk.key}: 2 of 6 images collected" in list(status(home.root, now()))
    said = as_json(home.root, now())
    assert said["collected_in_part"] == [{"task": desk.key, "collected": 2, "images": 6}]
    assert (said["open_tasks"], said["finished_tasks"]) == (1, 0)
    listed, *_ = labelling.lines(labelling.tasks(home.root))
    assert f"{desk.key}  6 images  open, 2 of 6 images collected  http" in listed
    with dg.DagsterInstance.ephemeral() as instance:
        looked = ticked(home, instance, "answers_finished")
    assert f"no task is finished, 1 open; {desk.key}: 2 of 6 images collected" in looked.skip_message

    desk.finish(0, 2)
    assert f"{DAY}: 6 images labelled, of 1 task" in run(home)
    assert desk.labels() == {0: [], 1: [], 2: ["bus"], 3: ["bus"], 4: [], 5: []}
    assert (due.answers(home), due.waiting_tasks(home)) == ({}, [])
    assert [one.state for one in labelling.tasks(home.root)] == ["collected"]
    assert not any(line.startswith("in part") for line in status(home.root, now()))


def test_the_task_is_the_unit_unless_the_owner_wants_it_otherwise(home, desk):
    path = home.root / "autoretrain.yaml"
    path.write_text(path.read_text().replace("partial: true", "partial: false"))
    home = Home.open(home.root)
    desk.finish(1, boxes=BUS)
    assert due.answers(home) == {}
    run(home)
    assert home.annotations.query().is_empty()


def test_a_job_with_a_wrong_image_goes_back_alone_and_the_others_are_kept(home, desk):
    desk.finish(0, boxes=BUS)
    desk.finish(1, boxes=WRONG)
    told = run(home)
    assert f"{DAY}: task {desk.key}: 2 of 6 images collected" in told
    assert f"{DAY}: task {desk.key} was sent back: 2 images, such as: box car" in told
    states = [(job["stage"], job["state"]) for job in desk.person.jobs(desk.task)]
    assert states == [("acceptance", "completed"), ("validation", "rejected"), ("annotation", "new")]
    assert desk.labels() == {0: ["bus"], 1: ["bus"]}
    assert due.answers(home) == {}
    desk.finish(1)
    run(home)
    assert desk.labels() == {0: ["bus"], 1: ["bus"], 2: [], 3: []}


def test_a_job_is_corrected_while_others_are_open_and_its_older_labels_stay_until_it_passes(home, desk):
    desk.finish(0, boxes=BUS)
    run(home)
    desk.finish(0, boxes=WRONG)
    run(home)
    assert desk.labels() == {0: ["bus"], 1: ["bus"]}
    desk.finish(0)
    assert list(due.answers(home)) == [DAY]
    run(home)
    assert desk.labels() == {0: [], 1: []}
    assert due.answers(home) == {}


def test_what_was_collected_is_not_read_again(home, desk, cvat_signed_in):
    desk.finish(0)
    run(home)
    desk.finish(2)
    first = desk.person.jobs(desk.task)[0]["id"]
    cvat_signed_in.log.clear()
    run(home)
    assert cvat_signed_in.log.count("GET .*annotations") == 1
    assert cvat_signed_in.log.count(f"/jobs/{first}/annotations") == 0


@pytest.mark.parametrize("killed_at", [(CvatBackend, "collect_finished"), (CvatBackend, "reopen"), (Table, "write")])
def test_a_run_that_is_killed_loses_nothing_and_doubles_nothing(home, desk, monkeypatch, killed_at):
    desk.finish(0, boxes=BUS)
    run(home)
    desk.finish(1, boxes=WRONG)
    desk.finish(2, boxes=BUS)

    class Killed(BaseException):
        """As if the power went."""

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*killed_at, kill)
        with pytest.raises(Killed):
            run(home)
    assert desk.labels() == {0: ["bus"], 1: ["bus"]}
    run(home)
    assert desk.labels() == {0: ["bus"], 1: ["bus"], 4: ["bus"], 5: ["bus"]}
    desk.finish(1)
    run(home)
    assert sorted(desk.labels()) == list(range(6))
    assert due.answers(home) == {}


def test_a_server_that_falls_silent_while_a_job_goes_back_has_kept_nothing_of_the_task(home, desk, cvat_signed_in):
    desk.finish(0, boxes=WRONG)
    desk.finish(1, boxes=BUS)
    cvat_signed_in.faults.add(lambda call: call.method == "PATCH" and "/api/jobs/" in call.path, "broken")
    with pytest.raises(Unreachable, match="not all of its answers are collected yet"):
        run(home)
    assert desk.labels() == {}
    run(home)
    assert desk.labels() == {2: ["bus"], 3: ["bus"]}


def test_a_task_that_is_gone_before_all_of_it_was_collected_is_an_error(home, desk):
    desk.finish(0)
    run(home)
    desk.person.send("DELETE", f"/api/tasks/{desk.task}")
    assert list(due.answers(home)) == [DAY]
    with pytest.raises(Gone, match=f"Task {desk.key} is gone"):
        run(home)
    assert desk.labels() == {0: [], 1: []}


def test_what_was_lost_of_such_a_task_is_asked_for_again_and_what_was_collected_stays(home, desk, cvat_signed_in):
    desk.finish(0, boxes=BUS)
    run(home)
    desk.person.send("DELETE", f"/api/tasks/{desk.task}")
    assert "the next run makes it anew" in remake(home.root, desk.key)
    assert due.answers(home) == {}
    take_in(home, DAY)
    anew = Desk(cvat_signed_in, home)
    assert len(anew.labels()) == 2
    anew.finish(0, 1, 2)
    run(home)
    assert anew.labels() == {frame: [] for frame in range(6)}
    assert due.answers(home) == {}
