"""Files out of a git repository: read from one process, written by many threads, a few in memory at a time."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from autoretrain_assets.files import atomic_path, write_bytes
from autoretrain_assets.store.names import check_inside
from autoretrain_assets.store.plumbing import conversation, read_objects

_WRITERS = 8
"""Each waits for the disk most of the time: together they let it flush many files at once."""
_IN_MEMORY = 64
"""Files of a chunk or less that are read and not written yet."""


def write_blobs(repository: Path, blobs: Mapping[str, str], target: Path) -> None:
    """Write blobs (path to id) below `target`, each atomically; files there are left.

    Raises StoreError where a link that lies below `target` would lead a path out of it.
    """
    missing = {path: blob for path, blob in blobs.items() if not (target / path).exists()}
    check_inside(target, missing)
    with conversation(repository, "cat-file", "--batch") as talk, ThreadPoolExecutor(_WRITERS) as pool:
        writing: deque[Future[None]] = deque()
        try:
            for path, chunks in zip(missing, read_objects(*talk, list(missing.values())), strict=True):
                first, second = next(chunks, b""), next(chunks, None)
                if second is None:
                    writing.append(pool.submit(write_bytes, target / path, first))
                else:
                    _write(target / path, chain([first, second], chunks))
                while len(writing) >= _IN_MEMORY:
                    writing.popleft().result()
            for one in writing:
                one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.writelines(chunks)
