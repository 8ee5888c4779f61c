"""Files to the server and from it, many at once, a block of each in memory, each held against its sha256."""

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from autoretrain_assets.errors import IntegrityError, StoreError
from autoretrain_assets.files import atomic_path
from autoretrain_assets.store.base import Content
from autoretrain_assets.store.lakefs.checked import Checked
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.objects import BLOCK, SHA256
from autoretrain_assets.store.lakefs.reading import read_through, unlike
from autoretrain_assets.store.lakefs.wire import Object


def upload(client: Client, branch: str, put: Mapping[str, Content], there: Mapping[str, Object]) -> None:
    """Send what `there` does not hold with the same content; raises StoreError where a file cannot be read."""

    def send(path: str) -> None:
        content = put[path]
        if isinstance(content, bytes):
            _send_bytes(client, branch, path, content, there.get(path))
            return
        try:
            _send_file(client, branch, path, content, there.get(path))
        except OSError as error:
            raise StoreError(
                f"{content} cannot be stored as {path!r}: {error.strerror}. Nothing was committed."
            ) from None

    _at_once(client, send, put)


def read(client: Client, ref: str, files: Mapping[str, Object]) -> dict[str, bytes]:
    """The bytes of each file; raises IntegrityError where they are not what was stored."""
    contents = {path: io.BytesIO() for path in files}
    _at_once(client, lambda path: _fetch(client, ref, files[path], contents[path]), files)
    return {path: content.getvalue() for path, content in contents.items()}


def download(client: Client, ref: str, files: Mapping[str, Object], target: Path) -> None:
    """Write each file below `target` at the path it is under, atomically; raises IntegrityError for other bytes."""

    def fetch(path: str) -> None:
        with atomic_path(target / path) as temporary, temporary.open("wb") as file:
            _fetch(client, ref, files[path], file)

    _at_once(client, fetch, files)


def _fetch(client: Client, ref: str, stored: Object, to: IO[bytes]) -> None:
    if other := unlike(stored, *read_through(client, ref, stored, to.write)):
        raise IntegrityError(
            f"{stored.path!r} came from lakeFS as {other}: restore the object from a backup of its storage."
        )


def _send_bytes(client: Client, branch: str, path: str, content: bytes, there: Object | None) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    if not _is(there, sha256):
        client.upload(branch, path, content, len(content), sha256)


def _send_file(client: Client, branch: str, path: str, source: Path, there: Object | None) -> None:
    with source.open("rb") as file:
        first = file.read(BLOCK)
        if len(first) < BLOCK:
            _send_bytes(client, branch, path, first, there)
            return
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        if not _is(there, sha256):
            client.upload(branch, path, Checked(file, source, size, sha256), size, sha256)


def _is(there: Object | None, sha256: str) -> bool:
    return there is not None and (there.metadata or {}).get(SHA256) == sha256


def _at_once(client: Client, work: Callable[[str], Any], paths: Iterable[str]) -> None:
    """Each path in a thread; the first failure ends it, and what has not begun is left."""
    with ThreadPoolExecutor(client.settings.upload_threads) as pool:
        futures = [pool.submit(work, path) for path in paths]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
