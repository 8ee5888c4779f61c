"""Every test here may have a server, and the SDK that speaks to it as its admin."""

from collections.abc import Iterator

import pytest
from cvat_sdk import Client

from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.speaking import client
from autoretrain_tests.cvat.standin import StandIn

__all__ = ["cvat_server", "sdk"]


@pytest.fixture
def sdk(cvat_server: StandIn) -> Iterator[Client]:
    """Logged in as the admin."""
    with client(cvat_server) as sdk:
        yield sdk
