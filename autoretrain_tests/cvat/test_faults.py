"""What goes wrong on purpose, as the SDK sees it."""

import time

import pytest
import urllib3
from cvat_sdk import Client
from cvat_sdk.api_client.exceptions import ApiException, ServiceException, UnauthorizedException

from autoretrain_tests.cvat.speaking import project
from autoretrain_tests.cvat.standin import StandIn


def ask(url, timeout=1):
    """Once: the SDK would ask again and again."""
    return urllib3.PoolManager(retries=False).request("GET", url, timeout=timeout)


@pytest.mark.parametrize(
    ("kind", "error", "status"),
    [
        ("throttled", ApiException, 429),
        ("broken", ServiceException, 500),
        ("gateway", ServiceException, 502),
        ("expired", UnauthorizedException, 401),
    ],
)
def test_a_fault_that_answers_does_so_once_and_nothing_is_done(cvat_server, sdk, kind, error, status):
    cvat_server.faults.add("POST /api/projects$", kind, seconds=7)
    with pytest.raises(error) as failed:
        project(sdk)
    assert failed.value.status == status
    assert failed.value.headers.get("Retry-After") == ("7" if kind == "throttled" else None)
    assert sdk.projects.list() == []
    assert project(sdk).name == "street"


def test_another_server_is_no_cvat_server(cvat_server):
    cvat_server.faults.add("/api/server/about", "stranger")
    with pytest.raises(TypeError):
        Client(cvat_server.url)


@pytest.mark.parametrize(("kind", "made"), [("cut before", 0), ("cut after", 1)])
def test_a_connection_is_cut_before_or_after_the_work(cvat_server, sdk, kind, made):
    cvat_server.faults.add("POST /api/projects$", kind)
    with pytest.raises(urllib3.exceptions.HTTPError):
        project(sdk)
    assert len(sdk.projects.list()) == made
    assert [seen.status for seen in cvat_server.log.exchanges if seen.method == "POST"] == [0]


def test_a_slow_answer_is_the_right_one_and_others_do_not_wait_for_it(cvat_server, sdk):
    cvat_server.faults.add("GET /api/projects$", "slow", seconds=2)
    with pytest.raises(urllib3.exceptions.TimeoutError):
        ask(f"{cvat_server.url}/api/projects", timeout=0.05)
    began = time.monotonic()
    sdk.users.retrieve_current_user()
    assert time.monotonic() - began < 1.5
    cvat_server.faults.add("GET /api/projects$", "slow", seconds=0.1)
    assert sdk.projects.list() == []


def test_faults_wait_skip_and_end(cvat_server, sdk):
    cvat_server.faults.add(lambda call: call.query.get("name") == "b", "broken", times=2, skip=1)
    found = []
    for name in "abbbb":
        try:
            sdk.projects.list(name=name)
            found.append(name)
        except ServiceException:
            found.append("-")
    assert "".join(found) == "ab--b"
    assert cvat_server.log.count("GET /api/projects") == 5


def test_a_stopped_server_is_away_and_when_it_is_back_it_knows_all(cvat_server, sdk):
    project(sdk)
    cvat_server.stop()
    with pytest.raises(urllib3.exceptions.HTTPError):
        ask(cvat_server.url)
    cvat_server.start()
    assert [found.name for found in sdk.projects.list()] == ["street"]


def test_a_defect_of_the_stand_in_fails_the_test():
    server = StandIn()
    server.start()
    server.world.users.clear()
    server.faults.of = None
    with pytest.raises(urllib3.exceptions.HTTPError):
        ask(server.url)
    with pytest.raises(AssertionError, match="TypeError"):
        server.stop()
