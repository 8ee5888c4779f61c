"""A dataset version as a folder of its own, for whoever trains on it elsewhere.

Images are copies, never links: a trainer rewrites a damaged JPEG in place, and what it rewrote would be the home's.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autoretrain_assets.dataset.layout import DATA_YAML
from autoretrain_assets.dataset.version import INFO_PATH
from autoretrain_assets.errors import InputError
from autoretrain_assets.files import atomic_path, sha256_of, write_bytes

Progress = Callable[[str, int, int], object]

AT_ONCE = 4 * (os.cpu_count() or 1)
"""Files that are written at once: each waits for the disk."""


def claim(target: Path, info: bytes, paths: Iterable[str]) -> None:
    """Begin a checkout of the version with that dataset.json in `target`, or go on with one; `paths` are its files.

    Raises InputError where anything else lies there.
    """
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is no folder: name one that is empty or absent.")
    entries = (path for path in target.rglob("*") if path.is_symlink() or not path.is_dir())
    there = {str(path.relative_to(target)): path for path in entries}
    is_claimed = INFO_PATH in there
    if is_claimed and (there[INFO_PATH].is_symlink() or there[INFO_PATH].read_bytes() != info):
        raise InputError(f"{target} holds another version, or another home's: name a folder that is empty or absent.")
    left_over = {name for name in there if _is_left_over(name, is_claimed)}
    if others := sorted(there.keys() - left_over - ({INFO_PATH, *paths} if is_claimed else set())):
        raise InputError(
            f"{target} holds other things, such as {others[0]}: clear it, or name a folder that is empty or absent."
        )
    for name in left_over:
        there[name].unlink()
    write_bytes(target / INFO_PATH, info)


def fill(target: Path, texts: Mapping[str, bytes], images: Mapping[str, Path], progress: Progress) -> None:
    """Write what is not there yet, each file whole or not at all, and data.yaml when all others are.

    `texts` maps a path to its content, `images` to the file whose copy belongs there and whose name is its sha256.
    """

    def put(path: str) -> None:
        if path in texts:
            _write(target / path, texts[path])
        else:
            _copy(images[path], target / path)

    paths = [path for path in (*images, *texts) if path != DATA_YAML]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done, _ in enumerate(pool.map(put, paths), start=1):
            progress("files of the checkout", done, len(paths))
    put(DATA_YAML)


def _write(target: Path, content: bytes) -> None:
    if not (target.is_file() and target.read_bytes() == content):
        write_bytes(target, content)


def _copy(source: Path, target: Path) -> None:
    if target.is_file() and sha256_of(target) == source.stem:
        return
    with atomic_path(target) as temporary:
        shutil.copyfile(source, temporary)


def _is_left_over(path: str, is_claimed: bool) -> bool:
    """Whether it is the beginning of a file, by a writer that was killed; before the claim there is but one."""
    name = path.rpartition("/")[2]
    return name.startswith("." if is_claimed else f".{INFO_PATH}.") and name.endswith(".tmp")
