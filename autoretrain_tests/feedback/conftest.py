"""An S3 server on this machine, and a remote inbox of each kind."""

import uuid

import pytest

from autoretrain_tests.feedback import remotes
from autoretrain_tests.feedback.test_intake import Desk


@pytest.fixture
def desk(tmp_path):
    """A local inbox and what intake makes of it."""
    return Desk(tmp_path / "home")


@pytest.fixture(scope="session")
def s3_server():
    """The address of an S3 server that forgets all when the tests end."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(request, monkeypatch):
    """A remote inbox in a bucket of its own."""
    for name, value in {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "hunter2", "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    return remotes.on_s3(request.getfixturevalue("s3_server"), f"bucket-{uuid.uuid4().hex}")


@pytest.fixture(params=["memory", "file", pytest.param("s3", marks=pytest.mark.slow)])
def remote(request, tmp_path):
    """An empty remote inbox of each kind."""
    if request.param == "s3":
        return request.getfixturevalue("s3")
    return remotes.in_memory(uuid.uuid4().hex) if request.param == "memory" else remotes.in_folder(tmp_path / "far")
