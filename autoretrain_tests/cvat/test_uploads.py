"""Images on their way to a task, as a real server takes them."""

import io

import pytest
from cvat_sdk.api_client.exceptions import ApiException, ServiceException
from cvat_sdk.core.exceptions import BackgroundRequestException
from cvat_sdk.core.uploading import DataUploader
from PIL import Image

from autoretrain_tests.cvat.speaking import drawn, project, task


@pytest.fixture
def empty(sdk):
    """A task without images."""
    return sdk.tasks.create({"name": "a task", "project_id": project(sdk).id})


def names(task):
    return [frame.name for frame in task.get_frames_info()]


def send(sdk, task, paths, max_request_size=2**20):
    """Without the end of it."""
    url = sdk.api_map.make_endpoint_url(task.api.create_data_endpoint.path, kwsub={"id": task.id})
    return DataUploader(sdk, max_request_size=max_request_size).upload_files(url, paths, image_quality=70)


def test_images_are_sorted_by_name_unless_their_order_is_predefined(sdk, tmp_path):
    paths = drawn(tmp_path, 11)[::-1]
    for order, expected in {None: sorted(path.name for path in paths), "predefined": [p.name for p in paths]}.items():
        made = sdk.tasks.create({"name": "a task", "labels": [{"name": "car"}]})
        made.upload_data(paths, params={"sorting_method": order} if order else {})
        assert names(made) == expected


def test_data_goes_up_once(sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path)
    with pytest.raises(ApiException, match="Adding more data is not supported") as refused:
        made.upload_data(drawn(tmp_path, 1))
    assert refused.value.status == 400


def test_two_files_of_one_name_are_a_failure_of_the_server(sdk, empty, tmp_path):
    (tmp_path / "other").mkdir()
    with pytest.raises(ServiceException):
        empty.upload_data([*drawn(tmp_path, 1), *drawn(tmp_path / "other", 1)])


def test_bytes_of_an_image_that_is_sent_again_go_after_the_first_ones(cvat_server, sdk, empty, tmp_path):
    [path] = drawn(tmp_path, 1)
    cvat_server.faults.add(f"POST /api/tasks/{empty.id}/data", "broken", skip=2)
    with pytest.raises(ServiceException):
        empty.upload_data([path])
    empty.upload_data([path])
    assert empty.get_frame(0, quality="original").read() == path.read_bytes() * 2
    assert names(empty) == [path.name]


def test_a_big_image_goes_up_in_pieces_and_on_from_where_it_was_cut(cvat_server, sdk, empty, tmp_path):
    [path] = drawn(tmp_path, 1)
    cvat_server.faults.add("PATCH /api/tasks/.*/data/", "gateway")
    response = send(sdk, empty, [path], max_request_size=10)
    assert response.status == 202
    assert empty.get_frame(0, quality="original").read() == path.read_bytes()


@pytest.mark.parametrize(
    ("content", "params", "text"),
    [
        (b"no image", {}, "PIL.UnidentifiedImageError: cannot identify image file '/data/1/raw/0.png'"),
        (None, {"validation_params": {"mode": "gt_pool", "frame_count": 1}}, "random"),
    ],
)
def test_what_cannot_be_taken_in_fails_in_the_background_and_leaves_no_frame(
    sdk, empty, tmp_path, content, params, text
):
    [path] = drawn(tmp_path, 1)
    if content:
        path.write_bytes(content)
    with pytest.raises(BackgroundRequestException, match=text):
        empty.upload_data([path], params=params)
    assert (empty.fetch().size, empty.jobs.count) == (0, 0)


def test_an_upload_of_nothing_fails_in_the_background(sdk, empty):
    with pytest.raises(BackgroundRequestException, match="No media data"):
        empty.upload_data([])


def test_background_work_may_look_unfinished(cvat_server, sdk, empty, tmp_path):
    cvat_server.world.unfinished = ["queued", "started"]
    empty.upload_data(drawn(tmp_path, 1))
    assert cvat_server.log.count("GET /api/requests/") == 3


def test_a_job_has_segment_size_images_and_overlap_repeats_some(sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path, images=7, segment_size=3)
    assert sorted((job.start_frame, job.stop_frame) for job in made.get_jobs()) == [(0, 2), (3, 5), (6, 6)]
    other = sdk.tasks.create({"name": "overlapping", "labels": [{"name": "car"}], "segment_size": 3, "overlap": 1})
    other.upload_data(drawn(tmp_path, 5))
    assert sorted((job.start_frame, job.stop_frame) for job in other.get_jobs()) == [(0, 2), (2, 4)]


def test_frames_come_as_chunks_too(sdk, tmp_path):
    made = task(sdk, project(sdk), tmp_path, images=2)
    chunk = io.BytesIO()
    made.download_chunk(0, chunk)
    assert chunk.getvalue().startswith(b"PK")
    assert Image.open(made.get_frame(1)).size == (65, 48)
