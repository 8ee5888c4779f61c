"""The bytes of files, to the server and from it, in requests of our own: a client holds all of a file, twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http import HTTPStatus
from io import RawIOBase
from urllib.parse import quote, urlencode, urlsplit

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, PoolManager, Timeout
from urllib3.exceptions import InvalidHeader

from autoretrain_assets.config.store import Lakefs
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_assets.store.lakefs.failures import Failures
from autoretrain_assets.store.lakefs.patience import UPLOADS, patience

BLOCK = 1 << 20
SENT = 1 << 18
"""So much of a file is sent at a time: of urllib3's 16 KB the calls cost as much as the hash."""
SHA256 = "sha256"
"""The field of an object's own metadata that holds its hash: the server's checksum is not the same one everywhere."""
_DONE = range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES)


class Objects:
    """The files of the settings' repository. Each thread that uses one has a connection that is kept open."""

    def __init__(self, settings: Lakefs, credentials: Credentials) -> None:
        self.settings, self.address = settings, settings.url or ""
        self.failures = Failures(self.address, credentials)
        self._pool = _connections(settings)
        self._below = f"{urlsplit(self.address).path}/api/v1/repositories/{settings.repository}"
        self._headers = {"Authorization": f"Basic {credentials.basic}"}

    def upload(self, branch: str, path: str, body: bytes | RawIOBase, size: int, digest: str) -> None:
        """Send one file to a branch, a block in memory at a time."""
        doing = f"upload {path!r}"
        headers = {
            **self._headers,
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size),
            f"X-Lakefs-Meta-{SHA256}": digest,
        }
        with self.failures.translated(doing):
            answer = self._pool.urlopen("POST", self._where("branches", branch, path), body, headers, redirect=False)
            if answer.status not in _DONE:
                raise self.failures.refused(doing, answer.status, answer.data)

    def upload_bytes(self, branch: str, path: str, content: bytes) -> None:
        """Send one file that is in memory."""
        self.upload(branch, path, content, len(content), sha256(content).hexdigest())

    @contextmanager
    def reading(self, ref: str, path: str, start: int = 0) -> Iterator[Iterator[bytes]]:
        """The bytes of one file from `start` on, in blocks; raises NotFound, or CutOff where they ended too early."""
        doing = f"read {path!r}"
        headers = {**self._headers, **({"Range": f"bytes={start}-"} if start else {})}
        with self.failures.translated(doing):
            answer = self._pool.urlopen(
                "GET", self._where("refs", ref, path), None, headers, redirect=False, preload_content=False
            )
            try:
                if answer.status not in _DONE:
                    raise self.failures.refused(doing, answer.status, answer.data)
                yield _from(start, answer)
            finally:
                answer.close()
                answer.release_conn()

    def _where(self, kind: str, ref: str, path: str) -> str:
        return f"{self._below}/{kind}/{quote(ref, safe='')}/objects?{urlencode({'path': path})}"


def _connections(settings: Lakefs) -> HTTPConnectionPool:
    return PoolManager(
        maxsize=settings.upload_threads,
        blocksize=SENT,
        retries=patience(settings.retries, UPLOADS),
        timeout=Timeout(connect=settings.timeout_s, read=settings.timeout_s),
        cert_reqs="CERT_REQUIRED" if settings.verify_tls else "CERT_NONE",
        ca_certs=settings.ca_file and str(settings.ca_file),
    ).connection_from_url(settings.url or "")


def _from(start: int, answer: BaseHTTPResponse) -> Iterator[bytes]:
    """What the answer holds from there on: who does not know of parts sends the file from its beginning."""
    surplus, told = start, answer.headers.get("Content-Range", "")
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        if not told.startswith(f"bytes {start}-"):
            raise InvalidHeader(f"asked for what follows byte {start}, sent was {told!r}")
        surplus = 0
    for block in answer.stream(BLOCK):
        yield block[surplus:]
        surplus = max(0, surplus - len(block))
