"""One way to ask the server: signed in, with a time limit, patience, and failures that can be told apart."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from cvat_sdk.core.client import AccessTokenCredentials, Client, Config, PasswordCredentials
from cvat_sdk.core.helpers import make_request_headers
from cvat_sdk.core.uploading import DataUploader

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.labeling.cvat.credentials import Credentials
from autoretrain_assets.labeling.cvat.patience import Limited, patience
from autoretrain_assets.labeling.cvat.translation import translated
from autoretrain_assets.labeling.cvat.wire import About, Begun, Page
from autoretrain_assets.labeling.failures import Expired, Gone, Rejected, ServerFault

T = TypeVar("T")
Query = str | int | bool
PAGE = 100
UPLOAD_BYTES = 16 * 2**20
"""At most so much of a task's images goes in one request; a larger image goes in pieces."""

JSON = {"Accept": "application/vnd.cvat+json"}


class Connection:
    """The server of the settings. It is asked for the first time when something is asked of it.

    The SDK's models are left aside: 5,000 boxes take them a second, and they refuse what another version leaves out.
    """

    def __init__(self, settings: Cvat, secrets: Sequence[str] = ()) -> None:
        """`secrets` are told no more than the credentials are."""
        self.settings, self._secrets = settings, secrets
        self.address = settings.url or ""
        self.pages = settings.public_url or self.address

    def about(self) -> About:
        """What the server says of itself to anyone."""
        with translated(self.address, "GET /api/server/about", str):
            answer = self._client.api_client.rest_client.request(
                "GET", f"{self.address}/api/server/about", headers=JSON
            )
            return msgspec.json.decode(answer.data, type=About)

    def get(self, kind: type[T], path: str, **query: Query) -> T:
        """What stands at the path."""
        return self._ask("GET", path, kind, query=query)

    def content(self, path: str, **query: Query) -> bytes:
        """The bytes that stand at the path, such as an image's."""
        with translated(self.address, f"GET {path}", self._redacted):
            return self._answer("GET", path, query=query)

    def all(self, kind: type[T], path: str, **query: Query) -> Iterator[T]:
        """Everything of a list, over all its pages, in the order it was made.

        Raises ServerFault where it changed meanwhile: then one may be missing, and its task would look finished.
        """
        changed = ServerFault(f"CVAT at {self.address} changed a list while it was read ({path}): ask again.")
        number, seen, counts, is_last = 1, 0, set[int](), False
        while not is_last:
            try:
                page = self._ask("GET", path, Page, query={"page_size": PAGE, "sort": "id", **query, "page": number})
            except Gone as error:
                raise (changed if number > 1 else error) from None
            with translated(self.address, f"GET {path}", self._redacted):
                rows = msgspec.convert(page.results, list[kind])  # type: ignore[valid-type]
            yield from rows
            number, seen, counts, is_last = number + 1, seen + len(rows), counts | {page.count}, page.next is None
        if counts != {seen}:
            raise changed

    def post(self, kind: type[T], path: str, body: object) -> T:
        """Make something; it is never asked again by itself, for it would be made twice."""
        return self._ask("POST", path, kind, body=body)

    def put(self, path: str, body: object) -> None:
        """Replace what stands there."""
        self._ask("PUT", path, Any, body=body)

    def patch(self, path: str, body: object) -> None:
        """Change what stands there."""
        self._ask("PATCH", path, Any, body=body)

    def delete(self, path: str) -> None:
        """Remove it; what is gone already is fine."""
        try:
            self._ask("DELETE", path, Any)
        except Gone:
            return

    def upload(self, path: str, images: Sequence[Path], **fields: object) -> str:
        """Send a task's images, by their names; returns the name of the work of unpacking them."""
        with translated(self.address, f"POST {path}", self._redacted):
            uploader = DataUploader(self._signed_in, max_request_size=UPLOAD_BYTES)
            answer = uploader.upload_files(f"{self.address}{path}", list(images), **fields)
            return msgspec.json.decode(answer.data, type=Begun).rq_id

    def _ask(
        self, method: str, path: str, kind: type[T], body: object = None, query: dict[str, Query] | None = None
    ) -> T:
        with translated(self.address, f"{method} {path}", self._redacted):
            return msgspec.json.decode(self._answer(method, path, body, query) or b"null", type=kind)

    def _answer(self, method: str, path: str, body: object = None, query: dict[str, Query] | None = None) -> bytes:
        client = self._signed_in.api_client
        answer = client.rest_client.request(
            method,
            f"{self.address}{path}",
            query_params=[(name, _text(value)) for name, value in (query or {}).items()],
            headers=make_request_headers(client) | JSON,
            body=body,
        )
        content: bytes = answer.data
        return content

    @cached_property
    def _credentials(self) -> Credentials:
        return Credentials.of()

    @cached_property
    def _client(self) -> Client:
        client = Client(self.address, config=Config(verify_ssl=self.settings.verify_tls), check_server_version=False)
        configuration = client.api_client.configuration
        configuration.ssl_ca_cert = self.settings.ca_file and str(self.settings.ca_file)
        configuration.retries = patience(self.settings)
        client.api_client.rest_client = Limited(configuration, self.settings.timeout_s)
        return client

    @cached_property
    def _signed_in(self) -> Client:
        mine, client = self._credentials, self._client
        by = AccessTokenCredentials(mine.token) if mine.token else PasswordCredentials(mine.user, mine.password)
        try:
            with translated(self.address, "POST /api/auth/login", mine.redacted):
                client.login(by)
        except Rejected as error:  # a wrong password is a bad request there
            raise Expired(f"{error} Mend CVAT_USER and CVAT_PASSWORD.") from None
        client.organization_slug = self.settings.organization
        return client

    def _redacted(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return self._credentials.redacted(text)


def _text(value: Query) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
