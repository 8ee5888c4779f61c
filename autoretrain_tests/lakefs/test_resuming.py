"""A download over a bad network goes on where it was cut, and is whole or absent."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from autoretrain_assets.errors import IntegrityError, StoreError
from autoretrain_assets.store.base import Examined
from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_tests.contract.writing import put
from autoretrain_tests.lakefs.faults import cut_after, deaf_to_parts, half_sent, saying
from autoretrain_tests.lakefs.fixtures import beyond
from autoretrain_tests.lakefs.proxy import Fault, Passing, Proxy

pytestmark = pytest.mark.slow

MB = 1 << 20
LARGE = os.urandom(8 * MB + 17)


@pytest.fixture
def store(proxy, lakefs_server) -> LakefsStore:
    """With one large file; of those that are asked for again twice at most."""
    store = beyond(proxy, lakefs_server, retries=2)
    put(store, {"weights.pt": LARGE})
    proxy.asked.clear()
    return store


def one_after_the_other(*faults: Fault | None):
    """A plan for requests of files; when all is told, nothing more happens."""
    left: Iterable[Fault | None] = iter(faults)
    return lambda told: next(left, None) if "/objects?" in told else None


def begun(proxy: Proxy) -> list[str]:
    """Where each request of a file began."""
    return [told.rpartition("bytes=")[2] if "bytes=" in told else "0-" for told in proxy.asked if "/objects?" in told]


def arrived(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_goes_on_where_it_was_cut(store, proxy, tmp_path):
    proxy.plan = one_after_the_other(cut_after(5 * MB), cut_after(2 * MB))
    store.download("main", ["weights.pt"], tmp_path)
    assert (tmp_path / "weights.pt").read_bytes() == LARGE
    assert begun(proxy) == ["0-", f"{5 * MB}-", f"{7 * MB}-"]


def unended(passing: Passing) -> None:
    status, headers, body = passing.pass_on()
    passing.head(status, {**headers, "Transfer-Encoding": "chunked"})
    passing.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
    passing.cut()


def test_what_is_cut_after_its_last_byte_is_whole(store, proxy, tmp_path):
    proxy.plan = one_after_the_other(unended)
    store.download("main", ["weights.pt"], tmp_path)
    assert (tmp_path / "weights.pt").read_bytes() == LARGE
    assert begun(proxy) == ["0-"]


def test_examining_goes_on_where_it_was_cut_too(store, proxy):
    proxy.plan = one_after_the_other(cut_after(5 * MB), cut_after(2 * MB))
    [found] = store.examine("main", ["weights.pt"])
    assert found == Examined("weights.pt", len(LARGE), hashlib.sha256(LARGE).hexdigest())
    assert begun(proxy) == ["0-", f"{5 * MB}-", f"{7 * MB}-"]


def test_as_often_as_it_takes_while_something_comes(store, proxy):
    proxy.plan = one_after_the_other(*[cut_after(MB)] * 8)
    assert store.read("main", "weights.pt") == LARGE
    assert len(begun(proxy)) == 9 > store.settings.retries + 1


def test_it_is_given_up_when_nothing_comes_and_leaves_nothing(store, proxy, tmp_path):
    proxy.plan = one_after_the_other(cut_after(5 * MB), *[cut_after(100)] * 9)
    with pytest.raises(StoreError, match=r"did not answer \(read 'weights.pt'\)"):
        store.download("main", ["weights.pt"], tmp_path)
    assert begun(proxy) == ["0-", f"{5 * MB}-", f"{5 * MB}-"]
    assert arrived(tmp_path) == []


def test_where_parts_are_not_known_it_begins_again(store, proxy, tmp_path):
    proxy.plan = one_after_the_other(cut_after(5 * MB), deaf_to_parts)
    store.download("main", ["weights.pt"], tmp_path)
    assert (tmp_path / "weights.pt").read_bytes() == LARGE
    assert begun(proxy) == ["0-", f"{5 * MB}-"]


def another_part(passing: Passing) -> None:
    passing.headers.replace_header("Range", f"bytes={MB}-")
    passing.answer(*passing.pass_on())


def test_another_part_than_the_wanted_one_is_not_taken(store, proxy, tmp_path):
    proxy.plan = one_after_the_other(cut_after(5 * MB), another_part)
    store.download("main", ["weights.pt"], tmp_path)
    assert (tmp_path / "weights.pt").read_bytes() == LARGE
    assert begun(proxy) == ["0-", f"{5 * MB}-", f"{5 * MB}-"]


def spoilt(passing: Passing) -> None:
    status, headers, body = passing.pass_on()
    passing.answer(status, headers, body[:-1] + bytes([body[-1] ^ 1]))


def test_the_hash_is_that_of_all_parts_together(store, proxy, tmp_path):
    proxy.plan = one_after_the_other(cut_after(5 * MB), spoilt)
    with pytest.raises(IntegrityError, match="weights"):
        store.download("main", ["weights.pt"], tmp_path)
    assert arrived(tmp_path) == []


def test_of_many_files_those_that_came_whole_stay_and_are_not_fetched_again(store, proxy, tmp_path):
    files = {f"images/{number}": b"%d" % number * 1000 for number in range(20)}
    put(store, files, store.log("main")[0])
    proxy.plan = one_after_the_other(*[None] * 10, *[saying(503)] * 100)
    with pytest.raises(StoreError, match="503"):
        store.download("main", files, tmp_path)
    there = arrived(tmp_path / "images")
    assert 0 < len(there) < 20
    proxy.asked.clear()
    proxy.plan = lambda _: None
    store.download("main", files, tmp_path)
    assert len(begun(proxy)) == 20 - len(there)
    assert {path: (tmp_path / path).read_bytes() for path in files} == files


def test_a_large_file_that_is_cut_on_its_way_there_is_sent_again_whole(store, proxy, tmp_path):
    (tmp_path / "large").write_bytes(LARGE[::-1])
    proxy.plan = one_after_the_other(half_sent, half_sent)
    put(store, {"large": tmp_path / "large"}, store.log("main")[0])
    assert hashlib.sha256(store.read("main", "large")).digest() == hashlib.sha256(LARGE[::-1]).digest()
