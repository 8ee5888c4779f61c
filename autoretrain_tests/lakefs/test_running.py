"""The server that the tests start is theirs alone."""

import pytest

from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_tests.contract.writing import put
from autoretrain_tests.lakefs.fixtures import needs_a_built_server
from autoretrain_tests.lakefs.running import OWN, running


@pytest.mark.slow
def test_it_leaves_nothing_outside_its_folder_where_another_one_would_clear_it(tmp_path, monkeypatch):
    needs_a_built_server()
    home, folder = tmp_path / "home", tmp_path / "server"
    for made in (home, folder):
        made.mkdir()
    for name, value in {**OWN, "HOME": str(home)}.items():
        monkeypatch.setenv(name, value)
    with running(folder) as server:
        put(LakefsStore(server.settings()), {"a": b"1"})
        assert list(home.iterdir()) == []
