"""The lakeFS store on a server of its own, against one thread, plain copies and the bare calls."""

import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from urllib3 import PoolManager

from autoretrain_assets.store.base import Content
from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_assets.store.lakefs.client import PAGE, Client
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_tests.bench.copies import FILE_BYTES, FLUSHED, copies, photos
from autoretrain_tests.bench.printing import Inputs, beside, in_turns, say, seconds
from autoretrain_tests.lakefs.running import BINARY, HOW, Server, named, running

MORE = 100
LARGE, LARGE_BYTES = 50, 100_000_000


def run(inputs: Inputs) -> None:
    """1,000 files of 60 KB in and out, 100 more on 20,000, a list of those, and the memory that 5 GB take."""
    if not (named() or BINARY.is_file()):
        say(f"skipped: no lakeFS server: {HOW}")
        return
    with _server(inputs.work / "server") as server:
        os.environ.update(server.environment)
        _transfers(inputs, server)
        _growth(inputs, server)
        _memory(inputs, server)


@contextmanager
def _server(folder: Path) -> Iterator[Server]:
    if server := named():
        yield server
        return
    folder.mkdir()
    with running(folder) as server:
        yield server


def _transfers(inputs: Inputs, server: Server) -> None:
    files = photos(inputs.work / "files", inputs.size(1000))
    contents: dict[str, Content] = {f"images/{path.name}": path for path in files}
    many, one = ([_store(server, **more) for _ in range(inputs.rounds)] for more in ({}, {"upload_threads": 1}))
    threads = many[0].settings.upload_threads
    sent = in_turns(
        {
            f"upload by {threads} threads": lambda turn: many[turn].commit("main", contents, message="bench"),
            "one thread": lambda turn: one[turn].commit("main", contents, message="bench"),
        },
        inputs.rounds,
    )
    beside(sent, "one thread", len(files), "files")
    fetched = in_turns(
        {
            "download": lambda turn: many[turn].download("main", contents, inputs.work / f"out{turn}"),
            FLUSHED: lambda turn: copies(files, inputs.work / f"copy{turn}", flushed=True),
        },
        inputs.rounds,
    )
    beside(fetched, FLUSHED, len(files), "files")


def _growth(inputs: Inputs, server: Server) -> None:
    """What the next version costs after a large one: a list of what is there, and what is new."""
    store, count = _store(server), inputs.size(20_000, 200)
    large: dict[str, Content] = {f"images/{number:05}.jpg": b"%d" % number for number in range(count)}
    last = [store.commit("main", large, message="bench")]
    client = Client(store.settings, Credentials.of())
    new: list[dict[str, Content]] = [
        {f"{turn}/{number}": os.urandom(FILE_BYTES) for number in range(MORE)} for turn in range(inputs.rounds)
    ]

    def grow(turn: int) -> None:
        last.append(store.commit("main", new[turn], message="bench", parent=last[-1].id))

    listing, growing = f"list {count:,}", f"{MORE} more on {count:,}"
    times = in_turns(
        {
            listing: lambda _: store.list("main"),
            "bare pages": lambda _: _bare_pages(client, last[-1].id),
            growing: grow,
            "bare calls": lambda turn: _bare_calls(client, f"bare{turn}", last[0].id, new[turn]),
        },
        inputs.rounds,
    )
    beside({name: times[name] for name in (listing, "bare pages")}, "bare pages", count, "files")
    beside({name: times[name] for name in (growing, "bare calls")}, "bare calls", MORE, "files")


def _bare_pages(client: Client, commit: str) -> None:
    """The same answers, of which only where the next one begins is read."""
    where = f"{client.address}/api/v1/repositories/{client.settings.repository}/refs/{commit}/objects/ls"
    page: dict[str, Any] = {"has_more": True, "next_offset": ""}
    headers = {"Authorization": f"Basic {Credentials.of().basic}"}
    with PoolManager(headers=headers) as pool:
        while page["has_more"]:
            answer = pool.request("GET", where, fields={"amount": PAGE, "after": page["next_offset"]})
            page = answer.json()["pagination"]


def _bare_calls(client: Client, name: str, parent: str, files: Mapping[str, Content]) -> None:
    """The same without a look at what is there, at who else writes, and at what came of it."""
    client.make_branch(f"{name}-target", parent)
    client.make_branch(name, parent)
    with ThreadPoolExecutor(client.settings.upload_threads) as pool:
        list(pool.map(lambda path: client.upload(name, path, bytes(files[path]), FILE_BYTES, "bench"), files))
    client.merge(client.commit_all(name, "bench"), f"{name}-target", "bench", {})


def _memory(inputs: Inputs, server: Server) -> None:
    """The most memory of a process that publishes large files, and of one that fetches them."""
    size = inputs.size(LARGE_BYTES, 3_000_000)
    files: dict[str, Content] = {f"{number}.bin": inputs.work / f"{number}.bin" for number in range(LARGE)}
    for path in files.values():
        with Path(str(path)).open("wb") as file:
            file.truncate(size)
    store, target = _store(server), inputs.work / "large"
    for name, work in (
        ("publish", partial(_publish, store, files)),
        ("fetch", partial(_download, store, list(files), target)),
    ):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            took, rss = pool.apply(_measured, (work,))
        say(f"{name} {LARGE * size / 1e9:.2f} GB in {LARGE} files: {took:.1f} s, at most {rss / 1e6:.0f} MB of memory")


def _measured(work: Callable[[], object]) -> tuple[float, int]:
    return seconds(work), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _publish(store: LakefsStore, files: Mapping[str, Content]) -> None:
    store.commit("main", files, message="bench")


def _download(store: LakefsStore, paths: Sequence[str], target: Path) -> None:
    store.download("main", paths, target)


def _store(server: Server, **more: int) -> LakefsStore:
    """One whose repository is there already."""
    store = LakefsStore(server.settings(**more))
    store.tags()
    return store
