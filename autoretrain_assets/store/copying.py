"""A history is brought from one version store into another, and each copy is held against its original.

What was brought stays: a copy that broke off, or whose original went on since, goes on from there.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.store.base import Change, Commit, VersionStore
from autoretrain_assets.store.history import History, identity, with_origin
from autoretrain_assets.store.proven import Proven

REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Brought:
    """One commit of a branch was brought and proven: the `number`th of `of`, counted from 1."""

    branch: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Copying:
    """From `source` to `target`, by way of `staging`: a folder that knows what was proven, and can be lost."""

    source: VersionStore
    target: VersionStore
    staging: Path

    def run(self, branches: Sequence[str]) -> Iterator[Brought]:
        """Bring the branches with every commit in order, and the tags that name one of these.

        Raises Conflict, before anything is written, where the target holds anything but a beginning of them;
        IntegrityError where a copy is not what its original is.
        """
        histories = [History.of(self.source, self.target, branch) for branch in branches]
        for history in histories:
            yield from self._bring(history)
        self._tag({original.id: copy.id for each in histories for original, copy in each.pairs})

    def left_behind(self, branches: Sequence[str]) -> list[str]:
        """The other branches of the source, and the tags that name none of the brought commits."""
        known = {commit.id for branch in branches for commit in self.source.log(branch)}
        others = self.source.branches().keys() - set(branches)
        return sorted(others | {tag for tag, commit in self.source.tags().items() if commit not in known})

    def _bring(self, history: History) -> Iterator[Brought]:
        proven = Proven(self.staging / "proven.json")
        for at in range(proven.count(history.branch, history.copies), len(history.originals)):
            self._one(history, at)
            proven.note(history.branch, history.copies[at])
            yield Brought(history.branch, at + 1, len(history.originals))

    def _one(self, history: History, at: int) -> None:
        original, before = history.originals[at], history.before(at)
        changes = _changes(self.source, before and before[0].id, original.id)
        if at == len(history.copies):
            history.copies.append(self._copy(history, at, changes))
        self._verify(history, at, changes)

    def _copy(self, history: History, at: int, changes: Sequence[Change]) -> Commit:
        original, before = history.originals[at], history.before(at)
        # A folder of its own for each commit: what a kill left there is whole, and is not fetched again.
        folder = self.staging / original.id
        files = {path: folder / path for path in _put(changes)}
        self.source.download(original.id, files, folder)
        copy = self.target.commit(
            history.branch,
            files,
            message=original.message,
            delete=[change.path for change in changes if change.kind == REMOVED],
            metadata=with_origin(original),
            parent=before[1].id if before else None,
            created_at=original.created_at,
        )
        shutil.rmtree(folder, ignore_errors=True)
        return copy

    def _verify(self, history: History, at: int, changes: Sequence[Change]) -> None:
        """Read both, and hold the copy's texts, its list of files and their bytes against the original's."""
        original, copy, before = history.originals[at], history.copies[at], history.before(at)
        there = set(self.target.list(copy.id))
        differ = there ^ set(self.source.list(original.id))
        both = sorted(there.intersection(_put(changes)))
        hashes = _hashes(self.source, original, both)
        differ |= {each.path for each in self.target.examine(copy.id, both) if each.sha256 != hashes[each.path]}
        touched = {change.path for change in _changes(self.target, before and before[1].id, copy.id)}
        differ |= touched - {change.path for change in changes}
        if differ or identity(original) != identity(copy):
            raise IntegrityError(
                f"The copy {copy.id} of the commit {original.id} on {history.branch!r} is not like it "
                f"({', '.join(sorted(differ)[:3]) or 'its message, metadata or time'}): remove what was copied, "
                "and copy again."
            )

    def _tag(self, copies: Mapping[str, str]) -> None:
        there = self.target.tags()
        wanted = {tag: copies[commit] for tag, commit in self.source.tags().items() if commit in copies}
        for tag, commit in sorted(wanted.items()):
            if there.get(tag) != commit:
                self.target.tag(tag, commit)


def _hashes(store: VersionStore, commit: Commit, paths: Sequence[str]) -> dict[str, str]:
    hashes = dict[str, str]()
    for each in store.examine(commit.id, paths):
        if each.damage:
            raise IntegrityError(
                f"{each.path} of the commit {commit.id} is damaged where it is copied from: {each.damage}. Restore "
                "that store from a backup; `autoretrain store verify` tells what else is damaged."
            )
        hashes[each.path] = each.sha256
    return hashes


def _put(changes: Sequence[Change]) -> list[str]:
    return [change.path for change in changes if change.kind != REMOVED]


def _changes(store: VersionStore, before: str | None, commit: str) -> list[Change]:
    if before is None:
        return [Change(path, "added") for path in store.list(commit)]
    return store.diff(before, commit)
