"""Lists are narrowed as the SDK asks."""

import pytest
from cvat_sdk.api_client.exceptions import ApiException
from cvat_sdk.core.filters import F, any_, not_

from autoretrain_tests.cvat.speaking import project


@pytest.fixture
def tasks(sdk):
    street = project(sdk)
    for name in ("day-1", "day-2", "night-1"):
        sdk.tasks.create({"name": name, "project_id": street.id, "bug_tracker": f"http://x/{name}"})
    return sdk.tasks


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"name": "day-1"}, ["day-1"]),
        ({"search": "DAY"}, ["day-2", "day-1"]),
        ({"project_id": 1}, ["night-1", "day-2", "day-1"]),
        ({"project_id": 2}, []),
        ({"sort": "name"}, ["day-1", "day-2", "night-1"]),
        ({"filter": F.name == "day-2"}, ["day-2"]),
        ({"filter": F.name.contains("Ay-")}, ["day-2", "day-1"]),
        ({"filter": F.tracker_link == "http://x/night-1"}, ["night-1"]),
        ({"filter": any_(F.id <= 1, F.name.one_of(["night-1"]))}, ["night-1", "day-1"]),
        ({"filter": not_(F.name == "day-1") & (F.project_id == 1)}, ["night-1", "day-2"]),
        ({"filter": F.id.between(1, 2)}, ["day-2", "day-1"]),
        ({"id__gt": 1, "id__lt": 3}, ["day-2"]),
        ({"filter": F.assignee.is_set()}, []),
    ],
)
def test_tasks_are_found(tasks, asked, names):
    assert [task.name for task in tasks.list(**asked)] == names


def test_what_cannot_be_asked_is_refused(tasks):
    with pytest.raises(ApiException, match="weather term is not supported") as refused:
        tasks.list(filter=F.weather == "rain")
    assert refused.value.status == 400


def test_every_page_is_read(sdk):
    for number in range(23):
        sdk.projects.create({"name": f"project {number}"})
    assert len(sdk.projects.list()) == 23
    page, _ = sdk.api_client.projects_api.list(page=2, page_size=5)
    assert (len(page.results), page.count, "page=3" in page.next, "page=1" in page.previous) == (5, 23, True, True)


def test_labels_are_added_renamed_and_deleted_with_what_was_drawn(sdk):
    street = project(sdk)
    car, bus = street.get_labels()
    edits = [{"id": car.id, "name": "auto"}, {"id": bus.id, "deleted": True}, {"name": "tram", "type": "rectangle"}]
    sdk.api_client.projects_api.partial_update(street.id, patched_project_write_request={"labels": edits})
    assert [label.name for label in street.get_labels()] == ["auto", "tram"]
    with pytest.raises(ApiException, match="unique"):
        street.update({"labels": [{"name": "tram"}]})
