"""How the protocol's names, paths and texts are written down in lakeFS, and what is ours alone there."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from autoretrain_assets.errors import StoreError
from autoretrain_assets.store.base import Commit
from autoretrain_assets.store.lakefs.wire import Logged
from autoretrain_assets.store.message import check_texts, moment
from autoretrain_assets.store.names import check_path, check_ref_name

MARK = ".autoretrain-commit"
"""A file that every commit writes anew, so that of two writers on one parent the second one's merge is refused."""

BUILDS = "autoretrain-build-"
BUILD = ".autoretrain.build"
"""The field of a commit's metadata that names the build branch it came from."""

_MESSAGE = ".autoretrain.message"
_CREATED_AT = ".autoretrain.created_at"
"""A merge is of the moment when it is made: what is older says so here."""

_NO_MESSAGE = "(no message)"
_RESERVED = (".autoretrain.", ".lakefs.")
_BUILT = re.compile(rf"{BUILDS}(?P<branch>.+)-(?P<parent>[0-9a-f]{{16}}|none)-[0-9a-f]{{16}}")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


def is_branch_name(name: str) -> bool:
    """Whether a branch may be called so on the server."""
    return _BRANCH.fullmatch(name) is not None


def check_branch_name(name: str) -> str:
    """The name itself; raises StoreError where no branch of a writer's may be called so."""
    check_ref_name(name)
    if not is_branch_name(name) or name.startswith(BUILDS):
        raise StoreError(f"{name!r} cannot name a branch in lakeFS: use letters, digits, '_' and '-'.")
    return name


def tag_id(name: str) -> str:
    """What lakeFS calls a tag: it takes no slash, and no name of the protocol has a tilde."""
    return name.replace("/", "~")


def tag_name(identifier: str) -> str:
    """The name of the tag that lakeFS calls so."""
    return identifier.replace("~", "/")


def check_own_path(path: str) -> str:
    """The path itself; raises StoreError where it could leave its folder, or is the mark of every commit."""
    if check_path(path).partition("/")[0] == MARK:
        raise StoreError(f"{path!r} cannot be stored: {MARK} is written by every commit; rename the file.")
    return path


def build_name(branch: str, parent: str | None) -> str:
    """A name that nobody else has, for what will be merged into `branch` while that is at `parent`."""
    return f"{BUILDS}{branch}-{_short(parent)}-{uuid4().hex[:16]}"


def is_left_over(build: str, branch: str, tip: str | None) -> bool:
    """Whether it was built for a commit of `branch` that is its last no more: it can never be merged."""
    found = _BUILT.fullmatch(build)
    return found is not None and found["branch"] == branch and found["parent"] != _short(tip)


def noted(message: str, metadata: Mapping[str, str], created_at: datetime | None) -> tuple[str, dict[str, str]]:
    """The message and the metadata as lakeFS keeps them; raises StoreError for what is no text or a reserved field."""
    check_texts(message, metadata)
    if taken := [name for name in metadata if name.startswith(_RESERVED)]:
        raise StoreError(f"The metadata field {taken[0]!r} is reserved: choose another name.")
    try:
        "".join([message, *metadata, *metadata.values()]).encode()
    except UnicodeEncodeError as error:
        raise StoreError(f"A commit's texts must be valid Unicode: {error.reason}.") from None
    fields = dict(metadata) if created_at is None else {**metadata, _CREATED_AT: moment(created_at).isoformat()}
    # lakeFS writes a message of its own where there is none.
    return (message, fields) if message else (_NO_MESSAGE, {**fields, _MESSAGE: ""})


def as_commit(found: Logged) -> Commit:
    """A commit from the server's answer."""
    metadata = found.metadata or {}
    own = {name: value for name, value in metadata.items() if not name.startswith(_RESERVED)}
    merged_at = datetime.fromtimestamp(found.creation_date, UTC)
    created_at = _moment(found.id, metadata[_CREATED_AT]) if _CREATED_AT in metadata else merged_at
    return Commit(found.id, metadata.get(_MESSAGE, found.message), created_at, own)


def _moment(commit: str, text: str) -> datetime:
    try:
        return moment(datetime.fromisoformat(text))
    except (ValueError, StoreError):
        raise StoreError(
            f"The commit {commit} in lakeFS was made by others: its field {_CREATED_AT} is {text!r}, which is no "
            "moment. Move its branch back to the commit before."
        ) from None


def _short(commit: str | None) -> str:
    return commit[:16] if commit else "none"
