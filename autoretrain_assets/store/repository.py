"""A bare git repository: made whole or not at all, and read by its objects."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autoretrain_assets.errors import StoreError
from autoretrain_assets.files import flush
from autoretrain_assets.store.message import tree_of
from autoretrain_assets.store.plumbing import conversation, read_object, read_objects, run
from autoretrain_assets.store.trees import Folder, Read


def ensure_repository(path: Path) -> Path:
    """The repository at `path`, absolute; made there if it is missing. Raises StoreError where other things lie."""
    path = path.absolute()
    if not (path / "HEAD").is_file():
        _make(path)
    return path


@contextmanager
def reading(repository: Path) -> Iterator[Read]:
    """What answers with an object's bytes to its id, within the block, from one process."""
    with conversation(repository, "cat-file", "--batch") as talk:
        yield lambda identifier: read_object(*talk, identifier.hex())


def files_of(read: Read, commit: str | None) -> Folder:
    """The files of a commit, read as they are asked for; of no commit none."""
    return Folder(read, tree_of(read(bytes.fromhex(commit))) if commit else None)


def read_tree(repository: Path, commit: str) -> dict[str, str]:
    """Path to blob id, of every file in the commit."""
    with reading(repository) as read:
        return {path: entry.id.hex() for path, entry in files_of(read, commit).walk()}


def read_blobs(repository: Path, ids: Sequence[str]) -> Iterator[bytes]:
    """The bytes of each object, one after the other, from one process."""
    with conversation(repository, "cat-file", "--batch") as talk:
        yield from (b"".join(chunks) for chunks in read_objects(*talk, ids))


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
        flush(path)
