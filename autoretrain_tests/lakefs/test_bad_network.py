"""A bad network between the store and a real server: what is there in the end is what was asked for, once."""

import logging
import time
from pathlib import Path

import pytest

from autoretrain_assets.errors import AutoretrainError, Conflict, NotFound, StoreError
from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_tests.contract.writing import put
from autoretrain_tests.lakefs.answering import answering
from autoretrain_tests.lakefs.faults import (
    garbage,
    half_answered,
    half_chunked,
    half_sent,
    late,
    saying,
    slow,
    unanswered,
    unheard,
)
from autoretrain_tests.lakefs.fixtures import beyond, without
from autoretrain_tests.lakefs.proxy import Fault, Passing, spoiling
from autoretrain_tests.lakefs.running import SECRET

pytestmark = pytest.mark.slow

VERBS = {
    "find the repository": r"GET /api/v1/repositories/[^/]+$",
    "make the repository": r"POST /api/v1/repositories$",
    "find a branch": r"GET .*/branches/[^/?]+$",
    "find a tag": r"GET .*/tags/",
    "find a commit": r"GET .*/commits/[^/?]+$",
    "list branches": r"GET .*/branches\?",
    "list tags": r"GET .*/tags\?",
    "list files": r"GET .*/objects/ls",
    "list commits": r"GET .*/refs/[^/]+/commits",
    "compare": r"GET .*/diff/",
    "fetch": r"GET .*/objects\?",
    "make a branch": r"POST .*/branches$",
    "remove a branch": r"DELETE .*/branches/",
    "send": r"POST .*/objects\?",
    "remove files": r"POST .*/objects/delete",
    "commit": r"POST .*/commits",
    "merge": r"POST .*/merge/",
    "make a tag": r"POST .*/tags$",
}
WRITING = [verb for verb, pattern in VERBS.items() if not pattern.startswith("GET")]
LOST: dict[str, Fault] = {
    "unheard": unheard,
    "unanswered": unanswered,
    "half sent": half_sent,
    "half answered": half_answered,
    "half chunked": half_chunked,
    "busy": saying(429),
    "fault 500": saying(500),
    "fault 502": saying(502),
    "fault 503": saying(503),
}


def everything(store: LakefsStore, target: Path) -> None:
    """Each thing that a store does; fails where an answer is not the right one."""
    first = put(store, {"a": b"1", "b/c": b"2" * 100_000})
    second = put(store, {"a": b"3"}, first, delete=["b/c"])
    store.tag("v1", second.id)
    assert store.tags() == {"v1": second.id}
    assert store.resolve("v1") == store.resolve(second.id) == second.id
    assert store.log("main") == [second, first]
    assert [change.path for change in store.diff(first.id, second.id)] == ["a", "b/c"]
    assert store.list(first.id, "b") == ["b/c"]
    assert store.read("main", "a") == b"3"
    store.download(first.id, ["a", "b/c"], target)
    assert (target / "b/c").read_bytes() == b"2" * 100_000


@pytest.mark.parametrize("fault", LOST)
def test_each_thing_may_go_wrong_once_and_all_is_done_once(fault, proxy, lakefs_server, tmp_path):
    store = beyond(proxy, lakefs_server)
    plans = [spoiling(pattern, LOST[fault], 1) for pattern in VERBS.values()]
    proxy.plan = lambda told: next(filter(None, (plan(told) for plan in plans)), None)
    everything(store, tmp_path / "out")
    assert {
        verb for verb, pattern in VERBS.items() if not any(spoiling(pattern, unheard)(told) for told in proxy.asked)
    } == set()
    assert len(without(store, lakefs_server).log("main")) == 2


def test_what_arrives_long_after_it_was_given_up_does_nothing_twice(proxy, lakefs_server):
    store, after = beyond(proxy, lakefs_server, timeout_s=0.5), 0.8
    first = put(store, {"a": b"1", "b": b"2"})
    plans = [spoiling(VERBS[verb], late(after), 1) for verb in WRITING]
    proxy.plan = lambda told: next(filter(None, (plan(told) for plan in plans)), None)
    second = put(store, {"a": b"3"}, first, delete=["b"])
    store.tag("v1", second.id)
    time.sleep(after)
    assert without(store, lakefs_server).log("main") == [second, first]
    assert without(store, lakefs_server).tags() == {"v1": second.id}


