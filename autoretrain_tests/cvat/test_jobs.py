"""Stages, states and known answers of jobs."""

import pytest
from cvat_sdk.api_client.exceptions import ApiException, ForbiddenException, NotFoundException

from autoretrain_tests.cvat.person import Person
from autoretrain_tests.cvat.speaking import client, project, task


def of(task, kind="annotation"):
    return sorted((job for job in task.get_jobs() if str(job.type) == kind), key=lambda job: job.id)


def test_a_new_stage_starts_anew_unless_the_state_comes_with_it(sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path)
    [job] = of(made)
    job.update({"state": "completed"})
    assert (job.stage, job.state, made.fetch().jobs.completed) == ("annotation", "completed", 0)
    job.update({"stage": "acceptance"})
    assert (job.stage, job.state, made.fetch().jobs.completed) == ("acceptance", "new", 0)
    job.update({"stage": "acceptance", "state": "completed"})
    assert (job.state, made.fetch().jobs.completed, made.status) == ("completed", 1, "completed")
    job.update({"stage": "validation", "state": "rejected"})
    assert (job.stage, job.state, made.fetch().jobs.validation) == ("validation", "rejected", 1)


def test_a_state_dates_the_job_and_a_drawing_dates_the_task_too(cvat_server, sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path)
    [job] = of(made)
    before = made.fetch().updated_date, job.updated_date
    job.update({"state": "in progress"})
    assert made.fetch().updated_date == before[0]
    assert job.updated_date > before[1]
    Person(cvat_server).draw(made.id, {0: [("car", 1, 2, 3, 4)]})
    assert made.fetch().updated_date > before[0]


def test_jobs_are_listed_newest_first_and_by_pages(sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path, images=12, segment_size=1)
    page, _ = sdk.api_client.jobs_api.list(task_id=made.id)
    assert (page.count, len(page.results), page.results[0].id) == (12, 10, 12)
    assert len(sdk.jobs.list(task_id=made.id, state="new", type="annotation")) == 12
    assert sdk.jobs.list(task_id=made.id, state="completed") == []
    with pytest.raises(NotFoundException):
        sdk.api_client.jobs_api.list(task_id=made.id, page=3)


def test_an_annotator_may_not_accept_her_job(cvat_server, sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path)
    Person(cvat_server).assign(of(made)[0].id, "ann")
    with client(cvat_server, "ann") as hers:
        [job] = hers.jobs.list()
        with pytest.raises(ForbiddenException):
            job.update({"stage": "acceptance"})
        assert job.update({"state": "completed"}).state == "completed"


def test_a_task_has_one_job_of_known_answers(sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path, images=5)
    spec = {"type": "ground_truth", "task_id": made.id, "frame_selection_method": "manual", "frames": [1, 3]}
    job, _ = sdk.api_client.jobs_api.create(spec)
    assert (job.frame_count, made.fetch().validation_mode) == (2, "gt")
    with pytest.raises(ApiException, match="only 1 ground truth job") as refused:
        sdk.api_client.jobs_api.create(spec)
    assert refused.value.status == 400
    meta, _ = sdk.api_client.jobs_api.retrieve_data_meta(job.id)
    hidden = ["placeholder.jpg", "1.png", "placeholder.jpg", "3.png", "placeholder.jpg"]
    assert (meta.included_frames, [frame.name for frame in meta.frames]) == ([1, 3], hidden)


def test_a_pool_mixes_copies_of_known_images_into_every_job(sdk, tmp_path):
    known = {"mode": "gt_pool", "frame_selection_method": "manual", "frames": ["1.png"], "frames_per_job_count": 1}
    params = {"sorting_method": "random", "validation_params": known}
    made = task(sdk, project(sdk), tmp_path, images=5, segment_size=2, **params)
    layout, _ = sdk.api_client.tasks_api.retrieve_validation_layout(made.id)
    frames = [frame.name for frame in made.get_frames_info()]
    assert (len(frames), made.fetch().segment_size, layout.validation_frames) == (7, 0, [6])
    assert [frames[number] for number in [*layout.honeypot_frames, 6]] == ["1.png"] * 3
    assert layout.honeypot_real_frames == [6, 6]
    for job, honeypot in zip(of(made), layout.honeypot_frames, strict=True):
        assert job.start_frame <= honeypot <= job.stop_frame
        assert sdk.api_client.jobs_api.retrieve_validation_layout(job.id)[0].honeypot_frames == [honeypot]
