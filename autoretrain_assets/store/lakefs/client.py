"""The one module that knows `lakefs-client`: another client is a change of this file.

It is the package's last release. It is used because today's servers answer it in all that is needed here, it asks
for little beside urllib3, and its raw answers are read five times faster than any client's models. A server that
no longer answers one of these calls would end that, or a urllib3 that the package does not run on. Answers are
read as JSON, never through its models, and the bytes of files go without it. Nothing private of it is used.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import msgspec
from lakefs_client import Configuration, models
from lakefs_client.client import LakeFSClient
from lakefs_client.exceptions import ApiException, OpenApiException
from urllib3 import BaseHTTPResponse

from autoretrain_assets.config.store import Lakefs
from autoretrain_assets.errors import NotFound
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_assets.store.lakefs.failures import Unsure
from autoretrain_assets.store.lakefs.naming import tag_id, tag_name
from autoretrain_assets.store.lakefs.objects import Objects
from autoretrain_assets.store.lakefs.patience import patience, to_its_end
from autoretrain_assets.store.lakefs.wire import Difference, Logged, Object, Page, Ref, Removal, Repository

T = TypeVar("T")
PAGE = 1000


class Client(Objects):
    """The repository of the settings, in lakeFS's own terms. Any number of threads may use one."""

    def __init__(self, settings: Lakefs, credentials: Credentials) -> None:
        super().__init__(settings, credentials)
        self._api, self._name = LakeFSClient(_configured(settings, credentials)), settings.repository

    def repository(self) -> Repository | None:
        """The repository itself, or None."""
        return self._or_none(Repository, self._api.repositories_api.get_repository)

    def make_repository(self, namespace: str, default_branch: str) -> None:
        """Make it, with objects below `namespace`; raises Conflict where it is there."""
        wanted = models.RepositoryCreation(name=self._name, storage_namespace=namespace, default_branch=default_branch)
        with self._translated(f"make the repository {self._name}"):
            _ = self._api.repositories_api.create_repository(wanted, **self._raw).data

    def branch(self, name: str) -> str | None:
        """The commit that a branch is at, or None."""
        found = self._or_none(Ref, self._api.branches_api.get_branch, name)
        return found.commit_id if found else None

    def tag(self, name: str) -> str | None:
        """The commit that a tag names, or None."""
        found = self._or_none(Ref, self._api.tags_api.get_tag, tag_id(name))
        return found.commit_id if found else None

    def commit(self, identifier: str) -> Logged | None:
        """The commit, or None."""
        return self._or_none(Logged, self._api.commits_api.get_commit, identifier)

    def branches(self, prefix: str = "") -> Iterator[Ref]:
        """The branches whose names begin so."""
        return self._all(Ref, self._api.branches_api.list_branches, prefix=prefix)

    def tags(self) -> Iterator[Ref]:
        """Every tag, under the name it was given."""
        found = self._all(Ref, self._api.tags_api.list_tags)
        return (Ref(tag_name(each.id), each.commit_id) for each in found)

    def log(self, commit: str, amount: int = PAGE) -> Iterator[Logged]:
        """The commits before and with `commit`, newest first, `amount` of them at a time."""
        return self._all(Logged, self._api.refs_api.log_commits, commit, amount=min(amount, PAGE))

    def objects(self, ref: str, prefix: str = "") -> Iterator[Object]:
        """The files of a ref whose paths begin so."""
        return self._all(Object, self._api.objects_api.list_objects, ref, prefix=prefix)

    def differences(self, left: str, right: str) -> Iterator[Difference]:
        """What differs between two commits."""
        return self._all(Difference, self._api.refs_api.diff_refs, left, right, type="two_dot")

    def make_branch(self, name: str, source: str) -> None:
        """Begin a branch at a commit; raises Conflict where it is there."""
        self._do(self._api.branches_api.create_branch, models.BranchCreation(name=name, source=source))

    def remove_branch(self, name: str) -> None:
        """Remove it; what is gone already is fine."""
        with suppress(NotFound):
            self._do(self._api.branches_api.delete_branch, name)

    def make_tag(self, name: str, commit: str) -> None:
        """Name a commit; raises Conflict where the tag is there."""
        self._do(self._api.tags_api.create_tag, models.TagCreation(id=tag_id(name), ref=commit))

    def commit_all(self, branch: str, message: str) -> str:
        """Commit what was uploaded to a branch; returns the commit."""
        made = self._tell(Logged, self._api.commits_api.commit, branch, models.CommitCreation(message=message))
        return made.id

    def merge(self, source: str, branch: str, message: str, metadata: Mapping[str, str]) -> None:
        """Merge as one commit; raises Conflict where both changed the same path."""
        wanted = models.Merge(message=message, metadata=dict(metadata), squash_merge=True)
        self._do(self._api.refs_api.merge_into_branch, source, branch, merge=wanted)

    def remove(self, branch: str, paths: Sequence[str]) -> None:
        """Remove files from a branch."""
        for start in range(0, len(paths), PAGE):
            self._remove(branch, models.PathList(paths=list(paths[start : start + PAGE])))

    def _remove(self, branch: str, paths: models.PathList) -> None:
        ask = partial(self._tell, Removal, self._api.objects_api.delete_objects, branch, paths)
        for failed in to_its_end(self.settings.retries, ask, Unsure).errors:
            raise self.failures.refused_saying(f"remove {failed.path!r}", failed.status_code, failed.message)

    def _or_none(self, kind: type[T], operation: Callable[..., Any], *where: object) -> T | None:
        try:
            return self._ask(kind, operation, *where)
        except NotFound:
            return None

    def _all(self, kind: type[T], operation: Callable[..., Any], *where: object, **more: object) -> Iterator[T]:
        after, has_more = "", True
        while has_more:
            page: Page[T] = self._ask(Page[kind], operation, *where, **({"amount": PAGE} | more), after=after)  # type: ignore[valid-type]
            yield from page.results
            after, has_more = page.pagination.next_offset, page.pagination.has_more

    def _do(self, operation: Callable[..., BaseHTTPResponse], *where: object, **more: object) -> None:
        with self._translated(_named(operation, where)):
            _ = operation(self._name, *where, **more, **self._raw).data

    def _ask(self, kind: type[T], operation: Callable[..., BaseHTTPResponse], *where: object, **more: object) -> T:
        return to_its_end(self.settings.retries, lambda: self._tell(kind, operation, *where, **more))

    def _tell(self, kind: type[T], operation: Callable[..., BaseHTTPResponse], *where: object, **more: object) -> T:
        with self._translated(_named(operation, where)):
            return msgspec.json.decode(operation(self._name, *where, **more, **self._raw).data, type=kind)

    @property
    def _raw(self) -> dict[str, Any]:
        seconds = self.settings.timeout_s
        return {"_preload_content": False, "_request_timeout": (seconds, seconds)}

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        with self.failures.translated(doing):
            try:
                yield
            except ApiException as error:
                raise self.failures.refused(doing, error.status or 0, error.body) from None
            except OpenApiException as error:
                raise self.failures.unanswered(doing, error) from None


def _configured(settings: Lakefs, credentials: Credentials) -> Configuration:
    made = Configuration(host=f"{settings.url}/api/v1", username=credentials.key, password=credentials.secret)
    made.verify_ssl = settings.verify_tls
    made.ssl_ca_cert = settings.ca_file and str(settings.ca_file)
    made.connection_pool_maxsize = settings.upload_threads + 1
    made.retries = patience(settings.retries)
    return made


def _named(operation: Callable[..., BaseHTTPResponse], where: Sequence[object]) -> str:
    return " ".join([operation.__name__, *(one for one in where if isinstance(one, str))])
