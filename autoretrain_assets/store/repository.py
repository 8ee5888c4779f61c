"""A bare git repository: made whole or not at all, and read as a table of paths."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autoretrain_assets.errors import StoreError
from autoretrain_assets.files import atomic_path
from autoretrain_assets.store.names import check_inside
from autoretrain_assets.store.plumbing import conversation, read_object, run


def ensure_repository(path: Path) -> Path:
    """The repository at `path`, absolute; made there if it is missing. Raises StoreError where other things lie."""
    path = path.absolute()
    if not (path / "HEAD").is_file():
        _make(path)
    return path


def read_tree(repository: Path, commit: str) -> dict[str, str]:
    """Path to blob id, of every file in the commit."""
    entries = run(repository, "ls-tree", "-r", "-z", "--full-tree", commit).decode(errors="surrogateescape").split("\0")
    return {path: head.rpartition(" ")[2] for head, _, path in (entry.partition("\t") for entry in entries[:-1])}


def read_blobs(repository: Path, ids: Iterable[str]) -> Iterator[bytes]:
    """The bytes of each object, one after the other, from one process."""
    with conversation(repository, "cat-file", "--batch") as (requests, answers):
        for each in ids:
            yield b"".join(read_object(requests, answers, each))


def write_blobs(repository: Path, blobs: Mapping[str, str], target: Path) -> None:
    """Write blobs (path to id) below `target`, each atomically, a chunk in memory at a time; files there are left.

    Raises StoreError where a link that lies below `target` would lead a path out of it.
    """
    missing = {path: blob for path, blob in blobs.items() if not (target / path).exists()}
    check_inside(target, missing)
    with conversation(repository, "cat-file", "--batch") as (requests, answers):
        for path, blob in missing.items():
            with atomic_path(target / path) as temporary, temporary.open("wb") as file:
                file.writelines(read_object(requests, answers, blob))


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        build = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp"))
    except OSError as error:
        raise StoreError(f"The version store {path} cannot be made: {error.strerror}.") from None
    try:
        run(build, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha1")
        build.chmod(0o755)
        _flush(build)
        # The other writer who was quicker made the very same thing.
        if not (path / "HEAD").is_file():
            build.rename(path)
    except OSError as error:
        if path.exists() and not (path / "HEAD").is_file():
            raise StoreError(f"{path} holds other things: name a folder that is empty or absent.") from None
        if not path.exists():
            raise StoreError(f"The version store {path} cannot be made: {error.strerror}.") from None
    finally:
        shutil.rmtree(build, ignore_errors=True)


def _flush(build: Path) -> None:
    for path in (*build.iterdir(), build, build.parent):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
