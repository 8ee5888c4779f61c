"""A repository as the protocol sees it: made or found, its refs, and the files of its commits."""

from collections.abc import Mapping
from functools import cached_property

from autoretrain_assets.errors import Conflict, NotFound, StoreError
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.naming import BUILDS, MARK, is_branch_name
from autoretrain_assets.store.lakefs.patience import surely
from autoretrain_assets.store.lakefs.wire import Object
from autoretrain_assets.store.names import COMMIT_ID, check_ref_name, is_ref_name

DEFAULT_BRANCH = "main"


class Repository:
    """The repository of the client's settings; the first question makes it where there is none and it may."""

    def __init__(self, client: Client, may_make: bool) -> None:
        self.client, self._may_make = client, may_make
        self._last: tuple[str, Mapping[str, Object]] = ("", {})
        self._seen: set[str] = set()

    @cached_property
    def root(self) -> str:
        """The commit that the repository began with, which holds nothing. Raises StoreError where it is gone."""
        found = self.client.repository()
        if found is None:
            self._make()
            found = self.client.repository()
        try:
            return [commit.id for commit in self.client.log(found.default_branch if found else DEFAULT_BRANCH)][-1]
        except NotFound:
            raise StoreError(
                f"The lakeFS repository {self._name} has no default branch: make that branch again."
            ) from None

    def resolve(self, ref: str) -> str | None:
        """The commit that a branch, a tag or a commit id names, or None."""
        root = self.root
        if ref in self._seen:
            return ref
        if COMMIT_ID.fullmatch(ref):
            found = self.client.commit(ref)
            return self._noted(ref if found and found.id == ref != root else None)
        return self._noted(self.tip(ref) or self.client.tag(ref)) if is_ref_name(ref) else None

    def branches(self) -> dict[str, str]:
        """Every branch that something was committed to, and its last commit; none of those that are being built."""
        root = self.root
        found = {each.id: each.commit_id for each in self.client.branches() if each.commit_id != root}
        return {name: commit for name, commit in found.items() if not name.startswith(BUILDS)}

    def tags(self) -> dict[str, str]:
        """Every tag and the commit it names."""
        root = self.root
        return {tag.id: tag.commit_id for tag in self.client.tags() if tag.commit_id != root}

    def tip(self, branch: str) -> str | None:
        """The last commit of a branch, or None where nothing was ever committed to it."""
        found = self.client.branch(branch) if is_branch_name(branch) else None
        return None if found == self.root else found

    def check_tip(self, branch: str, parent: str | None) -> None:
        """Raise Conflict unless a branch is at `parent`."""
        tip = self.tip(check_ref_name(branch))
        if tip == parent and parent is not None:
            return
        if self.client.tag(branch):
            raise Conflict(f"{branch!r} is a tag already: choose another name for the branch.")
        if tip != parent:
            raise Conflict(
                f"The branch {branch!r} is at {tip or 'no commit'}, not at {parent or 'no commit'}: read it again."
            )

    def tree(self, commit: str) -> Mapping[str, Object]:
        """Every file of a commit by its path. A commit never changes, so the last one asked for is kept."""
        known, files = self._last
        if known != commit:
            files = self._listed(commit, "")
            self._last = (commit, files)
        return files

    def below(self, commit: str, prefix: str) -> Mapping[str, Object]:
        """The files of a commit whose paths begin so, and maybe others."""
        known, files = self._last
        return files if known == commit else self._listed(commit, prefix)

    def _listed(self, commit: str, prefix: str) -> dict[str, Object]:
        return {found.path: found for found in self.client.objects(commit, prefix) if found.path != MARK}

    def _noted(self, commit: str | None) -> str | None:
        """A commit that was there never goes: it is not asked for by its id again."""
        if commit:
            self._seen.add(commit)
        return commit

    @property
    def _name(self) -> str:
        return self.client.settings.repository

    def _make(self) -> None:
        namespace = self.client.settings.storage_namespace
        if not self._may_make:
            raise StoreError(
                f"The lakeFS repository {self._name} is gone, and with it all versions: restore it from a backup, "
                "or correct store.lakefs in autoretrain.yaml."
            )
        if namespace is None:
            raise StoreError(
                f"There is no lakeFS repository {self._name}: write into store.lakefs.storage_namespace where its "
                "objects are to be kept, such as s3://bucket/autoretrain, or make the repository there."
            )
        # Another writer who was quicker made the very same one.
        surely(
            self.client.settings.retries,
            lambda: self.client.make_repository(namespace, DEFAULT_BRANCH),
            self.client.repository,
        )
