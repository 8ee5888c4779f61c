"""What can be done about a damaged file, and where a whole copy of it may be had."""

from pathlib import Path, PurePosixPath

from autoretrain_assets import checkpoints
from autoretrain_assets.dataset.layout import IMAGES
from autoretrain_assets.errors import AutoretrainError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home


def way_out(home: Home, path: str) -> str:
    """The way out, for people."""
    restore = f"restore it in {home.store_place} from a backup"
    copy = _whole_copy(home, path)
    return f"{restore}; this home has a whole copy, {copy}" if copy else restore


def _whole_copy(home: Home, path: str) -> Path | None:
    try:
        expected, copy = _image(home, path) if path.startswith(IMAGES) else _weights(home, path)
        return copy if copy.is_file() and sha256_of(copy) == expected else None
    except AutoretrainError:
        # What names the copy, or its hash, is gone as well: then there is none to name.
        return None


def _image(home: Home, path: str) -> tuple[str, Path]:
    sha256 = PurePosixPath(path).stem
    return sha256, home.frames.path(sha256)


def _weights(home: Home, path: str) -> tuple[str, Path]:
    version, _, name = path.partition("/")
    if name != checkpoints.WEIGHTS:
        return "", home.root
    return checkpoints.sha256_of(home, version), checkpoints.fetched(home, version)
