"""A batch on the server: found or made once, complete, in order, with what people need to know."""

from collections import Counter
from dataclasses import replace

import pytest

from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.labeling import failures
from autoretrain_assets.labeling.base import Report
from autoretrain_assets.labeling.cvat import CvatBackend, uploads
from autoretrain_tests.labeling.cvat.batches import CAR, KEY, MISSED, batch, image
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import settings_of


@pytest.fixture
def server(cvat_signed_in):
    return cvat_signed_in


@pytest.fixture
def look(server):
    return Look(server)


def backend(server, **more) -> CvatBackend:
    return CvatBackend(settings_of(server, **more))


def test_the_task_has_the_images_by_content_the_reported_ones_first_and_the_order_stays(server, look, tmp_path):
    asked = batch(tmp_path, 5)
    task = backend(server).open(asked)
    [made] = look.tasks()
    assert (task.key, task.id, task.url) == (KEY, str(made["id"]), f"{server.url}/tasks/{made['id']}")
    assert made["name"] == KEY
    reported, *others = look.frames(made["id"])
    assert reported == asked.images[-1].sha256
    assert others == [one.sha256 for one in asked.images[:-1]]


def test_the_boxes_of_the_model_lie_there_and_say_that_a_machine_drew_them(server, look, tmp_path):
    asked = batch(tmp_path, 2)
    task = backend(server).open(asked)
    assert look.drawn(int(task.id)) == {asked.images[1].sha256: [("auto", CAR.x1, CAR.y1, CAR.x2, CAR.y2)]}


def test_what_operators_reported_stands_at_its_place(server, look, tmp_path):
    both = image(tmp_path, 10, reports=[MISSED, Report("false_positive", None, 1, 2, 3, 4)])
    task = backend(server).open(batch(tmp_path, images=[both, image(tmp_path, 20), image(tmp_path, 30, reasons=())]))
    assert sorted(text for _, _, text in look.remarks()) == [
        "Reported: false positive",
        "Reported: missed bus",
    ]
    places = {tuple(one["position"]) for one in look.listed(f"/api/issues?task_id={task.id}") if one["frame"] == 0}
    assert places == {(5, 30, 30, 45), (1, 2, 3, 4)}


def test_a_larger_batch_is_several_tasks_and_a_page_that_lists_them(server, look, tmp_path):
    asked = batch(tmp_path, 7)
    task = backend(server, images_per_task=3).open(asked)
    assert [made["name"] for made in look.tasks()] == [f"{KEY} {number}/3" for number in (1, 2, 3)]
    assert task.id == ",".join(str(made["id"]) for made in look.tasks())
    assert KEY in task.url
    look.is_there_once(asked)


def test_a_batch_cut_in_other_pieces_since_it_was_begun_still_has_each_image_once(server, look, tmp_path):
    asked = batch(tmp_path, 7)
    server.faults.add("POST /api/tasks$", "cut before", skip=1)
    with pytest.raises(failures.Unreachable):
        backend(server, images_per_task=4).open(asked)
    late = replace(asked, images=[*reversed(asked.images)])
    task = backend(server, images_per_task=2).open(late)
    look.is_there_once(asked)
    assert len(task.id.split(",")) == 2


def test_jobs_go_round_among_people_and_a_batch_begins_with_whom_its_key_says(server, look, tmp_path):
    more = {"assignees": ["bob", "ann"], "images_per_job": 2}
    first = set()
    for number in range(8):
        task = backend(server, **more).open(batch(tmp_path, 6, key=f"k{number}"))
        names = [job["assignee"]["username"] for job in look.person.jobs(int(task.id))]
        assert names in (["ann", "bob", "ann"], ["bob", "ann", "bob"])
        first.add(names[0])
    assert first == {"ann", "bob"}


def people_by_image(look, task):
    shown = look.frames(int(task.id))
    return {
        shown[frame]: job["assignee"]["username"]
        for job in look.person.jobs(int(task.id))
        for frame in range(job["start_frame"], job["stop_frame"] + 1)
    }


