"""A commit while it is made: on a branch of its own, which is merged at the end and removed in any case."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count, takewhile

from autoretrain_assets.errors import StoreError
from autoretrain_assets.store.base import Commit, Content
from autoretrain_assets.store.lakefs.naming import BUILD, BUILDS, MARK, as_commit, build_name, is_left_over
from autoretrain_assets.store.lakefs.patience import surely
from autoretrain_assets.store.lakefs.repository import Repository

FEW = 5
"""Commits of the log that are asked for at a time: the wanted one is the newest, or just below."""


@dataclass(frozen=True, slots=True)
class Build:
    """The build branch `name` for a commit of `branch` on `parent`."""

    repository: Repository
    name: str
    branch: str
    parent: str | None

    @property
    def mark(self) -> dict[str, Content]:
        """The file that goes with those of the commit."""
        return {MARK: self.name.encode()}

    def begin(self) -> None:
        """Make the build branch, and the first time the branch itself."""
        if self.parent is None:
            self._begin(self.branch)
        self._begin(self.name)

    def land(self, message: str, metadata: Mapping[str, str]) -> Commit:
        """Make what was uploaded the branch's next commit; raises Conflict where the branch is at another one."""
        client, noted, tries = self.repository.client, {**metadata, BUILD: self.name}, count()

        def merge() -> None:
            if again := next(tries):
                # The one before may still be on its way. Of two with different marks the server merges only one.
                client.upload_bytes(self.name, MARK, f"{self.name} {again}".encode())
            client.merge(client.commit_all(self.name, message), self.branch, message, noted)

        self._surely(merge, self._landed)
        landed = self._landed()
        if landed is None:
            raise StoreError(f"lakeFS merged {self.name} into {self.branch!r} and does not show it: look at its log.")
        return landed

    @property
    def origin(self) -> str:
        """The commit that it begins at."""
        return self.parent or self.repository.root

    def _surely(self, work: Callable[[], None], done: Callable[[], object]) -> None:
        surely(self.repository.client.settings.retries, work, done)

    def _begin(self, name: str) -> None:
        client = self.repository.client
        self._surely(lambda: client.make_branch(name, self.origin), lambda: client.branch(name))

    def _landed(self) -> Commit | None:
        since = takewhile(lambda each: each.id != self.origin, self.repository.client.log(self.branch, FEW))
        return next((as_commit(each) for each in since if (each.metadata or {}).get(BUILD) == self.name), None)


@contextmanager
def build(repository: Repository, branch: str, parent: str | None) -> Iterator[Build]:
    """A build branch that begins at `parent`, and is removed at the end with those that killed writers left."""
    made = Build(repository, build_name(branch, parent), branch, parent)
    try:
        made.begin()
        yield made
    except StoreError:
        # Who was overtaken fails in many ways: at the merge, or before it because the build branch was cleared.
        repository.check_tip(branch, parent)
        raise
    finally:
        # The commit stands or it does not, whatever becomes of this: what stays is cleared after a later one.
        with suppress(StoreError):
            repository.client.remove_branch(made.name)
    with suppress(StoreError):
        _clear(repository, branch)


def _clear(repository: Repository, branch: str) -> None:
    # Listed before the tip is read: what was begun meanwhile on a newer commit is not among them.
    found = list(repository.client.branches(f"{BUILDS}{branch}-"))
    tip = repository.tip(branch) if found else None
    for each in found:
        if is_left_over(each.id, branch, tip):
            repository.client.remove_branch(each.id)
