"""Whichever request is the last that a run makes, the next run ends with each image in one task, and all of it there."""

import pytest

from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_assets.labeling.failures import PASSING
from autoretrain_tests.cvat.standin import StandIn
from autoretrain_tests.labeling.cvat.batches import BUS, batch, known
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import settings_of


def backend(server: StandIn, **more) -> CvatBackend:
    return CvatBackend(settings_of(server, images_per_task=3, images_per_job=2, assignees=["ann", "bob"], **more))


@pytest.fixture
def everything(tmp_path):
    return batch(tmp_path, known=[known(tmp_path, 200, BUS), known(tmp_path, 210)])


def requests_of_open(everything, monkeypatch) -> int:
    with StandIn() as server:
        monkeypatch.setenv("CVAT_TOKEN", server.token)
        backend(server).open(everything)
        Look(server).is_whole(everything)
        server.log.clear()
        backend(server).open(everything)
        assert server.log.count() <= 2
    with StandIn() as server:
        monkeypatch.setenv("CVAT_TOKEN", server.token)
        backend(server).open(everything)
        return server.log.count()


@pytest.mark.parametrize("kind", ["cut before", "cut after"])
def test_a_run_that_is_cut_off_at_any_request_is_completed_by_the_next(everything, kind, monkeypatch):
    last = requests_of_open(everything, monkeypatch)
    assert last > 20
    for number in range(last):
        with StandIn() as server:
            monkeypatch.setenv("CVAT_TOKEN", server.token)
            server.faults.add("", kind, skip=number)
            with pytest.raises(PASSING):
                backend(server).open(everything)
            task = backend(server).open(everything)
            Look(server).is_whole(everything)
            assert backend(server).open(everything) == task


@pytest.mark.parametrize("kind", ["cut before", "cut after", "gateway", "broken", "throttled"])
def test_what_may_be_asked_again_is_asked_again_by_the_same_run(everything, kind, monkeypatch):
    last = requests_of_open(everything, monkeypatch)
    with StandIn() as server:
        monkeypatch.setenv("CVAT_TOKEN", server.token)
        for number in range(0, 3 * last, 3):
            server.faults.add(lambda call: call.method != "POST", kind, skip=number, seconds=0)
        backend(server, retries=3).open(everything)
        assert len(server.faults.waiting) < last - 5
        server.faults.clear()
        Look(server).is_whole(everything)
