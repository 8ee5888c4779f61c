"""docs/cvat.md names only settings, files and make targets that are there."""

import re
from pathlib import Path

import pytest

from autoretrain_assets.config import parse_settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cvat.md").read_text()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\blabeling\.[a-z_.]+[a-z_]", PAGE))))
def test_each_setting_is_one(name):
    found = parse_settings("").model_dump()
    for part in name.split("."):
        assert part in found
        found = found[part]


def test_each_file_is_there():
    named = set(re.findall(r"docker/[a-z.]+\b(?!/)", PAGE)) - {"docker/cvat", "docker/.env"}
    assert named >= {"docker/compose.yaml", "docker/cvat.env", "docker/gpu.yaml"}
    assert all((ROOT / name).is_file() for name in named)


def test_each_heading_that_is_linked_is_one():
    headings = {line.lower().strip("# ").replace(" ", "-").replace(",", "") for line in _home() if line[:1] == "#"}
    assert set(re.findall(r"home\.md#([a-z-]+)", PAGE)) <= headings


def test_each_make_target_is_one():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", PAGE)) <= targets


def test_the_release_in_it_is_the_one_that_is_included():
    [release] = re.findall(r"CVAT_VERSION=v(\d+\.\d+)", (ROOT / "docker" / "cvat.env").read_text())
    assert f"CVAT {release}," in PAGE


def _home():
    return (ROOT / "docs" / "home.md").read_text().splitlines()
