"""What lies in the embedded store and is of no use: of writers that died or lost a race, and packs in great number.

Whoever reads or commits meanwhile is not disturbed. A pack whose writer has yet to name it is marked, and git leaves
a marked pack alone; what a branch or a tag leads to, git keeps. Killed anywhere, all is there still.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.locks import held
from autoretrain_assets.store.pack_index import offsets_in
from autoretrain_assets.store.packing import KEPT
from autoretrain_assets.store.plumbing import run
from autoretrain_assets.store.refs import update_refs

MANY = 20
"""Packs. Each commit makes one, and git looks through one after the other."""
_UNFINISHED = "tmp_*", ".tmp-*"
_BUILDS = "refs/builds/"
_REF = "--format=%(objectname) %(refname)"
"""What a ref names itself: of a tag with a note that note, not the commit behind it."""
_CHECKSUM = 20


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What can go, of `size` bytes.

    `files` are packs that were not finished, and marks of packs whose writers are gone; `builds` are the refs that
    an older version built commits on. No branch or tag leads to `lost` objects. Of `packs`, `new` ones are left alone.
    """

    files: Sequence[Path]
    builds: Sequence[str]
    lost: int
    size: int
    packs: int
    new: Sequence[Path]

    @property
    def is_folded(self) -> bool:
        """Whether the packs become fewer: where objects are to go, all are written anew."""
        return self.packs > (1 if self.lost else MANY)


def leftovers(repository: Path, before: datetime) -> Leftovers:
    """What can go, of before that time; raises StoreError or IntegrityError where the repository is damaged."""
    folder = repository / "objects" / "pack"
    packs = [path for path in folder.glob("*.pack") if path.with_suffix(".idx").exists()]
    unfinished = [path for pattern in _UNFINISHED for path in folder.glob(pattern)]
    unfinished += [path for path in folder.glob("*.pack") if path not in packs]
    marks = [path for path in folder.glob(f"*{KEPT}") if _is_old(path, before)]
    files = [path for path in unfinished if _is_old(path, before)]
    in_use = [path for path in packs if (mark := path.with_suffix(KEPT)).exists() and mark not in marks]
    new = [path for path in packs if path in in_use or not _is_old(path, before)]
    builds = _old_builds(repository, before)
    named = _named(repository, builds)
    lost = [size for path in packs if path not in new for known, size in _packed(path) if known not in named]
    lost += [_size(path) for path in _loose(repository, before) if path.parent.name + path.name not in named]
    size = sum(lost) + sum(_size(path) for path in files)
    return Leftovers([*files, *marks], builds, len(lost), size, len(packs), new)


def tidy(repository: Path, before: datetime) -> Leftovers:
    """Remove what `leftovers` finds and fold many packs into few; returns what it found. Two do so one by one."""
    with held(repository / "tidying.lock"):
        found = leftovers(repository, before)
        if found.builds:
            update_refs(repository, *(f"delete {ref}" for ref in found.builds))
        for path in found.files:
            path.unlink(missing_ok=True)
        if found.lost:
            # No new deltas: to look for some among photos takes hours, and finds none.
            kept = [f"--keep-pack={path.name}" for path in found.new]
            run(repository, "repack", "-a", "-d", "-q", "--window=0", "--no-write-bitmap-index", *kept)
            run(repository, "prune", f"--expire={before.isoformat()}")
        elif found.is_folded:
            run(repository, "repack", "--geometric=2", "-d", "-q", "--window=0")
        return found


def _old_builds(repository: Path, before: datetime) -> list[str]:
    form = "--format=%(committerdate:unix) %(refname)"
    rows = (line.split(" ", 1) for line in run(repository, "for-each-ref", form, _BUILDS).decode().splitlines())
    return [name for at, name in rows if int(at) < before.timestamp()]


def _named(repository: Path, without: Sequence[str]) -> set[str]:
    """The objects that branches, tags and other refs lead to."""
    rows = (line.split(" ", 1) for line in run(repository, "for-each-ref", _REF).decode().splitlines())
    tips = {tip for tip, name in rows if name not in without}
    if not tips:
        return set()
    asked = "".join(f"{tip}\n" for tip in sorted(tips)).encode()
    return set(run(repository, "rev-list", "--objects", "--no-object-names", "--stdin", stdin=asked).decode().split())


def _packed(pack: Path) -> Iterator[tuple[str, int]]:
    """The id of each object of a pack, and how many bytes it has there."""
    index = pack.with_suffix(".idx")
    try:
        begins = sorted((begin, known.hex()) for known, begin in offsets_in(index.read_bytes()).items())
    except ValueError as error:
        raise IntegrityError(f"{index} is damaged ({error}): `git index-pack` on its pack makes it anew.") from None
    ends = [begin for begin, _ in begins[1:]] + [_size(pack) - _CHECKSUM]
    yield from ((known, end - begin) for (begin, known), end in zip(begins, ends, strict=True))


def _loose(repository: Path, before: datetime) -> Iterator[Path]:
    return (path for path in repository.glob("objects/[0-9a-f][0-9a-f]/*") if _is_old(path, before))


def _is_old(path: Path, before: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    except FileNotFoundError:
        return False


def _size(path: Path) -> int:
    return path.stat().st_size
