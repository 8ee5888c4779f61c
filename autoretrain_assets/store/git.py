"""The embedded version store: a bare git repository, written as packs, and driven by plumbing alone.

It has no work tree and reads nobody's git settings. `git clone`, `git log` and `git gc` work on it as
on any other; `autoretrain store gc` drops what writers left that lost a race or were killed in the middle.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autoretrain_assets.errors import Conflict, NotFound, StoreError
from autoretrain_assets.store.base import Change, Commit, Content, Examined
from autoretrain_assets.store.building import add_commit, add_files, make_room
from autoretrain_assets.store.downloading import write_blobs
from autoretrain_assets.store.examining import examine_blobs, verified_tree
from autoretrain_assets.store.message import decode_commit, encode_message, moment
from autoretrain_assets.store.names import COMMIT_ID, check_path, check_ref_name, is_ref_name
from autoretrain_assets.store.packing import new_pack
from autoretrain_assets.store.plumbing import run
from autoretrain_assets.store.refs import NOWHERE, flush_ref, read_refs, update_refs
from autoretrain_assets.store.repository import ensure_repository, files_of, read_blobs, reading
from autoretrain_assets.store.trees import Folder

_KINDS = {"A": "added", "D": "removed", "M": "changed", "T": "changed"}


@dataclass(frozen=True, slots=True)
class GitStore:
    """The protocol `VersionStore` on the bare repository at `path`, which is made when it is first used.

    Any number of threads and processes may use one repository. A commit is durable when it is answered
    for. A commit that changes no file is still a commit: a log may say the same thing twice. Deleting a
    path that is not there does nothing, and `put` wins over `delete`. A name is a branch or a tag, never both.
    """

    path: Path

    def commit(
        self,
        branch: str,
        put: Mapping[str, Content],
        *,
        message: str,
        delete: Iterable[str] = (),
        metadata: Mapping[str, str] | None = None,
        parent: str | None = None,
        created_at: datetime | None = None,
    ) -> Commit:
        repository = ensure_repository(self.path)
        text, at = encode_message(message, metadata or {}), moment(created_at)
        # Refused before anything is written where it is plain already that the commit cannot land.
        _check_tip(repository, branch, parent)
        removed, wanted = [check_path(path) for path in delete], [check_path(path) for path in put]
        with reading(repository) as read:
            root = files_of(read, parent)
            stored = make_room(root, wanted, removed)
            with new_pack(repository, stored) as new:
                add_files(new.pack, root, put)
                identifier, written = add_commit(new.pack, root, text, parent, at)
                new.land()
                _move_branch(repository, branch, identifier, parent)
        return decode_commit(identifier, written)

    def branches(self) -> dict[str, str]:
        refs = read_refs(ensure_repository(self.path), "refs/heads/")
        return {name.removeprefix("refs/heads/"): commit for name, commit in refs.items()}

    def tag(self, name: str, commit: str) -> None:
        repository = ensure_repository(self.path)
        target = self._known(commit)
        tag, branch = f"refs/tags/{check_ref_name(name)}", f"refs/heads/{name}"
        if branch in read_refs(repository, branch):
            raise Conflict(f"{name!r} is a branch already: choose another name for the tag.")
        if tag not in read_refs(repository, tag):
            try:
                update_refs(repository, f"create {tag} {target}")
            except StoreError:
                # Another writer may have made the very same tag between the look and the leap.
                if tag not in read_refs(repository, tag):
                    raise
        if (seen := read_refs(repository, tag)[tag]) != target:
            raise Conflict(f"The tag {name!r} names {seen} already and never moves: choose another name.")
        flush_ref(repository, tag)

    def tags(self) -> dict[str, str]:
        refs = read_refs(ensure_repository(self.path), "refs/tags/")
        return {name.removeprefix("refs/tags/"): commit for name, commit in refs.items()}

    def resolve(self, ref: str) -> str | None:
        repository = ensure_repository(self.path)
        if COMMIT_ID.fullmatch(ref):
            kind = run(repository, "cat-file", "--batch-check=%(objecttype)", stdin=f"{ref}\n".encode()).strip()
            return ref if kind == b"commit" else None
        return _tip(repository, ref) if is_ref_name(ref) else None

    def log(self, ref: str, limit: int | None = None) -> list[Commit]:
        tip = self.resolve(ref)
        if tip is None:
            return []
        repository = ensure_repository(self.path)
        count = [] if limit is None else [f"--max-count={limit}"]
        ids = run(repository, "rev-list", *count, tip).decode().split()
        return [decode_commit(each, raw) for each, raw in zip(ids, read_blobs(repository, ids), strict=True)]

    def read(self, ref: str, path: str) -> bytes:
        return self.read_all(ref, [path])[path]

    def read_all(self, ref: str, paths: Iterable[str]) -> dict[str, bytes]:
        commit = self._known(ref)
        with reading(self.path.absolute()) as read:
            return {path: read(blob) for path, blob in self._found(files_of(read, commit), ref, paths).items()}

    def download(self, ref: str, paths: Iterable[str], target: Path) -> None:
        write_blobs(self.path.absolute(), self._blobs(ref, paths), target)

    def diff(self, left: str, right: str) -> list[Change]:
        ids = (self._known(left), self._known(right))
        raw = run(self.path.absolute(), "diff-tree", "-r", "-z", "--no-renames", "--name-status", *ids)
        fields = raw.decode(errors="surrogateescape").split("\0")[:-1]
        changes = [Change(path, _KINDS[kind]) for kind, path in zip(fields[::2], fields[1::2], strict=True)]
        return sorted(changes, key=lambda change: change.path)

    def list(self, ref: str, prefix: str = "") -> list[str]:
        commit = self._known(ref)
        with reading(self.path.absolute()) as read:
            return sorted(path for path, _ in files_of(read, commit).walk(prefix))

    def objects(self, ref: str) -> Mapping[str, str]:
        return verified_tree(self.path.absolute(), self._known(ref))

    def examine(self, ref: str, paths: Iterable[str]) -> Iterator[Examined]:
        return examine_blobs(self.path.absolute(), self._blobs(ref, paths))

    def _blobs(self, ref: str, paths: Iterable[str]) -> dict[str, str]:
        commit = self._known(ref)
        with reading(self.path.absolute()) as read:
            return {path: blob.hex() for path, blob in self._found(files_of(read, commit), ref, paths).items()}

    def _found(self, root: Folder, ref: str, paths: Iterable[str]) -> dict[str, bytes]:
        found = {path: root.find(check_path(path)) for path in paths}
        if absent := [path for path, entry in found.items() if entry is None]:
            raise NotFound(f"{ref!r} has no file {absent[0]!r} in the version store {self.path}.")
        return {path: entry.id for path, entry in found.items() if entry}

    def _known(self, ref: str) -> str:
        found = self.resolve(ref)
        if found is None:
            raise NotFound(f"The version store {self.path} has no branch, tag or commit {ref!r}.")
        return found


def _tip(repository: Path, name: str) -> str | None:
    refs = read_refs(repository, *(names := (f"refs/heads/{name}", f"refs/tags/{name}")))
    return next((refs[each] for each in names if each in refs), None)


def _check_tip(repository: Path, branch: str, parent: str | None) -> None:
    tag = f"refs/tags/{check_ref_name(branch)}"
    if tag in read_refs(repository, tag):
        raise Conflict(f"{branch!r} is a tag already: choose another name for the branch.")
    if (tip := _tip(repository, branch)) != parent:
        raise Conflict(
            f"The branch {branch!r} is at {tip or 'no commit'}, not at {parent or 'no commit'}: read it again."
        )


def _move_branch(repository: Path, branch: str, new: str, parent: str | None) -> None:
    """Let the branch name what was built, if it is still at `parent`."""
    try:
        update_refs(repository, f"update refs/heads/{branch} {new} {parent or NOWHERE}")
    except StoreError:
        # Only the branch itself tells a lost race from another failure, whatever git's words are.
        if _tip(repository, branch) != new:
            _check_tip(repository, branch, parent)
            raise
    flush_ref(repository, f"refs/heads/{branch}")
