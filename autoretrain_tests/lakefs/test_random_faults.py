"""Whatever befalls the requests, the store is in the end what a model in memory says."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autoretrain_assets.errors import StoreError
from autoretrain_assets.store.base import Commit
from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_tests.lakefs.faults import (
    cut_after,
    half_answered,
    half_chunked,
    half_sent,
    saying,
    unanswered,
    unheard,
)
from autoretrain_tests.lakefs.fixtures import beyond, without

FAULTS = [
    cut_after(40_000),
    half_answered,
    half_chunked,
    half_sent,
    saying(500),
    saying(503),
    saying(429),
    unanswered,
    unheard,
]
PATHS = [f"images/{number}" for number in range(12)]
STEPS = 15


@dataclass
class Walk:
    """What is done on the bad way, and what must then be seen on the direct one."""

    store: LakefsStore
    direct: LakefsStore
    target: Path
    rng: random.Random
    commits: list[Commit] = field(default_factory=list)
    files: list[dict[str, bytes]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self) -> None:
        files = dict(self.files[-1]) if self.files else {}
        put = {path: self.rng.randbytes(60_000) for path in self.rng.sample(PATHS, 3)}
        gone = self.rng.sample(sorted(files), len(files) // 4)
        parent, number = (self.commits[-1].id if self.commits else None), str(self.rng.random())
        try:
            self.store.commit("main", put, message=number, delete=gone, parent=parent)
        finally:
            # Only the log tells whether what failed was done: with all of its files, or not at all.
            if (newest := self.direct.log("main", 1)) and newest[0].message == number:
                self.commits += newest
                self.files.append({path: files[path] for path in files.keys() - set(gone)} | put)

    def tag(self) -> None:
        if self.commits:
            name, commit = f"v{len(self.tags)}", self.rng.choice(self.commits).id
            try:
                self.store.tag(name, commit)
            finally:
                if found := self.direct.resolve(name):
                    assert found == commit
                    self.tags[name] = found

    def download(self) -> None:
        if self.commits:
            number = self.rng.randrange(len(self.commits))
            folder, files = self.target / self.commits[number].id, self.files[number]
            try:
                self.store.download(self.commits[number].id, files, folder)
                assert {path for path in files if not (folder / path).exists()} == set()
            finally:
                found = {
                    path.relative_to(folder).as_posix(): path.read_bytes()
                    for path in folder.rglob("*")
                    if path.is_file()
                }
                assert found.items() <= files.items()


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "share"), [(0, 0.05), (1, 0.15), (2, 0.3)])
def test_what_random_faults_leave_is_what_was_done(seed, share, proxy, lakefs_server, tmp_path):
    store, network = beyond(proxy, lakefs_server, retries=3), random.Random(seed)
    proxy.plan = lambda _: network.choice(FAULTS) if network.random() < share else None
    walk, failed = Walk(store, without(store, lakefs_server), tmp_path, random.Random(seed)), []
    for _ in range(STEPS):
        try:
            walk.rng.choice([walk.commit, walk.commit, walk.tag, walk.download])()
        except StoreError as error:
            failed.append(str(error))
    assert len(failed) <= STEPS * share
    assert all(text.startswith("lakeFS at ") and text.endswith(".") for text in failed)
    assert walk.direct.log("main") == walk.commits[::-1]
    assert walk.direct.tags() == walk.tags
    for commit, files in zip(walk.commits, walk.files, strict=True):
        assert walk.direct.list(commit.id) == sorted(files)
        assert {path: walk.direct.read(commit.id, path) for path in files} == files
