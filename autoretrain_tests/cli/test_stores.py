"""The version store's commands: their exit codes and what a script reads."""

import json
import os

import pytest

from autoretrain_tests.contract import damaging
from autoretrain_tests.homes import commit_images, laid_out


@pytest.fixture
def home(tmp_path):
    home = laid_out(tmp_path / "home")
    commit_images(home, "v0001", "a", "b")
    return home


def test_verifying_ends_with_0_where_all_is_whole_and_with_1_where_something_is_damaged(home, autoretrain):
    whole = autoretrain("store", "verify", "--home", home.root)
    assert (whole.code, whole.out.count("\n")) == (0, 1)
    damaging.damage(home.store, "data.yaml", damaging.remove)
    damaged = autoretrain("store", "verify", "v0001", "--home", home.root)
    assert damaged.code == 1
    assert damaged.out.startswith("DAMAGED  data.yaml of v0001: ")
    told = json.loads(autoretrain("store", "verify", "--home", home.root, "--json").out)
    assert [damage["path"] for damage in told["damage"]] == ["data.yaml"]


def test_verifying_a_version_that_is_not_there_is_a_wrong_argument(home, autoretrain):
    refused = autoretrain("store", "verify", "v0002", "--home", home.root)
    assert refused.code == 2
    assert "v0001" in refused.err


def test_tidying_says_what_goes_and_a_dry_run_removes_nothing(home, autoretrain):
    home.raw_feedback.write(home.annotations.days()[0], home.raw_feedback.read(home.annotations.days()[0]))
    lost = home.frames.path(home.frames.put(b"lost", "jpg"))
    os.utime(lost, (0, 0))
    looked = autoretrain("store", "gc", "--home", home.root, "--dry-run")
    assert (looked.code, looked.out.splitlines()[0].endswith("would be removed")) == (0, True)
    assert lost.exists()
    told = json.loads(autoretrain("store", "gc", "--home", home.root, "--json").out)
    assert (told["frames"], told["removed"]) == ({"images": 1, "bytes": 4}, True)
    assert not lost.exists()
