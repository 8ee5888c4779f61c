"""Remote inboxes to test on: one in memory, one in a folder, one on an S3 server of this machine."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import fsspec

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback.remote import drain
from autoretrain_assets.feedback.remote.storage import CLAIM
from autoretrain_tests.feedback.test_intake import event, jpeg


@dataclass
class Remote:
    """An inbox as its producer sees it, below a folder of its own."""

    url: str
    files: Any
    options: dict[str, Any] = field(default_factory=dict)

    def put(self, path, content):
        self.files.pipe_file(f"{self.url}/{path}", content)

    def send(self, name, folder="2026-03-02", seed=0, image=None, **changes):
        """An image, then its event, as a producer sends them."""
        self.put(f"{folder}/{image or name + '.jpg'}", jpeg(seed))
        self.say(name, folder, image, **changes)

    def say(self, name, folder="2026-03-02", image=None, **changes):
        """An event alone."""
        said = event(name, image=image or f"{name}.jpg") | changes
        self.put(f"{folder}/{name}.json", json.dumps(said).encode())

    def left(self):
        """The names of the files that lie there, but for the home's claim."""
        self.files.invalidate_cache()
        names = (path.rpartition("/")[2] for path in self.files.find(self.url))
        return sorted(name for name in names if name != CLAIM)

    def settings(self, **more):
        fields = {"inboxes": [self.url], "allowed_inboxes": [self.url], "storage_options": self.options}
        return Feedback.model_validate(fields | more)

    def drain(self, desk, now=None, seconds=None, **more):
        """One pass into the desk's inbox, an hour after all that was sent; bounded where `seconds` is given."""
        limit = {} if seconds is None else {"seconds": seconds}
        return drain(desk.inbox, self.settings(**more), now or datetime.now(UTC) + timedelta(hours=1), **limit)


def in_memory(name):
    files = fsspec.filesystem("memory")
    files.makedirs(f"/{name}", exist_ok=True)
    return Remote(f"memory://{name}", files)


def in_folder(folder):
    folder.mkdir()
    return Remote(f"file://{folder}", fsspec.filesystem("file", auto_mkdir=True))


def on_s3(server, bucket):
    files = fsspec.filesystem("s3", endpoint_url=server, skip_instance_cache=True, use_listings_cache=False)
    files.mkdir(bucket)
    return Remote(f"s3://{bucket}/inbox", files, {"endpoint_url": server})
