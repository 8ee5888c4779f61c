"""The backends that the contract suites hold to one promise; a new one is one more entry here."""

from pathlib import Path

import pytest

from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in", "git_store"]


@pytest.fixture
def git_store(tmp_path: Path) -> GitStore:
    """A repository that is not there yet."""
    return GitStore(tmp_path / "store.git")


@pytest.fixture(params=["git", pytest.param("lakefs", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> VersionStore:
    """An empty version store of each kind. It must survive pickling: the suite opens it in other processes."""
    return request.getfixturevalue(f"{request.param}_store")
