"""A server for a whole run of tests, and a store in a repository of each test's own."""

import os
from collections.abc import Iterator

import pytest

from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_tests.lakefs.running import BINARY, HOW, Server, named, running


def needs_a_built_server() -> None:
    """Skip where none was built; whoever builds it to test on it must not miss that it is not there."""
    if not BINARY.is_file():
        miss = pytest.fail if os.environ.get("AUTORETRAIN_LAKEFS") == "required" else pytest.skip
        miss(f"no lakeFS server: {HOW}")


@pytest.fixture(scope="session")
def lakefs_server(tmp_path_factory) -> Iterator[Server]:
    """The server that the environment names, or one that was built; skips where there is neither."""
    if server := named():
        yield server
        return
    needs_a_built_server()
    with running(tmp_path_factory.mktemp("lakefs")) as server:
        yield server


@pytest.fixture
def lakefs_store(lakefs_server: Server, monkeypatch) -> LakefsStore:
    """An empty store in a repository of its own."""
    for name, value in lakefs_server.environment.items():
        monkeypatch.setenv(name, value)
    return LakefsStore(lakefs_server.settings())
