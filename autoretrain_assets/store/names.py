"""Which names a version store takes: paths that stay below the folder they are written to, and plain refs."""

import re
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

from autoretrain_assets.errors import StoreError

COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

_REF_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]|\.(?!\.|/|\Z|lock(?:/|\Z)))*"
_REF_NAME = re.compile(rf"{_REF_PART}(?:/{_REF_PART})*")
_LONGEST_PART = 255
_FORBIDDEN_PARTS = frozenset({"", ".", "..", ".git"})


def is_ref_name(name: str) -> bool:
    """Whether a branch or a tag may be called so: letters, digits, `_`, `-`, `.` and `/`, and unlike a commit id."""
    return _REF_NAME.fullmatch(name) is not None and COMMIT_ID.fullmatch(name) is None


def check_ref_name(name: str) -> str:
    """The name itself; raises StoreError where no branch or tag may be called so."""
    if not is_ref_name(name):
        raise StoreError(
            f"{name!r} cannot name a branch or a tag: use letters, digits, '_', '-', '.' and '/', "
            "and nothing that looks like a commit id."
        )
    return name


def check_path(path: str) -> str:
    """The path itself; raises StoreError where it could leave its folder or cannot be a file's name.

    A folder called `.git` is refused too: a download into somebody's clone must not reach its hooks.
    """
    parts = path.split("/")
    if "\0" in path or any(part.lower() in _FORBIDDEN_PARTS for part in parts):
        raise StoreError(
            f"{path!r} cannot be stored: a path is relative, without empty parts, '.', '..', '.git' or NUL."
        )
    try:
        longest = max(len(part.encode()) for part in parts)
    except UnicodeEncodeError:
        raise StoreError(f"{path!r} cannot be stored: it is not valid Unicode; rename the file.") from None
    if longest > _LONGEST_PART:
        raise StoreError(f"{path[:80]!r}… cannot be stored: a part of it is longer than {_LONGEST_PART} bytes.")
    return path


def check_no_file_is_a_folder(paths: Iterable[str]) -> None:
    """Raise StoreError where one of the paths is a folder of another: no checkout could hold both."""
    files = set(paths)
    parents = {path.rpartition("/")[0] for path in files}
    folders = {above for parent in parents for above in accumulate(parent.split("/"), "{}/{}".format)}
    if clashes := sorted(files & folders):
        raise file_and_folder(clashes[0])


def file_and_folder(path: str) -> StoreError:
    """What is said where `path` would be both."""
    return StoreError(f"{path!r} would be a file and a folder at once: delete one of them in the same commit.")


def check_inside(target: Path, paths: Iterable[str]) -> None:
    """Raise StoreError where a link that lies below `target` would lead one of the paths out of it."""
    home = target.resolve()
    for folder in {(target / path).parent for path in paths}:
        if not folder.resolve().is_relative_to(home):
            raise StoreError(f"{folder} leads out of {target}: remove that link, or download into another folder.")
