"""A commit while it is made: on a branch of its own, which is merged at the end and removed in any case."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile

from autoretrain_assets.errors import Conflict, StoreError
from autoretrain_assets.store.base import Commit
from autoretrain_assets.store.lakefs.naming import BUILD, BUILDS, MARK, as_commit, build_name, is_left_over
from autoretrain_assets.store.lakefs.repository import Repository
from autoretrain_assets.store.lakefs.transfer import upload_bytes

FEW = 5
"""Commits of the log that are asked for at a time: the wanted one is the newest, or just below."""


@dataclass(frozen=True, slots=True)
class Build:
    """The build branch `name` for a commit of `branch` on `parent`."""

    repository: Repository
    name: str
    branch: str
    parent: str | None

    def land(self, message: str, metadata: Mapping[str, str]) -> Commit:
        """Make what was uploaded the branch's next commit; raises Conflict where the branch is at another one."""
        client = self.repository.client
        upload_bytes(client, self.name, MARK, self.name.encode())
        client.commit_all(self.name, message)
        try:
            client.merge(self.name, self.branch, message, {**metadata, BUILD: self.name})
        except StoreError:
            # Only the branch itself tells a lost answer from a failure, whatever the words are.
            if landed := self._landed():
                return landed
            raise
        landed = self._landed()
        if landed is None:
            raise StoreError(f"lakeFS merged {self.name} into {self.branch!r} and does not show it: look at its log.")
        return landed

    def _landed(self) -> Commit | None:
        tip, origin = self.repository.tip(self.branch), self.parent or self.repository.root
        since = takewhile(lambda each: each.id != origin, self.repository.client.log(tip, FEW)) if tip else ()
        return next((as_commit(each) for each in since if (each.metadata or {}).get(BUILD) == self.name), None)


@contextmanager
def build(repository: Repository, branch: str, parent: str | None) -> Iterator[Build]:
    """A build branch that begins at `parent`, and is removed at the end with those that killed writers left."""
    client, origin = repository.client, parent or repository.root
    made = Build(repository, build_name(branch, parent), branch, parent)
    if parent is None:
        with suppress(Conflict):
            client.make_branch(branch, origin)
    client.make_branch(made.name, origin)
    try:
        yield made
    except StoreError:
        # Who was overtaken fails in many ways: at the merge, or before it because the build branch was cleared.
        repository.check_tip(branch, parent)
        raise
    finally:
        # The commit stands or it does not, whatever becomes of this: what stays is cleared after a later one.
        with suppress(StoreError):
            client.remove_branch(made.name)
    with suppress(StoreError):
        _clear(repository, branch)


def _clear(repository: Repository, branch: str) -> None:
    # Listed before the tip is read: what was begun meanwhile on a newer commit is not among them.
    found = list(repository.client.branches(f"{BUILDS}{branch}-"))
    tip = repository.tip(branch) if found else None
    for each in found:
        if is_left_over(each.id, branch, tip):
            repository.client.remove_branch(each.id)
