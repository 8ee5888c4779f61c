"""The server as a fixture: `from autoretrain_tests.cvat.fixtures import cvat_server` in a conftest."""

from collections.abc import Iterator

import pytest

from autoretrain_tests.cvat.standin import StandIn


@pytest.fixture
def cvat_server() -> Iterator[StandIn]:
    """A server of the test's own."""
    with StandIn() as server:
        yield server
