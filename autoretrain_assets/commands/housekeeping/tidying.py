"""What nothing refers to is found, and removed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from autoretrain_assets.commands.housekeeping.needed import needed_images
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.home import Home
from autoretrain_assets.locks import held
from autoretrain_assets.store import tidying
from autoretrain_assets.store.git import GitStore

GRACE = timedelta(days=1)
"""No intake and no commit is at work for so long: what came later may be about to be referred to."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What went, or would go: images that nothing names, of so many bytes, and what lies in a store of git's."""

    frames: int
    frames_size: int
    store: tidying.Leftovers | None
    is_done: bool

    @property
    def size(self) -> int:
        """How many bytes of room that makes."""
        return self.frames_size + (self.store.size if self.store else 0)


def tidy(root: Path, now: datetime, *, dry_run: bool, given_up: Collection[date] = ()) -> Tidied:
    """Remove what nothing in the home refers to, and came more than `GRACE` ago; a dry run only looks.

    Raises IntegrityError, with nothing removed, where something cannot be read that may refer to it. Of a day of
    events that is gone only those who wrote them know; its owner has `given_up` what it named.
    """
    home, before = Home.open(root), now - GRACE
    with held(home.work / "locks" / "tidying.lock"):
        # In this order: what is named after the names were read came again, and is new.
        old = list(home.frames.older(before))
        needed = needed_images(home, given_up)
        frames = {path: path.stat().st_size for sha256, path in old if sha256 not in needed}
        if frames and not any(table.days() for table in home.tables):
            raise IntegrityError(
                f"{home.root / 'tables'} holds no day, so nothing says what {len(frames)} images in frames/ are: "
                "restore it from a backup; where there never was a day, remove them by hand."
            )
        store = home.store.path.absolute() if isinstance(home.store, GitStore) else None
        found = tidying.leftovers(store, before) if store else None
        if not dry_run:
            frames = {path: size for path, size in frames.items() if home.frames.remove(path, before)}
            found = tidying.tidy(store, before) if store else None
    return Tidied(len(frames), sum(frames.values()), found, not dry_run)
