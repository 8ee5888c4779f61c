"""Whatever the server or what is between does, it is one of a few failures, says the way out, and tells no secret."""

import logging
import time
import traceback

import pytest

from autoretrain_assets.labeling import failures
from autoretrain_assets.labeling.base import Task
from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.credentials import Credentials
from autoretrain_assets.labeling.cvat.wire import Project, User
from autoretrain_tests.cvat.standin import StandIn
from autoretrain_tests.labeling.cvat.batches import batch
from autoretrain_tests.labeling.cvat.settings import settings_of

ME = "/api/users/self"


@pytest.fixture
def server(cvat_signed_in) -> StandIn:
    return cvat_signed_in


def failure(server, **more):
    with pytest.raises(failures.LabelingError) as caught:
        Connection(settings_of(server, **more)).get(User, ME)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "expected", "said"),
    [
        ("expired", failures.Expired, "mend CVAT_TOKEN"),
        ("throttled", failures.Throttled, "asks for patience"),
        ("broken", failures.ServerFault, "failed itself (status 500)"),
        ("gateway", failures.ServerFault, "failed itself (status 502)"),
        ("cut before", failures.Unreachable, "does not answer"),
        ("slow", failures.Unreachable, "does not answer (ReadTimeoutError"),
        ("stranger", failures.NotTheServer, "is not CVAT"),
    ],
)
def test_each_way_to_fail_is_told_apart_and_names_the_server_and_the_way_out(server, kind, expected, said):
    server.faults.add("self", kind, seconds=1)
    error = failure(server, timeout_s=0.3)
    assert type(error) is expected
    assert said in str(error)
    assert server.url in str(error)
    assert "GET /api/users/self" in str(error)


def test_a_server_that_is_not_there_is_unreachable(server):
    url = server.url
    server.stop()
    with pytest.raises(failures.Unreachable, match="does not answer"):
        Connection(settings_of(server, retries=1)).about()
    assert url.startswith("http://127.0.0.1")
    server.start()


def test_what_is_not_there_is_gone_and_what_is_not_allowed_is_refused(server, monkeypatch):
    with pytest.raises(failures.Gone, match="no such thing"):
        Connection(settings_of(server)).get(Project, "/api/projects/99")
    number = Connection(settings_of(server)).post(Project, "/api/projects", {"name": "a", "labels": []}).id
    monkeypatch.setenv("CVAT_TOKEN", server.token_of("ann"))
    with pytest.raises(failures.Refused, match="the right to") as caught:
        Connection(settings_of(server)).get(Project, f"/api/projects/{number}")
    assert not isinstance(caught.value, failures.PASSING)


def test_an_answer_of_another_shape_is_incompatible(server):
    with pytest.raises(failures.Incompatible, match="not known here"):
        Connection(settings_of(server)).get(Project, ME)


def test_what_the_server_will_not_do_is_told_in_its_own_words(server):
    with pytest.raises(failures.Rejected, match=r"will not do this \(status 400\).*\[") as caught:
        Connection(settings_of(server)).post(Project, "/api/projects", {"name": "", "labels": [{"nothing": 1}]})
    assert "<" not in str(caught.value)


def test_without_credentials_nothing_is_asked(server, monkeypatch):
    monkeypatch.delenv("CVAT_TOKEN")
    assert "set CVAT_TOKEN, or CVAT_USER and CVAT_PASSWORD" in str(failure(server))
    assert server.log.count() == 0


def test_a_name_and_a_password_do_as_well_as_a_token(server, monkeypatch):
    monkeypatch.delenv("CVAT_TOKEN")
    monkeypatch.setenv("CVAT_USER", "ann")
    monkeypatch.setenv("CVAT_PASSWORD", "ann-password")
    assert Connection(settings_of(server)).get(User, ME).username == "ann"
    monkeypatch.setenv("CVAT_PASSWORD", "wrong-password")
    error = failure(server)
    assert isinstance(error, failures.Expired)
    assert "Mend CVAT_USER and CVAT_PASSWORD" in str(error)
    assert "wrong-password" not in str(error)


@pytest.mark.parametrize("kind", ["expired", "broken", "stranger", "cut before", "slow"])
def test_no_secret_is_in_an_error_its_trace_or_the_logs(server, kind, caplog):
    caplog.set_level(logging.DEBUG)
    server.faults.add("self", kind, seconds=1)
    error = failure(server, timeout_s=0.3)
    told = "".join(traceback.format_exception(error)) + caplog.text + repr(Credentials.of())
    assert server.token not in told


def test_a_secret_that_the_server_repeats_is_taken_out(server):
    with pytest.raises(failures.Gone) as caught:
        Connection(settings_of(server)).get(User, f"/api/{server.token}")
    assert server.token not in str(caught.value)
    assert "***" in str(caught.value)


def test_passing_failures_are_waited_out(server):
    for kind in ("gateway", "throttled", "cut before", "cut after"):
        server.faults.add("self", kind, seconds=0)
    assert Connection(settings_of(server, retries=4)).get(User, ME).username == "admin"
    assert server.log.count("self") == 5


def test_patience_is_as_long_as_the_server_asks_for(server):
    server.faults.add("self", "throttled", seconds=1)
    server.clock_before = server.world.now()
    Connection(settings_of(server, retries=1)).get(User, ME)
    assert (server.world.now() - server.clock_before).total_seconds() >= 1


def test_what_would_be_made_twice_is_not_asked_again_unless_the_server_did_not_take_it(server):
    body = {"name": "once", "labels": []}
    server.faults.add("POST /api/projects", "cut after")
    with pytest.raises(failures.Unreachable):
        Connection(settings_of(server, retries=4)).post(Project, "/api/projects", body)
    assert len(server.world.projects) == 1
    server.faults.add("POST /api/projects", "throttled", seconds=0)
    Connection(settings_of(server, retries=4)).post(Project, "/api/projects", body)
    assert len(server.world.projects) == 2


def test_every_request_has_a_time_limit_the_login_and_the_upload_too(server, monkeypatch):
    monkeypatch.delenv("CVAT_TOKEN")
    monkeypatch.setenv("CVAT_USER", "ann")
    monkeypatch.setenv("CVAT_PASSWORD", "ann-password")
    server.faults.add("login", "slow", seconds=3)
    assert isinstance(failure(server, timeout_s=0.2), failures.Unreachable)


def test_a_silent_server_is_given_up_after_one_time_limit(server):
    server.faults.add("self", "slow", times=9, seconds=2)
    began = time.monotonic()
    assert isinstance(failure(server, timeout_s=0.3, retries=4), failures.Unreachable)
    assert time.monotonic() - began < 1.5


def test_a_backend_is_made_without_a_question_and_told_of_only_when_asked(server):
    backend = CvatBackend(settings_of(server))
    assert server.log.count() == 0
    assert backend.finished_at(Task("k", "77", "")) is None


def test_a_stage_that_is_not_known_is_told_as_a_version_that_is_not_known(server, tmp_path):
    backend = CvatBackend(settings_of(server))
    task = backend.open(batch(tmp_path))
    for job in server.world.jobs.values():
        job.stage, job.state = "arbitration", "completed"
    with pytest.raises(failures.Incompatible, match="not known here"):
        backend.progress(task)
