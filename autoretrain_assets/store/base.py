"""The version store's protocol: branches of commits of files, and tags that never move."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `metadata` is what the writer noted beside the message."""

    id: str
    message: str
    created_at: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs between two refs; `kind` is added, removed or changed."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Examined:
    """One stored file that was read from end to end: how many bytes it has, and the sha256 of these.

    `damage` says in which way it is not what was stored; then `sha256` may be empty. It is empty where nothing is.
    """

    path: str
    size: int
    sha256: str
    damage: str = ""


Content = bytes | Path
"""What a path is given: bytes, or the file to take them from."""


class VersionStore(Protocol):
    """Where dataset versions, checkpoints, reports and the production pointer are kept.

    A ref is a branch, a tag or a commit id. Paths are relative, with forward slashes, without `.` or `..`.
    """

    def commit(
        self,
        branch: str,
        put: Mapping[str, Content],
        *,
        message: str,
        delete: Iterable[str] = (),
        metadata: Mapping[str, str] | None = None,
        parent: str | None = None,
        created_at: datetime | None = None,
    ) -> Commit:
        """Add one commit to `branch`, all of it or nothing.

        `parent` is the commit that the writer read (None: the branch does not exist yet); raises
        Conflict where the branch is elsewhere. The new tree is the parent's, less `delete`, with `put`.
        `created_at`, to the second, is now; whoever brings a commit from elsewhere gives its own.
        """
        ...

    def branches(self) -> dict[str, str]:
        """Every branch and its last commit; one that nothing was committed to is none."""
        ...

    def tag(self, name: str, commit: str) -> None:
        """Name a commit for ever; the same name for the same commit is a no-op, for another a Conflict."""
        ...

    def tags(self) -> dict[str, str]:
        """Every tag and the commit it names."""
        ...

    def resolve(self, ref: str) -> str | None:
        """The commit id that `ref` names, or None."""
        ...

    def log(self, ref: str, limit: int | None = None) -> list[Commit]:
        """The commits of `ref`, newest first; empty where there is no such ref."""
        ...

    def read(self, ref: str, path: str) -> bytes:
        """The bytes at `path`; raises NotFound."""
        ...

    def read_all(self, ref: str, paths: Iterable[str]) -> dict[str, bytes]:
        """The bytes at each of the paths, which fit into memory and are asked for at once; raises NotFound."""
        ...

    def download(self, ref: str, paths: Iterable[str], target: Path) -> None:
        """Write those paths below `target`, each atomically; what is there already is left; raises NotFound."""
        ...

    def diff(self, left: str, right: str) -> list[Change]:
        """What changed from `left` to `right`, sorted by path."""
        ...

    def list(self, ref: str, prefix: str = "") -> list[str]:
        """The paths of `ref` that start with `prefix`, sorted; raises NotFound for an unknown ref."""
        ...

    def objects(self, ref: str) -> Mapping[str, str]:
        """Every path of `ref`, and what the store calls the thing that lies there; equal names are one thing.

        Raises NotFound for an unknown ref, and IntegrityError where the store's own list of the files is damaged.
        """
        ...

    def examine(self, ref: str, paths: Iterable[str]) -> Iterator[Examined]:
        """Read each of those files and hold it against what the store noted of it; raises NotFound.

        A damaged file is an answer. Raises StoreError where the store is away, and nothing can be said of it.
        """
        ...