@pytest.mark.parametrize("names", [["ann", "bob"], ["ann", "bob", "admin"]])
def test_who_labels_an_image_once_more_is_another_than_who_has_it_first(server, look, tmp_path, names):
    more = {"assignees": names, "images_per_job": 2}
    for number in range(2):
        asked = batch(tmp_path, 8, key=f"k{number}")
        first = people_by_image(look, backend(server, **more).open(asked))
        again = replace(asked, key=f"k{number}-again", again_of=asked.key, images=[*reversed(asked.images)])
        second = people_by_image(look, backend(server, **more).open(again))
        assert first.keys() == second.keys()
        assert not [image for image, name in first.items() if second[image] == name]


def test_one_person_alone_labels_both_and_a_first_task_that_is_gone_stops_nothing(server, look, tmp_path):
    asked = batch(tmp_path, 4, key="k-again", again_of="k")
    assert set(people_by_image(look, backend(server, assignees=["ann"]).open(asked)).values()) == {"ann"}


def test_someone_whom_the_server_does_not_know_stops_it_before_a_task_is_made(server, look, tmp_path):
    with pytest.raises(failures.Rejected, match=r"no user eve .* mend labeling\.cvat\.assignees"):
        backend(server, assignees=["eve"]).open(batch(tmp_path))
    assert look.tasks() == []


def test_a_project_of_that_name_is_adopted_its_missing_labels_added_and_none_deleted(server, look, tmp_path):
    body = {"name": "autoretrain", "labels": [{"name": "car", "type": "rectangle"}, {"name": "old", "type": "any"}]}
    project = look.person.send("POST", "/api/projects", body)
    look.person.send("POST", "/api/projects", body | {"name": "autoretrain too"})
    backend(server).open(batch(tmp_path))
    labels = look.listed(f"/api/labels?project_id={project['id']}")
    assert sorted(label["name"] for label in labels) == ["bus", "car", "old"]
    assert [task["project_id"] for task in look.tasks()] == [project["id"]]
    assert len(look.listed("/api/projects")) == 2


def test_a_box_of_a_class_that_is_none_any_more_is_shown_with_its_label(server, look, tmp_path):
    old = image(tmp_path, 10, boxes=[Box("tram", 1, 2, 3, 4)])
    task = backend(server).open(batch(tmp_path, images=[old]))
    assert look.drawn(int(task.id)) == {old.sha256: [("auto", 1, 2, 3, 4)]}


def test_labels_that_were_added_and_not_answered_for_are_no_reason_to_fail(server, look, tmp_path):
    backend(server).open(batch(tmp_path, key="first"))
    server.faults.add("PATCH /api/projects", "cut after")
    backend(server, retries=2).open(batch(tmp_path, classes=["car", "bus", "bike"]))
    assert sorted(label["name"] for label in look.listed("/api/labels")) == ["bike", "bus", "car"]


def test_the_work_of_an_organization_is_there_and_nowhere_else(server, look, tmp_path):
    server.add_organization("works", ann="worker")
    asked = batch(tmp_path)
    backend(server, organization="works").open(asked)
    backend(server).open(asked)
    assert len(look.listed("/api/tasks?org=works")) == len(look.listed("/api/tasks?org=")) == 1


def test_what_people_drew_while_the_task_was_not_whole_yet_stays(server, look, tmp_path):
    asked = batch(tmp_path, 2, images=[image(tmp_path, 10), image(tmp_path, 20)])
    server.faults.add("PATCH /api/tasks", "cut before")
    with pytest.raises(failures.Unreachable):
        backend(server).open(asked)
    [begun] = look.tasks()
    assert "being made" in begun["name"]
    look.person.draw(begun["id"], {0: [("bus", 1, 2, 3, 4)]})
    look.person.complete(begun["id"])
    task = backend(server).open(asked)
    assert task.id == str(begun["id"])
    assert look.drawn(begun["id"])[asked.images[0].sha256] == [("manual", 1, 2, 3, 4)]


def test_what_a_server_made_late_of_a_request_that_was_given_up_is_removed(server, look, tmp_path):
    asked = batch(tmp_path)
    task = backend(server).open(asked)
    [project] = look.listed("/api/projects")
    look.person.send("POST", "/api/tasks", {"name": f"{KEY} (being made)", "project_id": project["id"]})
    assert backend(server).open(asked) == task
    look.is_there_once(asked)


