"""docs/lakefs.md names only settings, names and releases that are there."""

import re
from pathlib import Path

import pytest

from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts, claims
from autoretrain_assets.store.lakefs.naming import BUILDS, MARK

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lakefs.md").read_text()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\bstore\.(?!git|json)[a-z_.]+[a-z_]", PAGE))))
def test_each_setting_is_one(name):
    found = parse_settings("").model_dump()
    for part in name.split("."):
        assert part in found
        found = found[part]


@pytest.mark.parametrize(
    "name", [dataset_version.BRANCH, artifacts.BRANCH, registry.BRANCH, claims.BRANCH, f"{BUILDS}…", MARK]
)
def test_what_stands_in_a_repository_is_named_as_it_is(name):
    assert f"`{name}`" in PAGE


def test_the_release_in_it_is_the_one_that_is_built():
    [release] = re.findall(r"treeverse/lakefs v([\d.]+)", (ROOT / "autoretrain_tests/lakefs/server/go.mod").read_text())
    assert f"lakeFS {release}," in PAGE
