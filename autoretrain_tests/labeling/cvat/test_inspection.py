"""What `check` says of the server."""

import pytest

from autoretrain_assets.labeling import failures
from autoretrain_assets.labeling.cvat.inspection import Inspection
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.labeling.cvat.settings import settings_of


@pytest.fixture
def server(cvat_signed_in):
    return cvat_signed_in


def look(server, **more) -> Inspection:
    return Inspection(settings_of(server, **more))


def test_a_new_server_is_fine_and_says_what_the_first_task_will_make(server):
    one = look(server)
    assert one.server() == f"CVAT {one._server.about().version} at {server.url}, asked by its SDK of version 2.80.0"
    assert one.credentials() == "signed in as admin"
    assert one.assignees() == "none: whoever takes a job has it"
    assert one.project() == "there is no autoretrain yet: the first task makes it"
    assert one.labels(["car", "bus"]) == "0 classes of 2 there; the next task adds car, bus"


def test_a_project_is_told_with_its_labels_against_the_classes(server):
    labels = [{"name": name, "type": "rectangle"} for name in ("car", "bike")]
    Person(server).send("POST", "/api/projects", {"name": "autoretrain", "labels": labels})
    one = look(server, assignees=["ann", "bob"])
    assert one.project() == "autoretrain (id 1)"
    assert one.labels(["car", "bus"]) == (
        "1 class of 2 there; the next task adds bus; bike beside them, which no model knows"
    )
    assert one.assignees() == "2 users in turn"


def test_a_label_on_which_no_rectangle_can_be_drawn_is_wrong(server):
    labels = [{"name": "car", "type": "polygon"}]
    Person(server).send("POST", "/api/projects", {"name": "autoretrain", "labels": labels})
    with pytest.raises(failures.Rejected, match=r"label car .* for polygons"):
        look(server).labels(["car"])


def test_each_thing_that_is_wrong_is_told_by_its_own_line(server, monkeypatch):
    with pytest.raises(failures.Rejected, match="no user eve"):
        look(server, assignees=["eve"]).assignees()
    monkeypatch.setenv("CVAT_TOKEN", "no-longer-one")
    assert look(server).server().startswith("CVAT ")
    with pytest.raises(failures.Expired, match="mend CVAT_TOKEN"):
        look(server).credentials()
    server.faults.add("about", "stranger")
    with pytest.raises(failures.NotTheServer, match="is not CVAT"):
        look(server).server()
    server.stop()
    with pytest.raises(failures.Unreachable):
        look(server).server()
    server.start()
