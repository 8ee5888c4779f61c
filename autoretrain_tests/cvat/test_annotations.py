"""What a server takes without a word, and what it does with it."""

import pytest
from cvat_sdk import models
from cvat_sdk.api_client.exceptions import ApiException
from cvat_sdk.core.proxies.annotations import AnnotationUpdateAction

from autoretrain_tests.cvat.speaking import project, task

KNOWN = {"mode": "gt", "frame_selection_method": "manual", "frames": ["1.png"]}
POOL = {"mode": "gt_pool", "frame_selection_method": "manual", "frames": ["1.png"], "frames_per_job_count": 1}


def shape(label, frame, points=(1.0, 2.0, 3.0, 4.0), kind="rectangle", **more):
    return models.LabeledShapeRequest(type=kind, frame=frame, points=list(points), label_id=label, **more)


def drawn(holder):
    return [(shape.frame, shape.points) for shape in holder.get_annotations().shapes]


def request(*shapes):
    return models.LabeledDataRequest(shapes=list(shapes))


@pytest.fixture
def street(sdk):
    return project(sdk)


@pytest.fixture
def car(street):
    return street.get_labels()[0].id


def test_wild_shapes_are_kept_and_frames_that_are_not_there_are_dropped(sdk, street, car, tmp_path):
    made = task(sdk, street, tmp_path)
    wild = [(90, 10, 20, 5), (-50, -50, 500, 500)]
    polygon = shape(car, 1, (0, 0, 5, 0, 5, 5), "polygon", rotation=30.0, source="semi-auto")
    made.set_annotations(request(*(shape(car, 0, points) for points in wild), polygon, shape(car, 99)))
    assert drawn(made) == [(0, list(wild[0])), (0, list(wild[1])), (1, [0, 0, 5, 0, 5, 5])]
    kept = made.get_annotations().shapes[2]
    assert (kept.type.value, kept.rotation, kept.source, kept.score) == ("polygon", 30, "semi-auto", 1)


def test_a_job_keeps_what_lies_on_its_frames_alone(sdk, street, car, tmp_path):
    made = task(sdk, street, tmp_path, images=4, segment_size=2)
    first, second = sorted(made.get_jobs(), key=lambda job: job.id)
    second.set_annotations(request(shape(car, 1), shape(car, 2)))
    assert (drawn(first), drawn(second)) == ([], [(2, [1, 2, 3, 4])])
    first.set_annotations(request(shape(car, 0)))
    first.set_annotations(request())
    assert drawn(made) == [(2, [1, 2, 3, 4])]


def test_single_shapes_are_added_changed_and_removed(sdk, street, car, tmp_path):
    made = task(sdk, street, tmp_path)
    made.set_annotations(request(shape(car, 0), shape(car, 1)))
    first, second = made.get_annotations().shapes
    moved = models.LabeledShapeRequest(**first.to_dict() | {"points": [9.0, 9.0, 10.0, 10.0]})
    made.update_annotations(models.PatchedLabeledDataRequest(shapes=[moved]))
    made.remove_annotations(ids=[second.id])
    made.update_annotations(
        models.PatchedLabeledDataRequest(shapes=[shape(car, 2)]), action=AnnotationUpdateAction.CREATE
    )
    assert drawn(made) == [(0, [9, 9, 10, 10]), (2, [1, 2, 3, 4])]
    made.remove_annotations()
    assert drawn(made) == []


def test_tracks_and_tags_come_back(sdk, street, car, tmp_path):
    made = task(sdk, street, tmp_path)
    moments = [models.TrackedShapeRequest(type="rectangle", frame=n, points=[1.0, 1.0, 5.0 + n, 5.0]) for n in (0, 2)]
    track = models.LabeledTrackRequest(frame=0, label_id=car, shapes=moments, group=0)
    tag = models.LabeledImageRequest(frame=1, label_id=car)
    made.set_annotations(models.LabeledDataRequest(tracks=[track], tags=[tag]))
    kept = made.get_annotations()
    assert [moment.points for moment in kept.tracks[0].shapes] == [[1, 1, 5, 5], [1, 1, 7, 5]]
    assert [tag.frame for tag in kept.tags] == [1]


@pytest.mark.parametrize(
    ("changes", "text"), [({"label_id": 999}, "label_id `999` is invalid"), ({"source": "robot"}, "not a valid choice")]
)
def test_an_unknown_label_or_source_is_refused(sdk, street, car, tmp_path, changes, text):
    made = task(sdk, street, tmp_path)
    said = {"type": "rectangle", "frame": 0, "points": [1.0, 2.0, 3.0, 4.0], "label_id": car} | changes
    with pytest.raises(ApiException, match=text) as refused:
        sdk.api_client.tasks_api.update_annotations(made.id, labeled_data_request={"shapes": [said]})
    assert refused.value.status == 400
    assert drawn(made) == []


@pytest.mark.parametrize(("known", "order", "written"), [(KNOWN, "predefined", False), (POOL, "random", True)])
def test_what_a_task_is_given_reaches_the_known_answers_of_a_pool_alone(
    sdk, street, car, tmp_path, known, order, written
):
    made = task(sdk, street, tmp_path, validation_params=known, sorting_method=order)
    [truth] = [job for job in made.get_jobs() if job.type == "ground_truth"]
    made.set_annotations(request(*(shape(car, number) for number in range(made.fetch().size))))
    assert bool(drawn(truth)) is written
