"""A place of plain files, which notes what was taken from it."""

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from autoretrain_assets.dataset.elsewhere import Mirror, read


class Plain:
    """Files by their paths, as a store holds them: `../x` is a name like any other."""

    name = "lakefs://data/c0ffee"

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self.listed: list[str] = []
        self.taken: list[str] = []

    def files(self, folder: str):
        self.listed.append(folder)
        return [path for path in self._files if path.startswith(folder and f"{folder}/")]

    def fetch(self, wanted, target: Path) -> None:
        for local, path in wanted.items():
            (target / local).parent.mkdir(parents=True, exist_ok=True)
            (target / local).write_bytes(self._files[path])
            self.taken.append(path)


def picture(seed: int = 0, size: tuple[int, int] = (100, 50)) -> bytes:
    """An image's bytes."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (seed % 256, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


def brought(files, place: Path, path: str = "", images: str | None = None, classes=("car", "bus")):
    """The remote after its data set was read, the classes, a row for each image by its path there, and what was said."""
    remote = Plain(files)
    mirror = Mirror(remote, place)
    names, table, said = read(mirror, path, images, classes)
    rows = {Path(row["path"]).relative_to(mirror.local("")).as_posix(): row for row in table.to_dicts()}
    return remote, names, rows, said
