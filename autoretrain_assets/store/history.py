"""One branch in two stores: how far the one is a copy of the other.

A commit's id is the store's own, so each copy names the commit that was written first, in whatever store that was.
So a history can go back, too: the commits that it came from are known again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from autoretrain_assets.errors import Conflict
from autoretrain_assets.store.base import Commit, VersionStore
from autoretrain_assets.words import many

ORIGINAL = "original_commit"
"""The field of a copy's metadata that names the commit that was written first."""


@dataclass(frozen=True, slots=True)
class History:
    """A branch in both stores, oldest first; the copies are a beginning of the originals."""

    branch: str
    originals: Sequence[Commit]
    copies: list[Commit]

    @classmethod
    def of(cls, source: VersionStore, target: VersionStore, branch: str) -> "History":
        """Raises Conflict where the target holds anything else."""
        made = cls(branch, source.log(branch)[::-1], target.log(branch)[::-1])
        for original, copy in made.pairs:
            if identity(original) != identity(copy):
                raise Conflict(
                    f"The branch {branch!r} of the store to copy to holds the commit {copy.id} ({copy.message!r}), "
                    "which is no copy: nothing is written over it. Name a store that is empty, or remove that one."
                )
        if (ahead := len(made.copies) - len(made.originals)) > 0:
            raise Conflict(
                f"The branch {branch!r} of the store to copy to is {many(ahead, 'commit')} ahead: the store to copy "
                "from is the older one, and nothing is written. Use the newer one, or copy the other way."
            )
        return made

    @property
    def pairs(self) -> Iterator[tuple[Commit, Commit]]:
        """Each original that was brought, and its copy."""
        return zip(self.originals, self.copies, strict=False)

    def before(self, at: int) -> tuple[Commit, Commit] | None:
        """The original and the copy before the one at that place; None at the beginning."""
        return (self.originals[at - 1], self.copies[at - 1]) if at else None


def with_origin(commit: Commit) -> dict[str, str]:
    """The metadata of a copy of this commit."""
    return {**commit.metadata, ORIGINAL: commit.metadata.get(ORIGINAL, commit.id)}


def identity(commit: Commit) -> tuple[str, datetime, dict[str, str]]:
    """What an original and its copies have in common."""
    return commit.message, commit.created_at, with_origin(commit)
