"""A server for a whole run of tests, and a store in a repository of each test's own."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_tests.lakefs.proxy import Proxy, proxied
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


@pytest.fixture
def proxy(lakefs_store: LakefsStore, lakefs_server: Server) -> Iterator[Proxy]:
    """What stands before the server and does as it is told."""
    with proxied(lakefs_server.port) as proxy:
        yield proxy


def beyond(proxy: Proxy, server: Server, **more) -> LakefsStore:
    """A store in a repository that is not there yet, whose way leads through the proxy."""
    return LakefsStore(replace(server, url=proxy.url).settings(**{"timeout_s": 5, "upload_threads": 4, **more}))


def without(store: LakefsStore, server: Server) -> LakefsStore:
    """The same one on the direct way."""
    return LakefsStore(store.settings.model_copy(update={"url": server.url, "timeout_s": 60}))
