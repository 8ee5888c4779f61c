"""Damage done by hand to what a store keeps."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.store.git import GitStore

Harm = Callable[[Path], None]


def remove(file: Path) -> None:
    file.unlink()


def cut_off(file: Path) -> None:
    _write(file, file.read_bytes()[: file.stat().st_size // 2])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    _write(file, bytes(content))


def empty(file: Path) -> None:
    _write(file, b"")


def damage(store: VersionStore, path: str, harm: Harm, branch: str = "main") -> None:
    """Do harm to the file on this disk in which the store keeps the content of `path`."""
    name = store.objects(branch)[path]
    if isinstance(store, GitStore):
        harm(object_file(store.path, name))
    elif name.startswith("local://"):
        harm(Path(name.removeprefix("local://")))
    else:
        pytest.skip("the server keeps its objects out of reach")


def object_file(repository: Path, identifier: str) -> Path:
    """The file of one object of a git repository, whose objects are taken out of their packs."""
    for pack in list((repository / "objects/pack").glob("*.pack")):
        pack.with_suffix(".idx").unlink()
        content = pack.read_bytes()
        pack.unlink()
        # Not compressed, as in the pack: of a repeated byte some flips in a compressed one change nothing.
        git = ["git", f"--git-dir={repository}", "-c", "core.compression=0"]
        subprocess.run([*git, "unpack-objects", "-q"], check=True, input=content)
    return repository / "objects" / identifier[:2] / identifier[2:]


def _write(file: Path, content: bytes) -> None:
    file.chmod(0o644)
    file.write_bytes(content)
