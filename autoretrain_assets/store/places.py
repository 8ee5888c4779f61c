"""Where a home's versions are: in the repository inside it, or on a server; and which of both it is now.

A home that moved from one to the other keeps the old one until its owner removes it. A file in the home says which
one counts, so that nobody goes on with the older one by a slip in the settings.
"""

import json
from pathlib import Path

from autoretrain_assets.config.store import BACKENDS, Backend, Store
from autoretrain_assets.errors import IntegrityError, StoreError
from autoretrain_assets.files import write_json
from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.store.git import GitStore

EMBEDDED, KEPT = "store.git", "store.json"


def opened(root: Path, settings: Store, *, may_make: bool) -> VersionStore:
    """The store of a home, which may be made when anything is asked of it; raises StoreError where it is gone."""
    if settings.backend == "lakefs":
        from autoretrain_assets.store.lakefs import LakefsStore  # its client takes a while to import

        return LakefsStore(settings.lakefs, may_make=may_make, home=root)
    path = root / EMBEDDED
    if not may_make and not (path / "HEAD").is_file():
        raise StoreError(f"{path} is gone, and with it all versions: restore it from a backup.")
    return GitStore(path)


def described(root: Path, settings: Store) -> str:
    """Where that is, for people."""
    if settings.backend == "lakefs":
        return f"the repository {settings.lakefs.repository} of lakeFS at {settings.lakefs.url}"
    return str(root / EMBEDDED)


def keep(root: Path, backend: Backend) -> None:
    """From now on the home's versions are there."""
    write_json(root / KEPT, {"backend": backend})


def note(root: Path, backend: Backend) -> None:
    """Write down where they are, in a home that is older than the file which says so: a copy must not look like it."""
    if not (root / KEPT).exists():
        write_json(root / KEPT, {"backend": backend})


def kept(root: Path, told: Backend) -> Backend:
    """Where the home's versions are.

    A home that is older than the file which says so has them in git if it has a repository, else where it is `told`.
    Raises IntegrityError where that file cannot be read.
    """
    path = root / KEPT
    try:
        found = json.loads(path.read_bytes())["backend"]
        return BACKENDS[BACKENDS.index(found)]
    except FileNotFoundError:
        return "git" if (root / EMBEDDED).exists() else told
    except (ValueError, KeyError, TypeError):
        raise IntegrityError(
            f'{path} is damaged: write {{"backend": "git"}} or {{"backend": "lakefs"}} into it, whichever has the '
            "newer versions."
        ) from None


def verify_kept(root: Path, told: Backend) -> None:
    """Raise StoreError where the settings name the store that the home has left, or never moved to."""
    if told != (there := kept(root, told)):
        raise StoreError(
            f"autoretrain.yaml says store.backend: {told}, and the versions of this home are in {there}: write "
            f"store.backend: {there} there again, or move them: `autoretrain store copy --to {told}`."
        )


def is_embedded(root: Path) -> bool:
    """Whether they are in the home itself, of a home whose settings may be unreadable."""
    try:
        return (root / EMBEDDED).exists() and kept(root, "git") == "git"
    except IntegrityError:
        return False
