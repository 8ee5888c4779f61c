"""One file from the server to its end, over a network that cuts, and whether it is what was stored."""

import hashlib
import time
from collections.abc import Callable

from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.failures import CutOff
from autoretrain_assets.store.lakefs.objects import BLOCK, SHA256
from autoretrain_assets.store.lakefs.patience import pauses
from autoretrain_assets.store.lakefs.wire import Object


def read_through(client: Client, ref: str, stored: Object, take: Callable[[bytes], object]) -> tuple[int, str]:
    """Hand each block to `take`, on from where the network cut it; returns the size of all, and the sha256.

    Raises CutOff where it ended too early, again and again.
    """
    hasher, size, retries = hashlib.sha256(), 0, client.settings.retries
    waits = pauses(retries)
    while True:
        begun = size
        try:
            with client.reading(ref, stored.path, size) as blocks:
                for block in blocks:
                    hasher.update(block)
                    take(block)
                    size += len(block)
            break
        except CutOff:
            if size == stored.size_bytes:
                break  # after its last byte: there is nothing to ask for again
            if size - begun >= BLOCK:
                # A network that brought something is not the one that was given up on.
                waits = pauses(retries)
            if (pause := next(waits, None)) is None:
                raise
            time.sleep(pause)
    return size, hasher.hexdigest()


def unlike(stored: Object, size: int, sha256: str) -> str:
    """What was read, and what was stored; empty where they are the same."""
    # Of a file that others stored only the size is known.
    expected = (stored.metadata or {}).get(SHA256, sha256)
    if (size, sha256) == (stored.size_bytes, expected):
        return ""
    return f"{size} bytes of sha256 {sha256[:12]}…, stored were {stored.size_bytes} of {expected[:12]}…"
