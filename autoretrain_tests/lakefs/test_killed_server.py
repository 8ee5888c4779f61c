"""A server that is killed in the middle of a commit has lost nothing when it is back."""

import time
from collections.abc import Callable

import pytest

from autoretrain_assets.errors import StoreError
from autoretrain_assets.store.base import Commit, Content
from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_assets.store.lakefs.naming import BUILDS
from autoretrain_tests.contract.writing import put
from autoretrain_tests.lakefs.fixtures import needs_a_built_server
from autoretrain_tests.lakefs.proxy import Fault, Passing, proxied, spoiling
from autoretrain_tests.lakefs.running import OWN, running

pytestmark = pytest.mark.slow

LARGE = 300_000

WHERE = {
    "before it has a build branch": (r"POST .*/branches$", 0, 0),
    "in mid-upload": (r"POST .*/objects\?path=large", 0.5, 0),
    "in mid-commit": (r"POST .*/commits", 1, 0.01),
    "as the merge comes": (r"POST .*/merge/", 1, 0),
    "in mid-merge": (r"POST .*/merge/", 1, 0.001),
}
"""Which request is the last that comes to the server, how much of it, and how many seconds it has for that."""


def test_wherever_it_was_killed(tmp_path, monkeypatch):
    needs_a_built_server()
    for name, value in OWN.items():
        monkeypatch.setenv(name, value)
    port, store, before = 0, None, []
    for pattern, share, seconds in WHERE.values():
        with running(tmp_path, port) as server, proxied(server.port) as proxy:
            port, store = server.port, store or LakefsStore(server.settings(retries=0))
            before = all_is_there(store, before)
            last = put(store, files(b"1"), before[0] if before else None)
            before.insert(0, last)
            proxy.plan = spoiling(pattern, killing(server.kill, share, seconds))
            beyond = LakefsStore(store.settings.model_copy(update={"url": proxy.url}))
            with pytest.raises(StoreError, match="did not answer"):
                put(beyond, files(b"2"), last, metadata={"last": pattern})
    with running(tmp_path, port):
        put(store, files(b"3"), all_is_there(store, before)[0])
        assert list(Client(store.settings, Credentials.of()).branches(BUILDS)) == []


def all_is_there(store: LakefsStore, before: list[Commit]) -> list[Commit]:
    """The log, in which only a merge that was heard of may be new, and each of its commits whole."""
    log = store.log("main")
    new = log[: len(log) - len(before)]
    assert log[len(new) :] == before
    assert [commit.metadata["last"] for commit in new] in ([], [r"POST .*/merge/"])
    for commit in log:
        assert store.read(commit.id, "large") == store.read(commit.id, "small") * LARGE
    return log


def files(letter: bytes) -> dict[str, Content]:
    return {"small": letter, "large": letter * LARGE}


def killing(kill: Callable[[], None], share: float, seconds: float) -> Fault:
    def fault(passing: Passing) -> None:
        passing.send(int(passing.length * share))
        time.sleep(seconds)
        kill()
        passing.cut()

    return fault
