"""Reading files of a commit to their ends, to see whether they are what was stored."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from autoretrain_assets.store.base import Examined
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.failures import CutOff, Gone
from autoretrain_assets.store.lakefs.objects import SHA256
from autoretrain_assets.store.lakefs.patience import pauses
from autoretrain_assets.store.lakefs.wire import Object


def examine(client: Client, commit: str, files: Mapping[str, Object]) -> Iterator[Examined]:
    """Read each of the files, many at once; raises StoreError where the server is away."""
    with ThreadPoolExecutor(client.settings.upload_threads) as pool:
        yield from pool.map(lambda stored: _examined(client, commit, stored), files.values())


def _examined(client: Client, commit: str, stored: Object) -> Examined:
    for pause in (*pauses(client.settings.retries), None):
        hasher, size = hashlib.sha256(), 0
        try:
            with client.reading(commit, stored.path) as blocks:
                for block in blocks:
                    hasher.update(block)
                    size += len(block)
            return _held(stored, size, hasher.hexdigest())
        except Gone:
            return Examined(stored.path, 0, "", f"the storage of lakeFS lost it ({stored.physical_address})")
        except CutOff:
            # What is cut off on its way comes whole when it is asked for again; what is cut off where it lies does not.
            if pause is not None:
                time.sleep(pause)
    return Examined(stored.path, 0, "", f"it ends before its {stored.size_bytes} bytes do ({stored.physical_address})")


def _held(stored: Object, size: int, sha256: str) -> Examined:
    # Of a file that others stored only the size is known.
    expected = (stored.metadata or {}).get(SHA256, sha256)
    damage = ""
    if (size, sha256) != (stored.size_bytes, expected):
        damage = (
            f"it is {size} bytes of sha256 {sha256[:12]}…, stored were {stored.size_bytes} of {expected[:12]}… "
            f"({stored.physical_address})"
        )
    return Examined(stored.path, size, sha256, damage)