def test_a_task_of_other_images_is_made_anew_unless_people_began_at_it(server, look, tmp_path):
    server.faults.add("PATCH /api/tasks", "cut before", times=2)
    other = batch(tmp_path, images=[image(tmp_path, 200)])
    with pytest.raises(failures.Unreachable):
        backend(server).open(other)
    asked = batch(tmp_path)
    with pytest.raises(failures.Unreachable):
        backend(server).open(asked)
    [begun] = look.tasks()
    assert sorted(look.frames(begun["id"])) == sorted(one.sha256 for one in asked.images)
    look.person.complete(begun["id"])
    with pytest.raises(failures.Rejected, match="people began at it"):
        backend(server).open(other)
    assert [task["id"] for task in look.tasks()] == [begun["id"]]


def test_a_task_is_only_looked_up_once_it_is_whole(server, tmp_path):
    asked = batch(tmp_path)
    backend(server).open(asked)
    for one in asked.images:
        one.path.unlink()
    server.log.clear()
    backend(server).open(asked)
    assert {seen.method for seen in server.log.exchanges} == {"GET"}
    assert server.log.count() == 2


def test_what_the_server_unpacks_when_a_run_ends_is_waited_for_and_not_sent_anew(server, look, tmp_path, monkeypatch):
    asked = batch(tmp_path)
    server.world.unfinished = ["started"] * 100
    with pytest.raises(failures.ServerFault, match="the next run goes on waiting"):
        backend(server, wait_s=0.1).open(asked)
    [task] = server.world.tasks.values()
    unpacked, task.media = task.media, None

    def unpack(_seconds: float) -> None:
        task.media = unpacked
        for work in server.world.background.values():
            work.unfinished = []

    monkeypatch.setattr(uploads.time, "sleep", unpack)
    assert backend(server).open(asked).id == str(task.id)
    assert task.media is unpacked
    look.is_there_once(asked)


def test_an_image_that_the_server_cannot_unpack_is_told_by_its_name(server, tmp_path):
    asked = batch(tmp_path, 2)
    asked.images[0].path.write_bytes(b"no picture")
    with pytest.raises(failures.Rejected, match=rf"{asked.images[0].sha256}.*mend or remove"):
        backend(server).open(asked)


def test_an_image_that_is_shown_in_other_pixels_makes_no_task_that_people_see_as_whole(server, look, tmp_path):
    odd = replace(image(tmp_path, 10), width=48, height=64)
    with pytest.raises(failures.Rejected, match=r"to 64 x 48 pixels, the image has \(48, 64\)"):
        backend(server).open(batch(tmp_path, images=[odd]))
    assert "being made" in look.tasks()[0]["name"]


def test_a_batch_that_cannot_be_made_makes_nothing(server, look, tmp_path):
    asked = batch(tmp_path)
    with pytest.raises(failures.LabelingError, match="no image"):
        backend(server).open(replace(asked, images=[]))
    with pytest.raises(failures.LabelingError, match="2 times"):
        backend(server).open(replace(asked, images=[asked.images[0]] * 2))
    asked.images[0].path.unlink()
    with pytest.raises(IntegrityError, match="restore the image"):
        backend(server).open(asked)
    assert look.tasks() == []


def test_two_whole_tasks_of_one_batch_are_for_a_person_to_choose_from(server, look, tmp_path):
    asked = batch(tmp_path)
    task = backend(server).open(asked)
    other = backend(server).open(replace(asked, key="other"))
    look.person.send("PATCH", f"/api/tasks/{other.id}", {"name": KEY})
    with pytest.raises(failures.Rejected, match=f"two tasks named {KEY}"):
        backend(server).open(asked)
    assert len(look.tasks()) == 2
    assert task.id != other.id


def test_five_thousand_boxes_are_sent_in_little_time(server, look, tmp_path):
    crowd = image(tmp_path, 10, boxes=[Box("car", n % 50, n % 40, n % 50 + 5, n % 40 + 5) for n in range(5000)])
    task = backend(server).open(batch(tmp_path, images=[crowd]))
    assert len(look.drawn(int(task.id))[crowd.sha256]) == 5000


def test_the_tasks_of_a_batch_go_to_different_people_too(server, look, tmp_path):
    backend(server, images_per_task=2, images_per_job=2, assignees=["ann", "bob"]).open(batch(tmp_path, 8))
    jobs = [job for task in look.tasks() for job in look.person.jobs(task["id"])]
    assert Counter(job["assignee"]["username"] for job in jobs) == {"ann": 2, "bob": 2}
