"""Which copies were held against their originals already, so that a copy that broke off does not begin again."""

import json
from collections.abc import Sequence
from pathlib import Path

from autoretrain_assets.files import write_json
from autoretrain_assets.store.base import Commit


class Proven:
    """The last proven copy of each branch, in a file; where that is lost or tells of another store, none is proven."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._last: dict[str, str] = json.loads(path.read_bytes())
        except (FileNotFoundError, ValueError):
            self._last = {}

    def count(self, branch: str, copies: Sequence[Commit]) -> int:
        """How many of the copies were proven, from the oldest on."""
        last = self._last.get(branch)
        return next((number for number, copy in enumerate(copies, 1) if copy.id == last), 0)

    def note(self, branch: str, copy: Commit) -> None:
        """All up to this one were proven."""
        self._last[branch] = copy.id
        write_json(self._path, self._last)
