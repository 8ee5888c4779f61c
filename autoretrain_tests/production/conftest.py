"""A client whose events are caught before they go anywhere."""

import pytest

from autoretrain_assets.production import FeedbackClient
from autoretrain_tests.production.sending import Catching


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


@pytest.fixture
def client(tmp_path, inbox):
    with FeedbackClient(inbox, "cam", random_rate=1, buffer=tmp_path / "buffer") as client:
        yield client


@pytest.fixture
def caught(tmp_path):
    """Makes clients; they have `.events`, what they sent so far, and are closed in the end."""
    made = []

    def make(**settings):
        client = FeedbackClient(tmp_path / "inbox", "cam", **settings)
        client._writer._sender = sender = Catching()
        made.append(client)
        return client, sender.events

    yield make
    for client in made:
        client.close(1)
