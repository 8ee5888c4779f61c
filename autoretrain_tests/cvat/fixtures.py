"""The server as a fixture: `from autoretrain_tests.cvat.fixtures import cvat_server` in a conftest."""

import os
from collections.abc import Iterator

import pytest

from autoretrain_tests.cvat.real import ASKED, RealServer
from autoretrain_tests.cvat.standin import StandIn


@pytest.fixture
def cvat_server() -> Iterator[StandIn | RealServer]:
    """A server of the test's own; in `make test-cvat` a real one, which is left as it was."""
    if ASKED not in os.environ:
        with StandIn() as server:
            yield server
        return
    real = RealServer(os.environ)
    yield real
    real.clean()
