"""What lakeFS's own garbage collection would keep, asked of the server that prepares it."""

import csv
import json
import re
from pathlib import Path

import pytest
from urllib3 import make_headers, request

from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts
from autoretrain_tests.lakefs.running import KEY, SECRET

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "lakefs.md").read_text()
BRANCHES = (dataset_version.BRANCH, artifacts.BRANCH, registry.BRANCH)


@pytest.fixture
def versions(lakefs_store):
    """Two commits of each branch; those of `main` are tagged, and the second has another file than the first."""
    for branch in BRANCHES:
        first = lakefs_store.commit(branch, {"old": b"1"}, message="one").id
        lakefs_store.commit(branch, {"new": b"2"}, delete=["old"], message="two", parent=first)
    second, first = [commit.id for commit in lakefs_store.log(dataset_version.BRANCH)]
    lakefs_store.tag("v0001", first)
    lakefs_store.tag("v0002", second)
    return first, second


@pytest.fixture
def kept(lakefs_server, lakefs_store):
    """Sets rules, and answers the commits whose files a collection by them would leave."""
    if lakefs_server.folder is None:
        pytest.skip("what a collection leaves is read from the folder of a server of the tests' own")
    words = ":".join(lakefs_server.environment[name] for name in (KEY, SECRET))
    headers = make_headers(basic_auth=words)
    name = lakefs_store.settings.repository
    where = f"{lakefs_server.url}/api/v1/repositories/{name}"

    def ask(rules):
        request("PUT", f"{where}/settings/gc_rules", json=rules, headers=headers)
        said = request("GET", f"{where}/settings/gc_rules", headers=headers).json()
        assert sorted(map(str, said["branches"])) == sorted(map(str, rules["branches"]))
        # It ends in a refusal, for objects on this disk have no signed addresses; the list is written before that.
        request("POST", f"{where}/gc/prepare_commits", headers=headers)
        [found] = (lakefs_server.folder / "objects" / name).rglob("commits.csv")
        with found.open() as rows:
            return {row["commit_id"] for row in csv.DictReader(rows)}

    return ask


def test_a_tag_alone_keeps_no_version(versions, kept):
    first, second = versions
    found = kept({"default_retention_days": 0, "branches": [{"branch_id": "main", "retention_days": 0}]})
    assert second in found
    assert first not in found


def test_by_the_documented_rules_every_commit_of_the_loop_stays(versions, kept, lakefs_store):
    [rules] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert {rule["branch_id"] for rule in rules["branches"]} == set(BRANCHES)
    found = kept({**rules, "default_retention_days": 0})
    assert {commit.id for branch in BRANCHES for commit in lakefs_store.log(branch)} <= found
