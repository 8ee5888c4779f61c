"""A lakeFS server of the tests' own: on loopback, with its files in one folder, ended by its process id."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

from autoretrain_assets.config.store import Lakefs

BINARY = Path(__file__).parents[2] / ".autoretrain/bin/lakefs"
HOW = "`make lakefs` builds a server, which needs Go; or name one: LAKEFS_ENDPOINT=http://… with its credentials"
KEY, SECRET = "LAKEFS_ACCESS_KEY_ID", "LAKEFS_SECRET_ACCESS_KEY"
OWN = {KEY: "AKIATESTSALONE", SECRET: "known-to-the-tests-alone"}
STARTS_WITHIN = 60.0
"""Seconds: it takes four on a machine that does nothing else."""


@dataclass(frozen=True)
class Server:
    """A server that answers; `environment` holds who may ask it."""

    url: str
    environment: dict[str, str]
    namespace: str
    child: "subprocess.Popen[bytes] | None" = None
    folder: Path | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """End it at once, by its process id."""
        assert self.child is not None, "a server that the environment names is not ours to kill"
        self.child.kill()
        self.child.wait()

    def settings(self, **more) -> Lakefs:
        """A repository that nobody else has."""
        name = f"test-{uuid4().hex[:16]}"
        return Lakefs(url=self.url, repository=name, storage_namespace=f"{self.namespace}{name}", **more)


def named() -> Server | None:
    """The server that the environment names, if it does."""
    url = os.environ.get("LAKEFS_ENDPOINT")
    if not url:
        return None
    namespace = os.environ.get("LAKEFS_STORAGE_NAMESPACE", "local://")
    return Server(url.rstrip("/"), {name: os.environ[name] for name in (KEY, SECRET)}, namespace)


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Server]:
    """A server with its files in `folder`, on a free port or on that one, until the block ends."""
    port = port or free_port()
    (folder / "config.yaml").write_text(json.dumps(_configuration(folder, port)))
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen(
            [BINARY, "--config", folder / "config.yaml", "run"], stdout=log, stderr=log, cwd=folder
        )
    try:
        _wait(child, port, folder / "log")
        yield Server(f"http://127.0.0.1:{port}", OWN, "local://", child, folder)
    finally:
        child.kill()
        child.wait()


def _configuration(folder: Path, port: int) -> dict[str, object]:
    """JSON is YAML."""
    return {
        "listen_address": f"127.0.0.1:{port}",
        "logging": {"level": "WARN"},
        "stats": {"enabled": False},
        "usage_report": {"enabled": False},
        "security": {"check_latest_version": False},
        "auth": {"encrypt": {"secret_key": "of-the-tests-alone"}},
        "database": {"type": "local", "local": {"path": str(folder / "metadata")}},
        "blockstore": {"type": "local", "local": {"path": str(folder / "objects")}},
        # By default in its user's home, where each server that starts clears it for all.
        "committed": {"local_cache": {"dir": str(folder / "cache")}},
        "installation": {"user_name": "tests", "access_key_id": OWN[KEY], "secret_access_key": OWN[SECRET]},
    }


def _wait(child: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while child.poll() is None and time.monotonic() < until:
        try:
            with urlopen(f"http://127.0.0.1:{port}/api/v1/healthcheck", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"lakeFS did not start: {log.read_text()[-2000:]}")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
