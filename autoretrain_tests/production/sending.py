"""Senders and images for the tests of the client."""

import json
import threading

import numpy as np

from autoretrain_assets.production.senders import Away

IMAGE = np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)
SURE, UNSURE = [("car", 0.9, 1, 1, 20, 20)], [("car", 0.3, 1, 1, 20, 20)]


class Catching:
    """Keeps what it is given; a home that is away while `is_away`, and always for the event `stuck`."""

    def __init__(self):
        self.events, self.is_away, self.stuck = [], False, None

    def send(self, event, _image, suffix):
        if self.is_away or event["event_id"] == self.stuck:
            raise Away("it went for lunch.")
        self.events.append(json.loads(json.dumps(dict(event), allow_nan=False)) | {"image": f"x{suffix}"})


class Hanging:
    """Takes nothing until it is let go."""

    def __init__(self):
        self.let_go = threading.Event()

    def send(self, *_):
        self.let_go.wait(60)


def written(folder):
    """The events in an inbox."""
    return [json.loads(path.read_bytes()) for path in sorted(folder.rglob("*.json"))]


def accounted(client):
    """Events whose fate is known."""
    counts = client.counts
    return counts.get("sampled_out", 0) + counts.get("sent", 0) + sum(client.losses.values())


def report(client, times=1, **more):
    """Report an image that the model was sure of."""
    for _ in range(times):
        client.report(IMAGE, SURE, **more)


def kept(folder):
    """What the buffer beside an inbox keeps."""
    return sorted((folder / "buffer").glob("*.event"))
