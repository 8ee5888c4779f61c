"""The settings of a backend that labels on a stand-in server, and its credentials."""

from typing import Any

import pytest

from autoretrain_assets.config.cvat import Cvat
from autoretrain_tests.cvat.standin import StandIn


def settings_of(server: StandIn, **more: Any) -> Cvat:
    """Quick ones: the stand-in has no reason to be slow."""
    return Cvat(url=server.url, **{"timeout_s": 5, "retries": 0, "poll_seconds": 0.01, "wait_s": 5} | more)


@pytest.fixture
def cvat_signed_in(cvat_server: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The server, with the admin's token in the environment and no other credentials."""
    for name in ("CVAT_USER", "CVAT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CVAT_TOKEN", cvat_server.token)
    return cvat_server
