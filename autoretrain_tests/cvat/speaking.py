"""The real SDK, and the smallest things made through it."""

from pathlib import Path

from cvat_sdk import Client, Config
from PIL import Image

from autoretrain_tests.cvat.real import RealServer
from autoretrain_tests.cvat.standin import StandIn


def client(server: StandIn | RealServer, name: str = "admin") -> Client:
    """Logged in, and as quick to ask again as the server needs it."""
    sdk = Client(server.url, config=Config(status_check_period=server.settings["poll_seconds"]))
    sdk.login(server.credentials(name))
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
