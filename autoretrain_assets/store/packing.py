"""A new pack in a repository: there as a whole or not at all, and kept from whoever tidies until a ref names it."""

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BufferedRandom, FileIO
from pathlib import Path

from autoretrain_assets.files import flush
from autoretrain_assets.store.pack import Pack
from autoretrain_assets.store.pack_index import index_of

BUFFER = 1 << 18
KEPT = ".keep"
"""A pack that has such a file beside it is left alone by `git gc`: its writer has yet to name its objects."""
UNFINISHED = "tmp_pack_", "tmp_idx_"
"""So begin the names of packs that are being written; `git gc` removes them when they are old."""


class NewPack:
    """A pack that is being filled; `land` puts it into the repository."""

    def __init__(self, folder: Path, stored: Collection[bytes]) -> None:
        # Not named by its content: two writers of the same bytes must not take away each other's mark.
        self.name, self._folder = secrets.token_hex(20), folder
        folder.mkdir(exist_ok=True)
        self._unfinished = [folder / f"{start}{self.name}" for start in UNFINISHED]
        self._file = BufferedRandom(FileIO(self._unfinished[0], "x+"), BUFFER)
        self.pack = Pack(self._file, stored)

    def land(self) -> None:
        """Put the pack where git finds it. It is on the disk then, its name too."""
        pack, index = self._unfinished
        index.write_bytes(index_of(self.pack.places, self.pack.finish()))
        flush(index)
        self._at(KEPT).touch()
        # The index comes last: by it git knows of the pack.
        for path, suffix in ((pack, ".pack"), (index, ".idx")):
            path.chmod(0o444)
            path.rename(self._at(suffix))
        flush(self._folder)

    def close(self) -> None:
        """Leave the pack to whoever tidies, if no ref names what is in it; one that did not land is removed."""
        for path in (*self._unfinished, self._at(KEPT)):
            path.unlink(missing_ok=True)
        # What the buffer holds is of no use any more, and a full disk would not take it.
        self._file.raw.close()

    def _at(self, suffix: str) -> Path:
        return self._folder / f"pack-{self.name}{suffix}"


@contextmanager
def new_pack(repository: Path, stored: Collection[bytes]) -> Iterator[NewPack]:
    """A pack to be filled, without what is `stored` already, and landed; at the block's end a ref must name it."""
    new = NewPack(repository / "objects" / "pack", stored)
    try:
        yield new
    finally:
        new.close()
