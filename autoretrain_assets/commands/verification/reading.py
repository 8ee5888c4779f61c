"""Reading refs of a store to their ends: what two of them share is read once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from autoretrain_assets.store.base import Examined, VersionStore

Progress = Callable[[str, int, int], None]
"""Told of a ref, how many of its files that no other ref shares were read, and how many there are."""


@dataclass
class Reader:
    """What was read of a store so far, by what the store calls it."""

    store: VersionStore
    progress: Progress
    known: dict[str, Examined] = field(default_factory=dict)

    def read(self, ref: str, prefix: str = "") -> Mapping[str, Examined]:
        """Each path of a ref that begins so, as it was found.

        Raises NotFound for an unknown ref, IntegrityError where its list of files is damaged, StoreError where the
        store is away.
        """
        names = {path: name for path, name in self.store.objects(ref).items() if path.startswith(prefix)}
        new = {name: path for path, name in names.items() if name not in self.known}
        for done, each in enumerate(self.store.examine(ref, new.values()), start=1):
            self.known[names[each.path]] = each
            self.progress(ref, done, len(new))
        return {path: _at(path, self.known[name]) for path, name in names.items()}

    @property
    def size(self) -> int:
        """Bytes that were read and were what was stored."""
        return sum(each.size for each in self.known.values() if not each.damage)


def _at(path: str, found: Examined) -> Examined:
    """What was found of the same bytes, which may lie at other paths too."""
    return replace(found, path=path) if found.damage else found
