"""Writers at once and writers killed, for every version store."""

import multiprocessing
import os
import threading
from pathlib import Path

from autoretrain_assets.errors import Conflict
from autoretrain_assets.store.base import Commit, Content, VersionStore
from autoretrain_tests.contract.writing import put


def test_of_racing_writers_exactly_one_wins_and_the_others_can_go_on(store: VersionStore):
    parent = put(store, {"start": b""})
    gate = threading.Barrier(4)
    lost: list[int] = []

    def write(number: int) -> None:
        gate.wait()
        try:
            put(store, {f"{number}": b"x" * 100_000}, parent)
        except Conflict:
            lost.append(number)

    together(write, range(4))
    assert len(lost) == 3
    assert len(store.list("main")) == 2
    for number in lost:
        put(store, {f"{number}": b"again"}, store.log("main", 1)[0])
    assert store.list("main") == ["0", "1", "2", "3", "start"]


def test_first_writers_race_for_the_branch(store: VersionStore):
    lost: list[int] = []

    def write(number: int) -> None:
        try:
            put(store, {f"{number}": b"x"})
        except Conflict:
            lost.append(number)

    together(write, range(3))
    assert len(lost) == 2
    assert len(store.log("main")) == 1


def test_writers_of_other_branches_do_not_disturb_each_other(store: VersionStore):
    together(lambda number: store.commit(f"branch{number}", {"a": b"%d" % number}, message="m"), range(6))
    assert [store.read(f"branch{number}", "a") for number in range(6)] == [b"%d" % number for number in range(6)]


def test_racing_taggers_agree_or_conflict(store: VersionStore):
    first = put(store, {"a": b"1"})
    second = put(store, {"a": b"2"}, first)
    outcomes: list[str] = []

    def name(commit: Commit) -> None:
        try:
            store.tag("v1", commit.id)
            outcomes.append(commit.id)
        except Conflict:
            outcomes.append("conflict")

    together(name, [first, first, second, second])
    assert sorted(outcomes) == sorted([store.tags()["v1"]] * 2 + ["conflict"] * 2)


def test_a_writer_killed_in_mid_commit_leaves_the_branch_as_it_was(store: VersionStore, tmp_path: Path):
    first = put(store, {"a": b"1"})
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    files: dict[str, Content] = {"a": b"2", "big": b"x" * 5_000_000, "pipe": pipe}
    writer = multiprocessing.get_context("spawn").Process(target=put, args=(store, files, first))
    writer.start()
    # Opening succeeds at the moment when the writer has come to the pipe, in the middle of its commit.
    with pipe.open("wb"):
        writer.kill()
        writer.join()
    assert writer.exitcode == -9
    assert store.log("main") == [first]
    assert store.read("main", "a") == b"1"
    second = put(store, {"a": b"2"}, first)
    assert [commit.id for commit in store.log("main")] == [second.id, first.id]


def together(work, items) -> None:
    """Run `work` on every item at once, a thread each; an error in one of them fails the test."""
    errors: list[BaseException] = []

    def caught(item) -> None:
        try:
            work(item)
        except BaseException as error:  # noqa: BLE001 - handed to the test below
            errors.append(error)

    threads = [threading.Thread(target=caught, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
