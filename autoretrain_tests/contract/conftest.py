"""The backends that the contract suites hold to one promise; a new one is one more entry here."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in"]

STORES: dict[str, Callable[[Path], VersionStore]] = {
    "git": lambda folder: GitStore(folder / "store.git"),
}


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> VersionStore:
    """An empty version store of each kind. It must survive pickling: the suite opens it in other processes."""
    return STORES[request.param](tmp_path)
