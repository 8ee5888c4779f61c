"""Remote images whose events are gone: noted before the event goes, so that a kill leaves no image behind for ever."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from autoretrain_assets.files import write_json


class Leftovers:
    """The notes on one remote inbox: the path of each image there, and its mark when it was read."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._url = folder, url

    def note(self, image: str, mark: str) -> None:
        """Say that the image may go once no event there needs it."""
        write_json(self._file(image), {"inbox": self._url, "image": image, "mark": mark})

    def read(self) -> Mapping[str, str]:
        """The mark of each image that was noted."""
        notes = [json.loads(path.read_bytes()) for path in sorted(self._folder.glob("[!.]*.json"))]
        return {note["image"]: note["mark"] for note in notes if note["inbox"] == self._url}

    def drop(self, image: str) -> None:
        """Forget the image: it is gone, or another one took its name."""
        self._file(image).unlink(missing_ok=True)

    def _file(self, image: str) -> Path:
        return self._folder / f"{hashlib.sha256(f'{self._url} {image}'.encode()).hexdigest()[:32]}.json"
