"""The place that the data lies in, and the folder here that its files come to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Remote(Protocol):
    """Somebody's files, as they stand at one commit. Paths are relative, with forward slashes."""

    name: str
    """For people, such as lakefs://repository/commit."""

    def files(self, folder: str) -> Collection[str]:
        """Every file below a folder; of all folders where it is empty."""
        ...

    def fetch(self, wanted: Mapping[str, str], target: Path) -> None:
        """Write files below `target`, each atomically, what is there whole excepted.

        `wanted` maps each path below `target` to the remote file it is. Raises InputError where one of them would
        leave it, IntegrityError where a file is not what was stored.
        """
        ...


@dataclass(frozen=True)
class Mirror:
    """The files of `remote` that were asked for, below the folder `place`."""

    remote: Remote
    place: Path

    _BELOW = "images"
    """Labels are looked for in a `labels` beside the last `images` of a path: so it is never one above `place`."""

    def local(self, path: str) -> Path:
        """Where the file of that path comes to."""
        return self.place / self._BELOW / path

    def fetch(self, paths: Iterable[str]) -> None:
        """Bring these files here."""
        self.fetch_to({self.local(path): path for path in paths})

    def fetch_to(self, wanted: Mapping[Path, str]) -> None:
        """Bring files to where they are read, below `place`."""
        self.remote.fetch({str(local.relative_to(self.place)): path for local, path in wanted.items()}, self.place)

    def said(self, path: str) -> str:
        """A remote path, for people."""
        return f"{self.remote.name}/{path}"
