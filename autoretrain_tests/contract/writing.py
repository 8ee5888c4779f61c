"""How the suites of the version store write."""

from autoretrain_assets.store.base import Commit, Content, VersionStore


def put(store: VersionStore, files: dict[str, Content], parent: Commit | None = None, **more) -> Commit:
    return store.commit("main", files, message="m", parent=parent.id if parent else None, **more)
