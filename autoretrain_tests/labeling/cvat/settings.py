"""The settings of a backend that labels on the server of a test, and its credentials."""

from typing import Any

import pytest

from autoretrain_assets.config.cvat import Cvat
from autoretrain_tests.cvat.real import RealServer
from autoretrain_tests.cvat.standin import StandIn

Server = StandIn | RealServer


def settings_of(server: Server, **more: Any) -> Cvat:
    """As patient as the server needs it."""
    return Cvat(url=server.url, **server.settings | more)


@pytest.fixture
def cvat_signed_in(cvat_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with the admin's credentials in the environment and no others."""
    said = cvat_server.environment
    for name in ("CVAT_TOKEN", "CVAT_USER", "CVAT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    return cvat_server
