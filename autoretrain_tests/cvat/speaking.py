"""The real SDK, and the smallest things made through it."""

from pathlib import Path

from cvat_sdk import Client, Config
from cvat_sdk.core.client import AccessTokenCredentials
from PIL import Image

from autoretrain_tests.cvat.standin import StandIn


def client(server: StandIn, name: str = "admin") -> Client:
    """Logged in by a token, and quick to ask again."""
    sdk = Client(server.url, config=Config(status_check_period=0.01))
    sdk.login(AccessTokenCredentials(server.token_of(name)))
    return sdk


def project(sdk: Client, *labels: str):
    """A project of rectangles; car and bus where nothing is said."""
    return sdk.projects.create(
        {"name": "street", "labels": [{"name": n, "type": "rectangle"} for n in labels or ("car", "bus")]}
    )


def drawn(folder: Path, count: int) -> list[Path]:
    """0.png, 1.png, …, each of a size of its own."""
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.new("RGB", (64 + number, 48), (number, 90, 90)).save(path)
    return paths


def task(sdk: Client, project, folder: Path, images: int = 3, segment_size: int = 0, **data):
    """A task of drawn images in their order."""
    spec = {"name": "a task", "project_id": project.id, "segment_size": segment_size}
    params = {"sorting_method": "predefined"} | data
    return sdk.tasks.create_from_data(spec, drawn(folder, images), data_params=params)
