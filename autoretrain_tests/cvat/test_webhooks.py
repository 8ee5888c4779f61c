"""Webhooks hear what they asked for, and some deliveries are lost."""

import pytest

from autoretrain_tests.cvat.recorded.hearing import Ear
from autoretrain_tests.cvat.speaking import project, task


@pytest.fixture
def ear():
    with Ear() as ear:
        yield ear


def hook(sdk, project, url, *events):
    said = {"target_url": f"{url}/hook", "type": "project", "events": list(events), "project_id": project.id}
    return sdk.api_client.webhooks_api.create(said)[0]


def test_a_webhook_hears_its_project_and_its_events_alone(cvat_server, sdk, ear, tmp_path):
    ours, other = project(sdk), project(sdk)
    hook(sdk, ours, ear.url, "update:job")
    for place in (ours, other):
        [job] = task(sdk, place, tmp_path).get_jobs()
        job.update({"state": "completed"})
    cvat_server.sender.settle()
    [heard] = ear.heard
    assert (heard.body["event"], heard.body["before_update"]["state"]) == ("update:job", "new")
    assert heard.body["job"]["project_id"] == ours.id
    assert "X-Signature-256" not in heard.headers


def test_a_lost_delivery_is_listed_and_not_heard(cvat_server, sdk, ear):
    ours = project(sdk)
    made = hook(sdk, ours, ear.url, "create:task", "update:project")
    cvat_server.sender.losing = True
    sdk.tasks.create({"name": "a task", "project_id": ours.id})
    cvat_server.sender.settle()
    cvat_server.sender.losing = False
    ours.update({"name": "road"})
    cvat_server.sender.settle()
    sent, _ = sdk.api_client.webhooks_api.list_deliveries(made.id)
    assert [(one.event, one.status_code) for one in sent.results] == [("update:project", 200), ("create:task", None)]
    assert [heard.body["event"] for heard in ear.heard] == ["update:project"]


def test_a_webhook_that_is_away_is_told_of_in_the_deliveries(cvat_server, sdk):
    ours = project(sdk)
    made = hook(sdk, ours, "http://127.0.0.1:9", "create:task")
    sdk.tasks.create({"name": "a task", "project_id": ours.id})
    cvat_server.sender.settle()
    sent, _ = sdk.api_client.webhooks_api.list_deliveries(made.id)
    assert [one.status_code for one in sent.results] == [502]
    assert sdk.api_client.webhooks_api.retrieve(made.id)[0].last_status == 502
