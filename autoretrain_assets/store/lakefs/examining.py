"""Reading files of a commit to their ends, to see whether they are what was stored."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from autoretrain_assets.store.base import Examined
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.failures import CutOff, Gone
from autoretrain_assets.store.lakefs.reading import read_through, unlike
from autoretrain_assets.store.lakefs.wire import Object


def examine(client: Client, commit: str, files: Mapping[str, Object]) -> Iterator[Examined]:
    """Read each of the files, many at once; raises StoreError where the server is away."""
    with ThreadPoolExecutor(client.settings.upload_threads) as pool:
        yield from pool.map(lambda stored: _examined(client, commit, stored), files.values())


def _examined(client: Client, commit: str, stored: Object) -> Examined:
    size, sha256 = 0, ""
    try:
        size, sha256 = read_through(client, commit, stored, len)
        other = unlike(stored, size, sha256)
        damage = other and f"it is {other}"
    except Gone:
        damage = "the storage of lakeFS lost it"
    except CutOff:
        # What is cut off on its way comes whole when it is asked for again; what is cut off where it lies does not.
        damage = f"it ends before its {stored.size_bytes} bytes do"
    return Examined(stored.path, size, sha256, damage and f"{damage} ({stored.physical_address})")
