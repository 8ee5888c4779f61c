"""The files of a remote inbox, by any protocol that fsspec speaks: the one module that knows fsspec."""

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fsspec
from fsspec.asyn import sync
from fsspec.exceptions import FSTimeoutError

from autoretrain_assets.config.inboxes import AZURE, FILES, StorageOptions, masked
from autoretrain_assets.errors import InboxError
from autoretrain_assets.feedback.remote.listing import Entry, entry_of, mark_of
from autoretrain_assets.feedback.remote.names import readable

CALL_SECONDS = 120.0
"""So long one question to a server may take where nothing else limits it."""

LAST_CALL_SECONDS = 2.0
"""A question that was begun in time may end a little late."""

EXTRAS = {"s3": "s3", "gs": "gs", "gcs": "gs"} | dict.fromkeys(AZURE, "az")


CLAIM = ".autoretrain-home"
"""The file of a remote inbox that says which home empties it."""


class TimedOut(InboxError):
    """The server did not answer in the time that there was."""


class Gone(InboxError):
    """There is no such file any more."""


class Storage:
    """A remote inbox. Every method raises InboxError: TimedOut or Gone where it is that."""

    def __init__(self, url: str, options: StorageOptions, seconds: float = math.inf) -> None:
        self._url, self._end = url, time.monotonic() + seconds
        try:
            self._files = _file_system(url, options)
            self._root = self._files._strip_protocol(url).rstrip("/")  # noqa: SLF001 - fsspec has no other way to ask
        except Exception as error:
            raise self._told(error) from error

    def is_out_of_time(self) -> bool:
        """Whether the time that was given is over."""
        return time.monotonic() >= self._end

    def shares_files_with(self, folder: Path) -> bool:
        """Whether the inbox is `folder`, lies in it or around it: it would be moved into itself."""
        if self._url.partition("://")[0] not in FILES:
            return False
        inbox, here = Path(self._root).resolve(), folder.resolve()
        return inbox == here or inbox in here.parents or here in inbox.parents

    def entries(self, folder: str) -> Sequence[Entry]:
        """What lies directly in a folder, `""` being the inbox; of an inbox in which nothing lies yet, nothing."""
        if not folder and not self.has_anything():
            return []
        at = self._at(folder)
        try:
            found = [entry_of(info, at, folder) for info in self._ask("ls", at, detail=True)]
        except Gone:  # with the last file in it
            return []
        return [entry for entry in found if entry is not None]

    def read(self, entry: Entry, limit: int) -> bytes | None:
        """The file's bytes; None where it has more than `limit`, of which no more is read whatever the listing says."""
        if entry.size is not None and entry.size > limit:
            return None
        if entry.size == 0:
            return b""
        content: bytes = self._ask("cat_file", self._at(entry.path), start=0, end=limit + 1)
        return content if len(content) <= limit else None

    def remove(self, path: str, mark: str) -> bool:
        """Remove the file if it is still the one with that mark; returns whether it is gone."""
        try:
            if mark_of(self._ask("info", self._at(path))) != mark:
                return False
            self._ask("rm_file", self._at(path))
        except Gone:
            pass
        return True

    def claim(self, owner: str) -> None:
        """Say in the inbox whose it is; raises InboxError where it is another's, who would get half of the events.

        Two that claim it in one moment find out by their next pass, for the later word stays.
        """
        end = len(owner.encode()) + 1  # whatever lies there, no more of it is read than tells it from ours
        try:
            said = self._ask("cat_file", self._at(CLAIM), start=0, end=end)
        except Gone:
            self._ask("pipe_file", self._at(CLAIM), owner.encode())
            said = self._ask("cat_file", self._at(CLAIM), start=0, end=end)
        if said != owner.encode():
            raise InboxError(
                f"{self._url} is emptied by another home already, and each would get half of the events: give this "
                f"home an inbox of its own, or, where the other is gone, remove {CLAIM} there."
            )

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def has_anything(self) -> bool:
        """Whether there is a folder or a file of it; object stores have no empty ones, but the bucket must be there."""
        try:
            self._ask("info", self._root)
        except Gone as error:
            bucket = self._root.partition("/")[0]
            if not bucket or bucket == self._root or not self._is_there(bucket):
                raise InboxError(f"{self._url} does not exist: make it, or mend feedback.inboxes.") from error
            return False
        return True

    def _is_there(self, bucket: str) -> bool:
        """Who may only look below a folder of the bucket is refused by one that exists."""
        try:
            self._ask("info", bucket)
        except Gone:
            return False
        except InboxError as error:
            if not isinstance(error.__cause__, PermissionError):
                raise
        return True

    def _ask(self, verb: str, path: str, *given: bytes, **options: Any) -> Any:
        """One question; where fsspec can break it off, it ends in time."""
        seconds = min(CALL_SECONDS, max(LAST_CALL_SECONDS, self._end - time.monotonic()))
        try:
            if self._files.async_impl:
                return sync(
                    self._files.loop, getattr(self._files, f"_{verb}"), path, *given, timeout=seconds, **options
                )
            return getattr(self._files, verb)(path, *given, **options)
        except FileNotFoundError as error:
            raise Gone(f"{self._url}: {readable(path)} is gone: somebody else takes files from there.") from error
        except (TimeoutError, FSTimeoutError) as error:
            raise TimedOut(
                f"{self._url}: no answer within {seconds:.0f} s: see whether its server is up and reachable; "
                "where it is only slow, raise feedback.drain_seconds."
            ) from error
        except Exception as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> InboxError:
        said = readable(masked(str(error) or type(error).__name__), 200)
        protocol = self._url.partition("://")[0]
        if isinstance(error, ImportError):
            package = f"autoretrain[{EXTRAS[protocol]}]" if protocol in EXTRAS else "what fsspec needs for it"
            return InboxError(f"{self._url}: {said}: pip install '{package}'.")
        if isinstance(error, PermissionError):
            return InboxError(
                f"{self._url}: permission denied ({said}): "
                "the environment's credentials must be allowed to list, read, write and delete there."
            )
        return InboxError(
            f"{self._url}: {said}: check the address, the network and the credentials in the environment."
        )


def _file_system(url: str, options: StorageOptions) -> Any:
    """A file system of its own, that remembers nothing: what is listed changes under its hands."""
    protocol = url.partition("://")[0]
    chosen: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    if protocol == "s3":
        from autoretrain_assets.feedback.remote.direct import session

        chosen |= {"anon": options.anon, "endpoint_url": options.endpoint_url}
        chosen |= {"client_kwargs": {"region_name": options.region}, "config_kwargs": {"http_session_cls": session()}}
    elif protocol in {"gs", "gcs"} and options.anon:
        chosen["token"] = "anon"  # noqa: S105 - gcsfs' word for asking without one
    elif protocol in AZURE:
        chosen["anon"] = options.anon
    return fsspec.filesystem(protocol, **chosen)
