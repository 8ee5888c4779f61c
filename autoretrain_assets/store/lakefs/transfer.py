"""Files to the server and from it, many at once, a block of each in memory, each held against its sha256."""

import hashlib
import io
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from autoretrain_assets.errors import IntegrityError, StoreError
from autoretrain_assets.files import atomic_path
from autoretrain_assets.store.base import Content
from autoretrain_assets.store.lakefs.checked import Checked
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.failures import CutOff
from autoretrain_assets.store.lakefs.objects import BLOCK, SHA256
from autoretrain_assets.store.lakefs.patience import pauses
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


def read(client: Client, ref: str, stored: Object) -> bytes:
    """The bytes of one file; raises IntegrityError where they are not what was stored."""
    content = io.BytesIO()
    _fetch(client, ref, stored, content)
    return content.getvalue()


def download(client: Client, ref: str, files: Mapping[str, Object], target: Path) -> None:
    """Write each file below `target` at the path it is under, atomically; raises IntegrityError for other bytes."""

    def fetch(path: str) -> None:
        with atomic_path(target / path) as temporary, temporary.open("wb") as file:
            _fetch(client, ref, files[path], file)

    _at_once(client, fetch, files)


def _fetch(client: Client, ref: str, stored: Object, to: IO[bytes]) -> None:
    """Write it to where it belongs; from where the network cut it, it goes on."""
    hasher, retries = hashlib.sha256(), client.settings.retries
    waits = pauses(retries)
    while True:
        begun = to.tell()
        try:
            with client.reading(ref, stored.path, begun) as blocks:
                for block in blocks:
                    hasher.update(block)
                    to.write(block)
            break
        except CutOff:
            if to.tell() - begun >= BLOCK:
                # A network that brought something is not the one that was given up on.
                waits = pauses(retries)
            if (pause := next(waits, None)) is None:
                raise
            time.sleep(pause)
    _verify(stored, to.tell(), hasher.hexdigest())


def _verify(stored: Object, size: int, sha256: str) -> None:
    # Of a file that others stored only the size is known.
    expected = (stored.metadata or {}).get(SHA256, sha256)
    if (size, sha256) != (stored.size_bytes, expected):
        raise IntegrityError(
            f"{stored.path!r} came from lakeFS as {size} bytes of sha256 {sha256[:12]}…, stored were "
            f"{stored.size_bytes} of {expected[:12]}…: restore the object from a backup of its storage."
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
