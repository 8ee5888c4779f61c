"""The images of a home's versions: from its frames, and what was lost there from the version store.

Each is held against its sha256 on its way to whoever trains or measures: hashing 20,000 of them takes a second or
two, and a training on others than the manifest names could never be told from a good one.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.layout import IMAGES, image_names
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import sha256_of, verify_sha256
from autoretrain_assets.home import Home
from autoretrain_assets.words import many

Note = Callable[[str], object]


def _untold(_: str) -> None:
    """For few images, which nobody waits for."""


FETCHED = "images-"
"""So begin the names of folders below work/ that images are fetched to; one that a killed process left is tidied."""
AT_A_TIME = 1000
"""Images that are fetched before they are put among the frames: a kill costs no more than these."""


def paths(home: Home, sha256s: Iterable[str], version: str | None, note: Note = _untold) -> dict[str, Path]:
    """The files of several images, whole; what is gone or damaged is fetched from that version, and kept.

    `note` is told where any was. Raises IntegrityError where one is neither here nor there.
    """
    wanted = list(dict.fromkeys(sha256s))
    found = _whole(home, wanted)
    if lost := [sha256 for sha256 in wanted if sha256 not in found]:
        names = image_names(home.store.list(version, IMAGES)) if version else {}
        if nowhere := [sha256 for sha256 in lost if sha256 not in names]:
            raise IntegrityError(_nowhere(home, nowhere, version))
        note(f"{many(len(lost), 'image')} of {len(wanted)} gone or damaged in frames/: fetched from the version store")
        _fetch(home, version or "", {sha256: names[sha256] for sha256 in lost})
        found |= home.frames.paths(lost)
    return {sha256: found[sha256] for sha256 in wanted}


def at_hand(home: Home, sha256s: Iterable[str]) -> dict[str, Path]:
    """The files of those images that the frames or the newest version have; the others are left out."""
    wanted = list(dict.fromkeys(sha256s))
    found = _whole(home, wanted)
    if len(found) < len(wanted) and (versions := dataset_version.versions(home.store)):
        stored = image_names(home.store.list(versions[-1], IMAGES)).keys() - found.keys()
        found |= paths(home, [sha256 for sha256 in wanted if sha256 in stored], versions[-1])
    return {sha256: found[sha256] for sha256 in wanted if sha256 in found}


def _whole(home: Home, sha256s: Sequence[str]) -> dict[str, Path]:
    def path_of(sha256: str) -> Path | None:
        path = home.frames.find(sha256)
        return path if path and sha256_of(path) == sha256 else None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = zip(sha256s, pool.map(path_of, sha256s), strict=True)
        return {sha256: path for sha256, path in found if path}


def _fetch(home: Home, version: str, names: Mapping[str, str]) -> None:
    wanted = list(names.items())
    home.work.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(wanted), AT_A_TIME):
        some = wanted[start : start + AT_A_TIME]
        with tempfile.TemporaryDirectory(dir=home.work, prefix=FETCHED) as folder:
            home.store.download(version, [f"{IMAGES}{name}" for _, name in some], Path(folder))
            for sha256, name in some:
                verify_sha256(file := Path(folder) / IMAGES / name, sha256)
                home.frames.take(file, sha256)


def _nowhere(home: Home, sha256s: Sequence[str], version: str | None) -> str:
    damaged = home.frames.find(sha256s[0])
    here = f"other bytes than its name says in {damaged}" if damaged else f"not in {home.root / 'frames'}"
    others = f" (as are {len(sha256s) - 1} more)" if len(sha256s) > 1 else ""
    return (
        f"the image {sha256s[0][:12]}… is {here}{others}, and not in {version or 'any version'}: "
        "restore that folder from a backup."
    )