@pytest.mark.parametrize("verb", WRITING)
@pytest.mark.parametrize("fault", ["unanswered", "half sent"])
def test_what_goes_wrong_for_ever_is_done_or_not_and_said_soon(fault, verb, proxy, lakefs_server, caplog):
    store = beyond(proxy, lakefs_server, retries=1)
    direct = without(store, lakefs_server)
    first = None if verb == "make the repository" else put(store, {"a": b"1", "gone": b""})
    proxy.plan, began = spoiling(VERBS[verb], LOST[fault]), time.monotonic()
    with caplog.at_level(logging.DEBUG):
        told = failure(lambda: store.tag("v1", put(store, {"a": b"2"}, first, delete=["gone"]).id))
    assert time.monotonic() - began < 8
    if told:
        assert str(told).endswith("."), told
        assert proxy.url in str(told) or isinstance(told, Conflict)
    assert lakefs_server.environment[SECRET] not in f"{told}{caplog.text}"
    now = direct.log("main")
    assert len(now) <= (2 if first else 1)
    for commit in now[:1]:
        assert direct.read("main", "a") == (b"1" if commit == first else b"2")
        proxy.plan = lambda _: None
        put(store, {"a": b"3"}, commit)
        assert len(direct.log("main")) == len(now) + 1


def failure(work) -> AutoretrainError | None:
    try:
        work()
    except AutoretrainError as error:
        return error
    return None


def test_who_was_overtaken_while_the_network_was_away_has_a_conflict_and_can_go_on(proxy, lakefs_server):
    store = beyond(proxy, lakefs_server)
    direct, first = without(store, lakefs_server), put(store, {"a": b"1"})

    def overtaken(passing: Passing) -> None:
        put(direct, {"theirs": b""}, first)
        passing.cut()

    proxy.plan = spoiling(VERBS["merge"], overtaken, 1)
    with pytest.raises(Conflict, match="read it again"):
        put(store, {"ours": b""}, first)
    assert len(direct.log("main")) == 2
    put(store, {"ours": b""}, direct.log("main")[0])
    assert store.list("main") == ["a", "ours", "theirs"]


def test_a_merge_whose_answer_was_lost_is_found_below_what_came_after_it(proxy, lakefs_server):
    store = beyond(proxy, lakefs_server)
    direct, first = without(store, lakefs_server), put(store, {"a": b"1"})

    def buried(passing: Passing) -> None:
        passing.pass_on()
        put(direct, {"theirs": b""}, direct.log("main")[0])
        passing.cut()

    proxy.plan = spoiling(VERBS["merge"], buried, 1)
    ours = put(store, {"ours": b""}, first)
    assert direct.log("main")[1:] == [ours, first]


def test_garbage_instead_of_an_answer_is_an_error_that_says_so(proxy, lakefs_server, tmp_path):
    store = beyond(proxy, lakefs_server)
    first = put(store, {"a": b"1"})
    for ask in (
        lambda: store.list("main"),
        lambda: store.log("main"),
        store.tags,
        lambda: put(store, {"a": b"2"}, first),
    ):
        proxy.plan = spoiling("GET", garbage)
        with pytest.raises(StoreError, match="did not answer"):
            ask()
    proxy.plan = spoiling(VERBS["fetch"], garbage)
    with pytest.raises(AutoretrainError, match=r"'a' came from lakeFS as"):
        store.download("main", ["a"], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert without(store, lakefs_server).log("main") == [first]


@pytest.mark.parametrize("verb", ["find a branch", "send", "merge", "fetch"])
def test_nobody_is_followed_elsewhere_with_the_credentials(verb, proxy, lakefs_server):
    store = beyond(proxy, lakefs_server)
    first = put(store, {"a": b"1"})
    with answering((200, {})) as thief:
        proxy.plan = spoiling(VERBS[verb], saying(302, Location=f"{thief.url}/api/v1/"))
        with pytest.raises(StoreError, match="302"):
            put(store, {"a": store.read("main", "a") * 2}, first)
        assert thief.asked == []
    assert without(store, lakefs_server).log("main") == [first]


def test_a_slow_server_is_waited_for_and_a_silent_one_is_not(proxy, lakefs_server):
    store = beyond(proxy, lakefs_server, retries=1, timeout_s=1)
    first = put(store, {"a": b"1"})
    proxy.plan = spoiling(VERBS["list files"], slow(2.0))
    assert store.list(first.id) == ["a"]
    proxy.plan, began = spoiling("", late(60)), time.monotonic()
    with pytest.raises(StoreError, match="timed out"):
        put(store, {"a": b"2"}, first)
    assert time.monotonic() - began < 6


@pytest.mark.parametrize("verb", ["list files", "merge", "send"])
def test_a_busy_server_is_asked_again_when_it_said(verb, proxy, lakefs_server):
    store = beyond(proxy, lakefs_server)
    first = put(store, {"a": b"1"})
    proxy.plan, began = spoiling(VERBS[verb], saying(429, Retry_After="1"), 1), time.monotonic()
    put(store, {"a": store.read("main", "a") * 2}, first)
    assert 1 <= time.monotonic() - began < 3


def test_a_file_that_is_not_there_is_no_fault_of_the_network(proxy, lakefs_server, tmp_path):
    store = beyond(proxy, lakefs_server)
    put(store, {"a": b"1"})
    proxy.asked.clear()
    with pytest.raises(NotFound):
        store.download("main", ["b"], tmp_path / "out")
    assert not any(spoiling(VERBS["fetch"], unheard)(told) for told in proxy.asked)
