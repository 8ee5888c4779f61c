"""A history of every kind of commit, and what two stores must have in common when one is a copy of the other."""

from datetime import UTC, datetime, timedelta

from autoretrain_assets.store.base import Content, VersionStore
from autoretrain_assets.store.history import ORIGINAL

BRANCHES = ("main", "models", "production")
LONG_AGO = datetime(2024, 2, 29, 12, 30, 1, tzinfo=UTC)


def write(store: VersionStore) -> None:
    """Files that come, change and go, an empty one, an empty commit, texts of every kind, tags."""
    _commit(store, "main", {"images/ü/日本 1.jpg": b"\0" * 70_000, "empty": b"", "a": b"1"}, 0, metadata={"v": "v1"})
    store.tag("v0001", "main")
    _commit(store, "main", {"a": b"2", 'odd"\n\\name': b"x"}, 1, delete=["empty"])
    _commit(store, "main", {}, 2, message="")
    store.tag("v0002", "main")
    store.tag("kept/for-ever", "v0002")
    _commit(
        store, "main", {"empty": b"", "images/2": b"2"}, 3, message="it came back\n\nwith a body", metadata={"ü": ""}
    )
    _commit(store, "models", {"v0001/weights.pt": b"w" * 3_000_000, "v0001/record.json": b"{}"}, 1)
    _commit(store, "production", {"production.json": b"{}"}, 4)
    _commit(store, "theirs", {"mine": b"1"}, 4)
    store.tag("of-theirs", "theirs")


def go_on(store: VersionStore, branch: str = "main") -> None:
    """One more commit, as of now."""
    _commit(store, branch, {"more": str(len(store.log(branch))).encode()}, 100)


def told(store: VersionStore) -> dict[str, object]:
    """All that two copies of one history have in common: texts, times, files and tags, without the commits' ids."""
    number = {commit.id: (branch, at) for branch in BRANCHES for at, commit in enumerate(store.log(branch)[::-1])}
    commits = {
        branch: [
            (
                commit.message,
                {key: value for key, value in commit.metadata.items() if key != ORIGINAL},
                commit.created_at,
                {path: store.read(commit.id, path) for path in store.list(commit.id)},
            )
            for commit in store.log(branch)
        ]
        for branch in BRANCHES
    }
    return commits | {"tags": {tag: number[commit] for tag, commit in store.tags().items() if commit in number}}


def _commit(store: VersionStore, branch: str, files: dict[str, Content], day: int, message: str = "m", **more) -> None:
    at = LONG_AGO + timedelta(days=day)
    store.commit(branch, files, message=message, parent=store.resolve(branch), created_at=at, **more)
