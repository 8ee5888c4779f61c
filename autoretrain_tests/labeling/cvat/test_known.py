"""Images whose labels are known measure how good a job is, and never come back as answers."""

import pytest

from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_assets.labeling.failures import PASSING, Incompatible
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.labeling.cvat.batches import BUS, CAR, batch, image, known
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import settings_of

PLACE = (CAR.x1, CAR.y1, CAR.x2, CAR.y2)


@pytest.fixture
def server(cvat_signed_in):
    return cvat_signed_in


@pytest.fixture
def asked(tmp_path):
    images = [image(tmp_path, 10 * number, boxes=(), reasons=()) for number in range(1, 7)]
    return batch(tmp_path, images=images, known=[known(tmp_path, 200, BUS), known(tmp_path, 210, CAR)])


def backend(server, **more) -> CvatBackend:
    return CvatBackend(settings_of(server, images_per_job=4, **more))


def by_job(table):
    return dict(table.select("job", "quality").unique().sort("job").iter_rows())


def answer(server, task, drawn):
    """Draw on every frame that shows the image, as an annotator does who cannot know which are known."""
    person, names = Person(server), Look(server).frames(int(task.id))
    person.draw(int(task.id), {number: drawn[name] for number, name in enumerate(names) if name in drawn})
    person.accept(int(task.id))


@pytest.mark.parametrize("mode", ["gt", "gt_pool"])
def test_known_images_are_among_the_others_with_their_labels_out_of_sight_and_no_answers(server, asked, mode):
    mine = backend(server, known_mode=mode)
    task = mine.open(asked)
    look = Look(server)
    assert look.drawn(int(task.id)) == {}
    right = {sha: [shape[1:] for shape in shapes] for sha, shapes in look.drawn(int(task.id), "ground_truth").items()}
    assert right == {asked.known[0].sha256: [(10, 10, 60, 40)], asked.known[1].sha256: [PLACE]}
    [truth] = look.person.jobs(int(task.id), "ground_truth")
    assert (truth["stage"], truth["state"]) == ("acceptance", "completed")
    assert mine.progress(task).images == 6
    look.person.accept(int(task.id))
    answers = mine.collect(task)
    assert sorted(answers.table["sha256"]) == sorted(one.sha256 for one in asked.images)
    assert answers.problems == {}


def test_a_job_is_as_good_as_its_answers_on_known_images(server, asked):
    mine = backend(server)
    task = mine.open(asked)
    answer(server, task, {asked.known[0].sha256: [("bus", 10, 10, 60, 40)], asked.known[1].sha256: [("bus", *PLACE)]})
    assert sorted(by_job(mine.collect(task).table).values()) == [0.0, 1.0]


def test_a_box_too_many_costs_and_a_job_without_a_known_image_is_not_measured(server, tmp_path):
    images = [image(tmp_path, 10 * number, boxes=()) for number in range(1, 9)]
    mine = backend(server)
    task = mine.open(batch(tmp_path, images=images, known=[known(tmp_path, 200, BUS)]))
    one_too_many = [("bus", 10, 10, 60, 40), ("car", 1, 1, 5, 5)]
    answer(server, task, dict.fromkeys([known(tmp_path, 200).sha256], one_too_many))
    assert sorted(by_job(mine.collect(task).table).values(), key=str) == [pytest.approx(2 / 3), None, None]


def test_in_a_pool_every_job_is_measured(server, asked):
    mine = backend(server, known_mode="gt_pool")
    task = mine.open(asked)
    answer(server, task, {asked.known[0].sha256: [("bus", 10, 10, 60, 40)], asked.known[1].sha256: [("car", *PLACE)]})
    table = mine.collect(task).table
    assert set(by_job(table).values()) == {1.0}
    assert table["quality"].null_count() == 0


def test_the_servers_own_report_counts_where_the_settings_say_so(server, asked):
    mine = backend(server, quality="server")
    task = mine.open(asked)
    answer(server, task, {asked.known[0].sha256: [("bus", 10, 10, 60, 40)]})
    assert sorted(by_job(mine.collect(task).table).values()) == [0.0, 1.0]
    assert server.log.count("POST /api/quality/reports") == 1


def test_a_server_that_makes_no_ground_truth_of_known_images_is_not_used_with_them(server, asked):
    mine = backend(server)
    server.faults.add("PATCH /api/tasks", "cut before")
    with pytest.raises(PASSING):
        mine.open(asked)
    [truth] = Person(server).jobs(1, "ground_truth")
    del server.world.jobs[truth["id"]]
    with pytest.raises(Incompatible, match=r"set labeling\.known_share to 0"):
        mine.open(asked)


def test_without_known_images_nothing_is_measured_and_no_report_asked_for(server, tmp_path):
    mine = backend(server, quality="server")
    task = mine.open(batch(tmp_path, 3))
    Person(server).accept(int(task.id))
    assert mine.collect(task).table["quality"].null_count() == 3
    assert server.log.count("quality") == 0


def test_of_more_known_images_than_half_of_the_others_the_rest_stays_out(server, tmp_path):
    asked = batch(tmp_path, 2, known=[known(tmp_path, shade, BUS) for shade in (200, 210, 220)])
    task = backend(server).open(asked)
    assert len(Look(server).frames(int(task.id))) == 3


def test_a_known_image_that_someone_deleted_is_no_answer_to_measure(server, asked):
    mine = backend(server)
    task = mine.open(asked)
    answer(server, task, {asked.known[0].sha256: [("bus", 10, 10, 60, 40)]})
    Person(server).delete_frame(int(task.id), asked.known[1].sha256)
    Person(server).accept(int(task.id))
    assert sorted(by_job(mine.collect(task).table).values(), key=str) == [1.0, None]
