"""What was brought and may still lie there: noted before it goes, so that a kill leaves nothing there for ever."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from autoretrain_assets.files import write_json


class Leftovers:
    """The notes on one remote inbox: the path of each file that was brought, and its mark when it was read."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._url = folder, url

    def note(self, path: str, mark: str) -> None:
        """Say that the file is here, durably, and may go there."""
        write_json(self._file(path), {"inbox": self._url, "path": path, "mark": mark})

    def read(self) -> Mapping[str, str]:
        """The mark of each file that was noted."""
        notes = [json.loads(path.read_bytes()) for path in sorted(self._folder.glob("[!.]*.json"))]
        return {note["path"]: note["mark"] for note in notes if note["inbox"] == self._url}

    def drop(self, path: str) -> None:
        """Forget the file: it is gone, or another one took its name."""
        self._file(path).unlink(missing_ok=True)

    def _file(self, path: str) -> Path:
        return self._folder / f"{hashlib.sha256(f'{self._url} {path}'.encode()).hexdigest()[:32]}.json"
