"""A person's work is seen through the SDK."""

from autoretrain_tests.cvat.person import Person
from autoretrain_tests.cvat.speaking import project, task


def test_what_a_person_draws_is_read_and_the_rest_stays(cvat_server, sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path, images=4, segment_size=2)
    Person(cvat_server).draw(made.id, {"0.png": [("car", 1, 2, 3, 4)], "3": [("bus", 5, 6, 7, 8)]})
    Person(cvat_server).finish(made.id, {0: [("bus", 2, 2, 9, 9)]})
    drawn = [(shape.frame, shape.points) for shape in made.get_annotations().shapes]
    assert drawn == [(0, [2, 2, 9, 9]), (3, [5, 6, 7, 8])]
    assert made.fetch().jobs.completed == 2


def test_a_deleted_frame_stays_in_its_place_with_what_was_drawn(cvat_server, sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path, images=3, segment_size=2)
    Person(cvat_server).draw(made.id, {1: [("car", 1, 2, 3, 4)]})
    Person(cvat_server).delete_frame(made.id, "1.png")
    Person(cvat_server).delete_frame(made.id, 2)
    meta = made.get_meta()
    assert (len(meta.frames), meta.deleted_frames) == (3, [1, 2])
    assert len(made.get_annotations().shapes) == 1


def test_an_annotator_completes_her_jobs_and_cannot_accept_them(cvat_server, sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path, images=4, segment_size=2)
    admin, ann = Person(cvat_server), Person(cvat_server, "ann")
    mine, other = (job["id"] for job in admin.jobs(made.id))
    assert ann.ask("GET", f"/api/jobs/{mine}")[0] == 403
    admin.assign(mine, "ann")
    assert [job["id"] for job in ann.jobs(made.id)] == [mine]
    assert ann.ask("PATCH", f"/api/jobs/{mine}", {"stage": "acceptance"})[0] == 403
    assert ann.ask("PATCH", f"/api/jobs/{mine}", {"state": "completed"})[0] == 200
    assert ann.ask("PATCH", f"/api/jobs/{other}", {"state": "completed"})[0] == 403
