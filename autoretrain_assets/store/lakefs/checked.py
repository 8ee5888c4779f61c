"""A file on its way to the server."""

import hashlib
import io
import os
from pathlib import Path
from typing import IO

from autoretrain_assets.errors import StoreError


class Checked(io.RawIOBase):
    """What is read of a file while it is sent, which must be what its hash was taken of."""

    def __init__(self, file: IO[bytes], name: Path, size: int, sha256: str) -> None:
        self._file, self._name, self._size, self._sha256 = file, name, size, sha256
        self._hasher = hashlib.sha256()

    def read(self, amount: int = -1) -> bytes:
        """The next bytes; raises StoreError at the end where they were not the expected ones."""
        left = self._size - self._file.tell()
        block = self._file.read(min(amount, left) if amount >= 0 else left)
        self._hasher.update(block)
        if (left and not block) or (left == len(block) and self._hasher.hexdigest() != self._sha256):
            raise StoreError(f"{self._name} changed while it was read. Nothing was committed; try again when it rests.")
        return block

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._file.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Back to the beginning, as for another try."""
        self._hasher = hashlib.sha256()
        return self._file.seek(offset, whence)
