"""A server to start and stop: where it listens, who may log in, what goes wrong, what it was asked."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from cvat_sdk.core.client import AccessTokenCredentials

from autoretrain_tests.cvat.faults import Faults, Log
from autoretrain_tests.cvat.server import (  # noqa: F401 - each brings its endpoints
    about,
    annotations,
    comments,
    exports,
    frames,
    issues,
    jobs,
    labels,
    projects,
    quality,
    tasks,
    uploads,
    users,
    validation,
)
from autoretrain_tests.cvat.server.deliveries import Sender
from autoretrain_tests.cvat.server.people import Organization, User
from autoretrain_tests.cvat.server.world import World
from autoretrain_tests.cvat.wire import Wire


class StandIn:
    """A CVAT server on a free port of loopback, until the block ends.

    `admin` / `admin-password` may do everything, `ann` / `ann-password` and `bob` / `bob-password` are annotators.
    """

    settings: ClassVar[dict[str, Any]] = {"timeout_s": 5, "retries": 0, "poll_seconds": 0.01, "wait_s": 5}
    """A backend's, quick: the stand-in has no reason to be slow."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.world = World(clock)
        self.faults = Faults()
        self.log = Log()
        self._port = 0
        self.admin = self.add_user("admin", role="admin")
        self.token = self.world.issue_token(self.admin)
        self.add_user("ann")
        self.add_user("bob")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; again on the same port after a stop."""
        self.sender = Sender(self.world)
        self._wire = Wire(self.world, self.faults, self.log, self.sender, self._port)
        self._port = self._wire.server_port
        self._thread = threading.Thread(target=self._wire.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every connection and refuse new ones; what was stored stays. Fails on the stand-in's own defects."""
        self._wire.close()
        self._thread.join()
        self.sender.stop()
        assert not self.log.crashes, "\n".join(self.log.crashes)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._wire.url

    @property
    def environment(self) -> dict[str, str]:
        """What signs a backend in, as the admin."""
        return {"CVAT_TOKEN": self.token}

    def called(self, name: str) -> str:
        """The name of a thing to make: nobody else makes any here."""
        return name

    def credentials(self, name: str = "admin") -> AccessTokenCredentials:
        """The SDK's, of this user."""
        return AccessTokenCredentials(self.token_of(name))

    def authorization(self, name: str = "admin") -> str:
        """The header of this user."""
        return f"Token {self.token_of(name)}"

    def connection(self) -> HTTPConnection:
        """A way to it."""
        return HTTPConnection(urlsplit(self.url).netloc, timeout=30)

    def user(self, name: str) -> User:
        """The account of this name."""
        found = self.world.user_named(name)
        assert found, f"no user {name}"
        return found

    def add_user(self, name: str, role: str = "user") -> User:
        """A new account; its password is its name and `-password`."""
        return self.world.add_user(name, f"{name}-password", role)

    def token_of(self, name: str) -> str:
        """A new token of this user."""
        return self.world.issue_token(self.user(name))

    def revoke(self, token: str) -> None:
        """The token is no longer one."""
        del self.world.tokens[token]

    def add_organization(self, slug: str, **members: str) -> Organization:
        """A workspace of the admin; members are their roles by name, such as ann="worker"."""
        world, number = self.world, self.world.next_id("organization")
        roles = {self.admin.id: "owner"} | {self.user(name).id: role for name, role in members.items()}
        world.organizations[number] = Organization(number, slug, slug, self.admin, world.now(), roles)
        return world.organizations[number]
