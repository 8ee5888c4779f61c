"""Files that belong to a model version, on one branch of the store: checkpoint, record, evaluation, decision."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autoretrain_assets.errors import Conflict
from autoretrain_assets.store.base import Commit, Content, VersionStore

BRANCH = "models"
ATTEMPTS = 5
NOTHING: Mapping[str, str] = MappingProxyType({})


def put(
    store: VersionStore,
    version: str,
    files: Mapping[str, Content],
    message: str,
    story: Mapping[str, str] = NOTHING,
) -> Commit:
    """Add or replace `files` of `version`, all or none; where another writer was first, on top of its commit.

    `story` is what the commit tells beside the version's name.
    """
    paths = {f"{version}/{name}": content for name, content in files.items()}
    metadata = {**story, "version": version}
    for _ in range(ATTEMPTS):
        try:
            return store.commit(BRANCH, paths, message=message, metadata=metadata, parent=store.resolve(BRANCH))
        except Conflict:
            continue
    raise Conflict(f"the branch {BRANCH} kept moving while {version} was written: run this step again.")


def names(store: VersionStore, version: str) -> list[str]:
    """The names of the files of `version`; empty where there are none."""
    if store.resolve(BRANCH) is None:
        return []
    prefix = f"{version}/"
    return [path.removeprefix(prefix) for path in store.list(BRANCH, prefix)]


def read(store: VersionStore, version: str, name: str) -> bytes:
    """The bytes of one file of `version`; raises NotFound."""
    return store.read(BRANCH, f"{version}/{name}")


def read_json(store: VersionStore, version: str, name: str) -> dict[str, Any]:
    """The JSON object in one file of `version`; raises NotFound."""
    content: dict[str, Any] = json.loads(read(store, version, name))
    return content


def read_each(store: VersionStore, name: str) -> dict[str, bytes]:
    """The bytes of that file of each version that has one: asked for at once, however many versions there are."""
    tip = store.resolve(BRANCH)
    if tip is None:
        return {}
    paths = [path for path in store.list(tip) if path.endswith(f"/{name}")]
    return {path.partition("/")[0]: content for path, content in store.read_all(tip, paths).items()}


def fetch(store: VersionStore, version: str, name: str, folder: Path) -> Path:
    """The file `name` of `version` below `folder`, downloaded where it is not there yet; raises NotFound."""
    store.download(BRANCH, [f"{version}/{name}"], folder)
    return folder / version / name
