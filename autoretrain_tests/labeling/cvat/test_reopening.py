"""An answer that cannot be used goes back to the people of its job, with the reason at its image."""

from dataclasses import replace

import pytest

from autoretrain_assets.labeling import failures
from autoretrain_assets.labeling.base import SENT_BACK
from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.labeling.cvat.batches import batch, image
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import settings_of


@pytest.fixture
def server(cvat_signed_in):
    return cvat_signed_in


@pytest.fixture
def asked(tmp_path):
    return batch(tmp_path, images=[image(tmp_path, shade, reasons=()) for shade in (10, 20, 30, 40)])


@pytest.fixture
def backend(server) -> CvatBackend:
    return CvatBackend(settings_of(server, images_per_job=2))


@pytest.fixture
def finished(server, backend, asked):
    task = backend.open(asked)
    Person(server).accept(int(task.id))
    return task


def states(server, task):
    return [(job["stage"], job["state"]) for job in Person(server).jobs(int(task.id))]


def test_only_the_job_of_the_image_goes_back_and_the_image_says_why(server, backend, asked, finished):
    backend.reopen(finished, {asked.images[3].sha256: "box car sticks out"})
    assert states(server, finished) == [("acceptance", "completed"), ("validation", "rejected")]
    [(job, frame, text)] = Look(server).remarks()
    assert (frame, text) == (3, "Sent back: box car sticks out")
    assert job == Person(server).jobs(int(finished.id))[1]["id"]
    progress = backend.progress(finished)
    assert progress.state == SENT_BACK
    assert progress.sent_back == f"1 image, such as: box car sticks out ({finished.url}/jobs/{job})"


def test_what_lies_on_no_image_sends_its_job_back(server, backend, finished):
    backend.reopen(finished, {"frame 99 of job 1": "no frame of this job"})
    assert states(server, finished) == [("validation", "rejected"), ("acceptance", "completed")]


def test_what_is_wrong_with_no_image_of_the_task_sends_all_of_it_back(server, backend, finished):
    backend.reopen(finished, {"f" * 64: "not an image of this task"})
    assert states(server, finished) == [("validation", "rejected")] * 2
    assert "rejected on the server" in backend.progress(finished).sent_back


@pytest.mark.parametrize("kind", ["cut before", "cut after"])
def test_a_run_that_is_cut_off_sends_back_again_and_says_it_once(server, backend, asked, finished, kind):
    reasons = {one.sha256: "look again" for one in asked.images}
    server.log.clear()
    backend.reopen(finished, reasons)
    last = server.log.count()
    assert last > 5
    for number in range(last):
        task = backend.open(replace(asked, key=f"k{number}"))
        Person(server).accept(int(task.id))
        server.faults.add("", kind, skip=number)
        with pytest.raises(failures.PASSING):
            backend.reopen(task, reasons)
        backend.reopen(task, reasons)
        assert states(server, task) == [("validation", "rejected")] * 2
    remarks = Look(server).remarks()
    assert set(remarks.values()) == {1}
    assert len(remarks) == 4 * (last + 1)


def test_a_reason_that_people_resolved_is_said_anew_when_it_holds_again(server, backend, asked, finished):
    reasons = {asked.images[0].sha256: "look again"}
    backend.reopen(finished, reasons)
    [issue] = Look(server).listed("/api/issues")
    Person(server).send("PATCH", f"/api/issues/{issue['id']}", {"resolved": True})
    assert "rejected on the server" in backend.progress(finished).sent_back
    Person(server).accept(int(finished.id))
    backend.reopen(finished, reasons)
    assert len(Look(server).listed("/api/issues")) == 2


def test_many_tasks_that_came_back_are_told_of_in_a_few_requests(server, backend, asked, tmp_path):
    tasks = [backend.open(batch(tmp_path, images=asked.images, key=f"k{number}")) for number in range(5)]
    for task in tasks:
        Person(server).accept(int(task.id))
        backend.reopen(task, {asked.images[0].sha256: f"wrong in {task.key}"})
    server.log.clear()
    said = [one.sent_back for one in backend.progress_of(tasks).values()]
    assert server.log.count() == 3
    assert all(f"wrong in {task.key}" in text for task, text in zip(tasks, said, strict=True))


def test_a_task_of_very_many_jobs_is_sent_back_and_told_of_in_addresses_of_a_few_thousand_characters(
    server, backend, asked, finished
):
    with server.world.lock:
        [job, _] = server.world.jobs_of(server.world.tasks[int(finished.id)])
        for number in range(1_000_001, 1_001_001):
            server.world.jobs[number] = replace(job, id=number)
    backend.reopen(finished, {"frame 99 of job 1": "no frame of this job"})
    assert "rejected on the server" in backend.progress(finished).sent_back
    assert max(len(seen.query.get("filter", "")) for seen in server.log.exchanges) < 4000


def test_links_lead_to_the_address_that_people_open(server, asked):
    backend = CvatBackend(settings_of(server, public_url="https://labels.example.org/"))
    task = backend.open(asked)
    assert task.url == f"https://labels.example.org/tasks/{task.id}"
    Person(server).accept(int(task.id))
    backend.reopen(task, {asked.images[0].sha256: "a car is missing"})
    job = Person(server).jobs(int(task.id))[0]["id"]
    assert f"{task.url}/jobs/{job}" in backend.progress(task).sent_back
