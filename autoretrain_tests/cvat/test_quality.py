"""Reports of how far jobs agree with known answers."""

import json

import pytest
from cvat_sdk.api_client.exceptions import ApiException

from autoretrain_tests.cvat.speaking import project, task

RIGHT = [10.0, 10.0, 30.0, 30.0]
KNOWN = {"frame_selection_method": "manual", "frames": ["0.png", "1.png"]}


def draw(sdk, job, *shapes):
    said = [{"type": "rectangle", "frame": n, "label_id": label, "points": points} for n, label, points in shapes]
    sdk.api_client.jobs_api.update_annotations(job.id, labeled_data_request={"shapes": said})


def report(sdk, made):
    """The summaries of the newest report: the task's, then its jobs' by id."""
    response = sdk.api_client.quality_api.create_report(
        quality_report_create_request={"task_id": made.id}, _parse_response=False
    )[1]
    request, _ = sdk.wait_for_completion(json.loads(response.data)["rq_id"])
    listed = sdk.api_client.quality_api.list_reports(task_id=made.id, sort="id", _parse_response=False)[1]
    found = [one for one in json.loads(listed.data)["results"] if request.result_id in {one["id"], one["parent_id"]}]
    return [one["summary"] for one in found]


def accept(job):
    job.update({"stage": "acceptance", "state": "completed"})


def jobs(made):
    *annotation, truth = sorted(made.get_jobs(), key=lambda job: job.id)
    return annotation, truth


def test_a_report_needs_accepted_known_answers(sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path, validation_params=KNOWN | {"mode": "gt"})
    with pytest.raises(ApiException, match="acceptance") as refused:
        report(sdk, made)
    assert refused.value.status == 400


def test_boxes_agree_by_overlap_and_label(sdk, tmp_path):
    street = project(sdk)
    car, bus = (label.id for label in street.get_labels())
    made = task(sdk, street, tmp_path, images=4, segment_size=2, validation_params=KNOWN | {"mode": "gt"})
    [first, _], truth = jobs(made)
    draw(sdk, truth, (0, car, RIGHT), (1, car, RIGHT), (1, bus, [40.0, 40.0, 48.0, 48.0]))
    accept(truth)
    draw(sdk, first, (0, car, [11.0, 11.0, 31.0, 31.0]), (1, bus, RIGHT), (1, car, [0.0, 0.0, 5.0, 5.0]))
    whole, of_first, of_second = report(sdk, made)
    assert (of_first["valid_count"], of_first["ds_count"], of_first["gt_count"]) == (1, 3, 3)
    assert of_first["conflicts_by_type"] == {"missing_annotation": 1, "extra_annotation": 1, "mismatching_label": 1}
    assert (of_first["accuracy"], of_first["precision"]) == (1 / 4, 1 / 3)
    assert (of_second["validation_frames"], whole["validation_frames"], whole["total_frames"]) == (0, 2, 4)


def test_a_honeypot_is_held_against_the_image_that_it_repeats(sdk, tmp_path):
    street = project(sdk)
    car = street.get_labels()[0].id
    pool = KNOWN | {"mode": "gt_pool", "frames_per_job_count": 1}
    made = task(sdk, street, tmp_path, images=4, segment_size=1, sorting_method="random", validation_params=pool)
    layout, _ = sdk.api_client.tasks_api.retrieve_validation_layout(made.id)
    [first, _], truth = jobs(made)
    draw(sdk, truth, *((number, car, RIGHT) for number in layout.validation_frames))
    accept(truth)
    draw(sdk, first, (layout.honeypot_frames[0], car, RIGHT))
    _, of_first, of_second = report(sdk, made)
    assert (of_first["accuracy"], of_second["accuracy"]) == (1, 0)
    assert of_second["conflicts_by_type"] == {"missing_annotation": 1}


def test_what_counts_as_one_box_can_be_set(sdk, tmp_path):
    street = project(sdk)
    car = street.get_labels()[0].id
    made = task(sdk, street, tmp_path, validation_params=KNOWN | {"mode": "gt"})
    [job], truth = jobs(made)
    draw(sdk, truth, (0, car, RIGHT))
    accept(truth)
    draw(sdk, job, (0, car, [10.0, 10.0, 30.0, 20.0]))
    assert report(sdk, made)[1]["recall"] == 1
    sdk.api_client.quality_api.partial_update_settings(
        made.id, patched_quality_settings_request={"iou_threshold": 0.6}, _parse_response=False
    )
    assert report(sdk, made)[1]["recall"] == 0
