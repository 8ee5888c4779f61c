"""The production pointer: its log is the history, and it moves only from where its mover saw it."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoretrain_assets.errors import Conflict, InputError, StoreError
from autoretrain_assets.release.registry import BRANCH, current, history, previous, promote
from autoretrain_assets.store.base import Commit
from autoretrain_assets.store.git import GitStore

A, B, C = "a" * 64, "b" * 64, "c" * 64


@dataclass(frozen=True)
class InterruptedStore(GitStore):
    """A store in which somebody else moves the pointer just before the first commit lands."""

    interruptions: list[Callable[[], object]]

    def commit(self, branch: str, put: Mapping, **more) -> Commit:
        if self.interruptions:
            self.interruptions.pop()()
        return GitStore.commit(self, branch, put, **more)


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    return GitStore(tmp_path / "store.git")


def test_before_the_first_release_there_is_none(store: GitStore):
    assert current(store) is None
    assert previous(store) is None
    assert history(store) == []


def test_promotion_is_read_back_and_logged(store: GitStore):
    first = promote(store, "v0001", A, "the first\nmodel", "owner")
    second = promote(store, "v0002", B, "bessere Nächte", "gate")
    assert current(store) == second
    assert previous(store) == first
    assert history(store) == [second, first]
    assert (first.version, first.weights_sha256, first.because, first.by) == ("v0001", A, "the first\nmodel", "owner")
    assert first.commit == store.log(BRANCH)[1].id
    assert abs(second.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_pointers_file_says_the_same(store: GitStore):
    release = promote(store, "v0001", A, "good", "gate")
    assert json.loads(store.read(BRANCH, "production.json")) == {
        "version": "v0001",
        "weights_sha256": A,
        "because": "good",
        "by": "gate",
        "at": release.at.isoformat(),
    }


def test_promoting_what_is_current_changes_nothing(store: GitStore):
    first = promote(store, "v0001", A, "good", "gate")
    assert promote(store, "v0001", A, "said again", "someone") == first
    assert history(store) == [first]
    assert promote(store, "v0001", B, "same version, other weights", "gate") != first


def test_a_rollback_is_an_entry_of_its_own(store: GitStore):
    first = promote(store, "v0001", A, "first", "gate")
    promote(store, "v0002", B, "second", "gate")
    back = previous(store)
    assert back == first
    promote(store, back.version, back.weights_sha256, "rolled back", "owner")
    assert [(each.version, each.because) for each in history(store)] == [
        ("v0001", "rolled back"),
        ("v0002", "second"),
        ("v0001", "first"),
    ]
    assert previous(store) is None


def test_rollbacks_one_after_the_other_walk_back_and_never_bring_a_bad_model_again(store: GitStore):
    for version, weights in (("v0001", A), ("v0002", B), ("v0003", C)):
        promote(store, version, weights, "better", "gate")
    for expected in ("v0002", "v0001"):
        back = previous(store)
        assert back.version == expected
        promote(store, back.version, back.weights_sha256, "rolled back", "owner")
    assert previous(store) is None


def test_after_a_rollback_a_new_model_goes_back_to_what_it_replaced(store: GitStore):
    for version, weights in (("v0001", A), ("v0002", B), ("v0001", A), ("v0003", C)):
        promote(store, version, weights, "moved", "owner")
    assert previous(store).version == "v0001"


def test_a_decision_that_was_overtaken_is_not_carried_out(store: GitStore):
    promote(store, "v0001", A, "first", "gate")
    with pytest.raises(Conflict, match="v0009"):
        promote(store, "v0002", B, "better", "gate", instead_of="v0009")
    promoted = promote(store, "v0002", B, "better", "gate", instead_of="v0001")
    assert promote(store, "v0002", B, "run again", "gate", instead_of="v0001") == promoted


def test_what_was_compared_with_a_model_needs_one_in_production(store: GitStore):
    with pytest.raises(Conflict, match="empty"):
        promote(store, "v0002", B, "better", "gate", instead_of="v0001")


def test_another_model_promoted_meanwhile_is_a_conflict(store: GitStore):
    promote(store, "v0001", A, "first", "gate")
    interrupted = InterruptedStore(store.path, [lambda: promote(store, "v0003", C, "quicker", "owner")])
    with pytest.raises(Conflict):
        promote(interrupted, "v0002", B, "slower", "gate")
    assert [each.version for each in history(store)] == ["v0003", "v0001"]


def test_the_same_model_promoted_meanwhile_is_the_answer(store: GitStore):
    promote(store, "v0001", A, "first", "gate")
    interrupted = InterruptedStore(store.path, [lambda: promote(store, "v0002", B, "quicker", "owner")])
    assert promote(interrupted, "v0002", B, "slower", "gate").because == "quicker"
    assert len(history(store)) == 2


def test_a_pointer_that_came_back_meanwhile_is_tried_again(store: GitStore):
    promote(store, "v0001", A, "first", "gate")

    def there_and_back() -> None:
        promote(store, "v0003", C, "there", "owner")
        promote(store, "v0001", A, "back", "owner")

    promote(InterruptedStore(store.path, [there_and_back]), "v0002", B, "better than v0001", "gate")
    assert [each.version for each in history(store)] == ["v0002", "v0001", "v0003", "v0001"]


def test_the_first_release_is_not_forced_over_another_first(store: GitStore):
    interrupted = InterruptedStore(store.path, [lambda: promote(store, "v0003", C, "quicker", "owner")])
    with pytest.raises(Conflict):
        promote(interrupted, "v0001", A, "first", "gate")


def test_racing_promotions_leave_one_release_each_or_a_conflict(store: GitStore):
    promote(store, "v0001", A, "first", "gate")
    conflicts: list[int] = []

    def race(number: int) -> None:
        try:
            promote(store, f"v1{number}", B, "race", "gate", instead_of="v0001")
        except Conflict:
            conflicts.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(conflicts) == 3
    assert len(history(store)) == 2


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (("../v1", A, "x", "x"), "version"),
        (("", A, "x", "x"), "version"),
        (("v1", "A" * 64, "x", "x"), "sha256"),
        (("v1", "abc", "x", "x"), "sha256"),
        (("v1", A, " ", "x"), "because"),
        (("v1", A, "x", ""), "by"),
        (("v1", A, "nul\0", "x"), "because"),
    ],
)
def test_unusable_values_are_refused(store: GitStore, values: tuple[str, str, str, str], told: str):
    with pytest.raises(InputError, match=told):
        promote(store, *values)
    assert history(store) == []


def test_a_foreign_commit_on_the_branch_is_told(store: GitStore):
    store.commit(BRANCH, {}, message="by hand")
    with pytest.raises(StoreError, match="no release"):
        current(store)
