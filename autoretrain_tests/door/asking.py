"""A door in this process, and what it answers."""

import asyncio
import io
from dataclasses import dataclass

import httpx
import numpy as np
from PIL import Image
from starlette.applications import Starlette

from autoretrain_assets.door.app import build
from autoretrain_assets.home import Home
from autoretrain_tests.door.serving import TOKEN, body, fields, headers
from autoretrain_tests.homes import laid_out


@dataclass(frozen=True)
class Asked:
    """A home and its door."""

    home: Home
    app: Starlette

    def ask(self, method, path, content=None, given=None):
        """One request; what the door does not turn into an answer fails the test as it is."""
        return asyncio.run(self._ask(method, path, content, given))

    def post(self, event=None, image=None, content=None, **changes):
        """Send an event, or a body as it is; `changes` are headers, None leaves one out."""
        whole = content
        if whole is None:
            whole = body(fields() if event is None else event, picture() if image is None else image)
        given = {name: value for name, value in (headers() | changes).items() if value is not None}
        return self.ask("POST", "/events", whole, given)

    def files(self):
        """What lies in the inbox, by name."""
        return {path.name: path.read_bytes() for path in sorted(self.home.inbox.rglob("*")) if path.is_file()}

    async def _ask(self, method, path, content, given):
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            return await client.request(method, path, content=content, headers=given)


def door(root, *overrides, token=TOKEN):
    """The door of a new home; it asks for no free disk, for a test machine may have little."""
    home = laid_out(root, "door.min_free_bytes=0", *overrides)
    return Asked(home, build(home, token))


def picture(kind="JPEG", seed=0, size=(64, 48)):
    """A small image of that format."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()
