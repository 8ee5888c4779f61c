"""A real server in the place of the stand-in: `make test-cvat`, with CVAT_URL and credentials in the environment.

What the tests make there is below projects of names of their own, and is removed after each test.
"""

import json
import os
import ssl
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from cvat_sdk.core.client import AccessTokenCredentials, Credentials, PasswordCredentials

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.errors import LabelingError

ASKED = "AUTORETRAIN_TESTS_ON_CVAT"
"""Set by `main` alone: a server that the environment happens to name is not tested on."""

TESTS = (
    "contract/test_labeling_backend.py",
    *(f"labeling/cvat/test_{of}.py" for of in ("existing", "answers", "known")),
)
"""What holds on any server. A test that tells a stand-in what to do is skipped."""

HOW = """\
make test-cvat tests on a real CVAT server, so it has to know one, and an account there that may make projects:
  CVAT_URL=https://cvat.example.org CVAT_TOKEN=… make test-cvat
  CVAT_URL=http://localhost:8080 CVAT_USER=… CVAT_PASSWORD=… make test-cvat
What it makes there has names that begin with autoretrain-test-, and is removed after each test.
"""


class RealServer:
    """What tests need of a stand-in, on a server with one account."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.url = environment["CVAT_URL"].rstrip("/")
        names = ("CVAT_TOKEN",) if environment.get("CVAT_TOKEN") else ("CVAT_USER", "CVAT_PASSWORD")
        self.environment = {name: environment[name] for name in names}
        self._mark = f"autoretrain-test-{uuid4().hex[:8]}-"
        self._key = ""
        waits = {"timeout_s": 60, "wait_s": 300, "poll_seconds": 0.5, "retries": 4}
        self.settings = waits | {"project": self.called("autoretrain")}

    def __getattr__(self, name: str) -> NoReturn:
        pytest.skip(f"only a stand-in has {name}")

    def called(self, name: str) -> str:
        """A name that nobody else there has."""
        return self._mark + name

    def credentials(self, name: str = "admin") -> Credentials:
        """The one account's."""
        self._verify_known(name)
        token = self.environment.get("CVAT_TOKEN")
        return AccessTokenCredentials(token) if token else PasswordCredentials(*self.environment.values())

    def authorization(self, name: str = "admin") -> str:
        """The header of the one account."""
        self._verify_known(name)
        if token := self.environment.get("CVAT_TOKEN"):
            return f"Bearer {token}"
        if not self._key:
            user, password = self.environment.values()
            self._key = self._ask("POST", "/api/auth/login", {"username": user, "password": password})["key"]
        return f"Token {self._key}"

    def connection(self) -> HTTPConnection:
        """A way to it."""
        return connection(self.url)

    def clean(self) -> None:
        """Remove what was made; tasks go with their project."""
        headers = {"Authorization": self.authorization()}
        found = self._ask("GET", f"/api/projects?page_size=500&search={self._mark}", headers=headers)
        for project in found["results"]:
            if project["name"].startswith(self._mark):
                self._ask("DELETE", f"/api/projects/{project['id']}", headers=headers)

    def _verify_known(self, name: str) -> None:
        if name != "admin":
            pytest.skip(f"only a stand-in has the account {name}")

    def _ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        way = self.connection()
        said = {"Content-Type": "application/json", **(headers or {})}
        way.request(method, path, None if body is None else json.dumps(body), said)
        response = way.getresponse()
        content = response.read()
        way.close()
        assert response.status < 400, f"{method} {path} answered {response.status}"
        return json.loads(content) if content else None


def connection(url: str) -> HTTPConnection:
    """A way to the server at that address; SSL_CERT_FILE may name whom to trust."""
    place = urlsplit(url)
    if place.scheme == "https":
        return HTTPSConnection(place.netloc, timeout=60, context=ssl.create_default_context())
    return HTTPConnection(place.netloc, timeout=60)


def main(arguments: list[str]) -> int:
    """Run the tests; `arguments` are pytest's. 2 where the environment names no server, or it is not as needed."""
    environment = os.environ
    signed = environment.get("CVAT_TOKEN") or (environment.get("CVAT_USER") and environment.get("CVAT_PASSWORD"))
    if not (environment.get("CVAT_URL") and signed):
        sys.stderr.write(HOW)
        return 2
    from autoretrain_assets.labeling.cvat.inspection import Inspection

    look = Inspection(Cvat(url=environment["CVAT_URL"]))
    try:
        sys.stdout.write(f"{look.server()}; {look.credentials()}\n")
    except LabelingError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    environment[ASKED] = "1"
    root = Path(__file__).parents[1]
    chosen = ["-k", "not folder", *arguments]
    return int(pytest.main([*(str(root / test) for test in TESTS), "-q", "-p", "no:cacheprovider", *chosen]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
