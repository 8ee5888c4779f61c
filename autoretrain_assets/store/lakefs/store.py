"""Versions in a lakeFS repository.

A commit is built on a branch of its own and merged as one commit, so that a writer that dies in the middle leaves
the branch as it was. The repository's first commit, which lakeFS makes and which holds nothing, stands for no
commit at all: a branch that is still there does not exist yet.
"""

import os.path
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from autoretrain_assets.config.store import Lakefs
from autoretrain_assets.errors import Conflict, NotFound
from autoretrain_assets.store import claims
from autoretrain_assets.store.base import Change, Commit, Content, Examined
from autoretrain_assets.store.lakefs import examining, naming, transfer
from autoretrain_assets.store.lakefs.building import build
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_assets.store.lakefs.patience import surely
from autoretrain_assets.store.lakefs.repository import Repository
from autoretrain_assets.store.lakefs.wire import Object
from autoretrain_assets.store.names import check_inside, check_no_file_is_a_folder, check_ref_name


@dataclass(frozen=True)
class LakefsStore:
    """The protocol `VersionStore` on the repository of the settings, which is made where there is none and it may.

    Any number of threads and processes may use one. A branch is named with letters, digits, `_` and `-` only.
    With the folder of a `home`, commits are that home's, and refused where another one writes the repository.
    """

    settings: Lakefs
    may_make: bool = True
    home: Path | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """For another process, which signs in itself."""
        return type(self), (self.settings, self.may_make, self.home)

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
        naming.check_branch_name(branch)
        if self.home is not None and branch != claims.BRANCH:
            claims.verify(self, self.home)
        text, fields = naming.noted(message, metadata or {}, created_at)
        repository = self._repository
        repository.check_tip(branch, parent)
        there = repository.tree(parent) if parent else {}
        wanted = {naming.check_own_path(path) for path in put}
        removed = (there.keys() & {naming.check_own_path(path) for path in delete}) - wanted
        check_no_file_is_a_folder((there.keys() - removed) | wanted)
        with build(repository, branch, parent) as made:
            transfer.upload(self._client, made.name, {**put, **made.mark}, there)
            self._client.remove(made.name, sorted(removed))
            return made.land(text, fields)

    def branches(self) -> dict[str, str]:
        return self._repository.branches()

    def is_there(self) -> bool:
        """Whether the repository was made; it is not made by asking."""
        return self._client.repository() is not None

    def tag(self, name: str, commit: str) -> None:
        check_ref_name(name)
        target = self._known(commit)
        if naming.is_branch_name(name) and self._repository.tip(name):
            raise Conflict(f"{name!r} is a branch already: choose another name for the tag.")
        again = self.settings.retries
        try:
            surely(again, lambda: self._client.make_tag(name, target), lambda: self._client.tag(name) == target)
        except Conflict:
            raise Conflict(
                f"The tag {name!r} names {self._client.tag(name)} already and never moves: choose another name."
            ) from None

    def tags(self) -> dict[str, str]:
        return self._repository.tags()

    def resolve(self, ref: str) -> str | None:
        return self._repository.resolve(ref)

    def log(self, ref: str, limit: int | None = None) -> list[Commit]:
        tip = self.resolve(ref)
        if tip is None or limit == 0:
            return []
        root = self._repository.root
        found = islice(self._client.log(tip, *([] if limit is None else [limit])), limit)
        return [naming.as_commit(each) for each in found if each.id != root]

    def read(self, ref: str, path: str) -> bytes:
        return self.read_all(ref, [path])[path]

    def read_all(self, ref: str, paths: Iterable[str]) -> dict[str, bytes]:
        files = self._objects(commit := self._known(ref), ref, paths)
        return transfer.read(self._client, commit, files)

    def download(self, ref: str, paths: Iterable[str], target: Path) -> None:
        files = self._objects(commit := self._known(ref), ref, paths)
        missing = {path: stored for path, stored in files.items() if not (target / path).exists()}
        check_inside(target, missing)
        transfer.download(self._client, commit, missing, target)

    def diff(self, left: str, right: str) -> list[Change]:
        found = self._client.differences(self._known(left), self._known(right))
        changes = [Change(each.path, each.type) for each in found if each.path != naming.MARK]
        return sorted(changes, key=lambda change: change.path)

    def list(self, ref: str, prefix: str = "") -> list[str]:
        commit = self._known(ref)
        return sorted(path for path in self._repository.tree(commit) if path.startswith(prefix))

    def objects(self, ref: str) -> Mapping[str, str]:
        files = self._repository.tree(self._known(ref))
        return {path: stored.physical_address for path, stored in files.items()}

    def examine(self, ref: str, paths: Iterable[str]) -> Iterator[Examined]:
        files = self._objects(commit := self._known(ref), ref, paths)
        return examining.examine(self._client, commit, files)

    @cached_property
    def _client(self) -> Client:
        return Client(self.settings, Credentials.of())

    @cached_property
    def _repository(self) -> Repository:
        return Repository(self._client, self.may_make)

    def _objects(self, commit: str, ref: str, paths: Iterable[str]) -> dict[str, Object]:
        wanted = [naming.check_own_path(path) for path in paths]
        found = self._repository.below(commit, os.path.commonpath(wanted)) if wanted else {}
        if absent := [path for path in wanted if path not in found]:
            raise NotFound(f"{ref!r} has no file {absent[0]!r} in the repository {self.settings.repository}.")
        return {path: found[path] for path in wanted}

    def _known(self, ref: str) -> str:
        found = self.resolve(ref)
        if found is None:
            raise NotFound(f"The lakeFS repository {self.settings.repository} has no branch, tag or commit {ref!r}.")
        return found
