"""What must hold of a home whatever was killed, and what it came to, to be compared with an undisturbed one."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts

NOT_THE_SAME_TWICE = {"opened_at", "accepted_at"}
"""Columns that say when, and nothing else."""


def violations(home: Home, sent: Iterable[str]) -> list[str]:
    """A sentence for each invariant that does not hold of a settled home; `sent` are the ids of all its events."""
    return [*_events(home, set(sent)), *_tasks(home), *_versions(home), *_release(home)]


def came_to(home: Home) -> dict[str, Any]:
    """All that an undisturbed life would have left, without the moments at which it was written."""
    tables = (home.raw_feedback, home.drift_report, home.mined_samples, home.cvat_tasks, home.annotations)
    rows = {
        f"{table.folder.name} {day}": table.read(day).drop(NOT_THE_SAME_TWICE, strict=False).to_dicts()
        for table in tables
        for day in table.days()
        if not table.read(day).is_empty()  # a day of which nothing was accepted may have been written or not
    }
    versions = {
        name: [known.manifest_hash, *_made(home, name)]
        for name in dataset_version.versions(home.store)
        if (known := dataset_version.read(home.store, name))
    }
    releases = [release.version for release in registry.history(home.store)]
    refused = sorted(_refused(home))
    return {"tables": _without_place(rows, home), "versions": versions, "releases": releases, "refused": refused}


def _events(home: Home, sent: set[str]) -> list[str]:
    accepted = Counter(home.raw_feedback.query().select("event_id")["event_id"])
    refused = Counter(_refused(home))
    twice = [event for event, count in (accepted + refused).items() if count > 1]
    waiting = [path.name for path in home.inbox.rglob("*") if path.is_file() and not path.name.startswith(".")]
    found = [f"event {event} is there more than once" for event in twice]
    found += [f"event {event} is lost" for event in sent - accepted.keys() - refused.keys()]
    return found + [f"{name} was left in the inbox" for name in waiting if name.endswith(".json")]


def _refused(home: Home) -> list[str]:
    """The names of the files in quarantine, which are their events' ids here."""
    return [Path(json.loads(path.read_text())["file"]).stem for path in home.quarantine.rglob("reason.json")]


def _tasks(home: Home) -> list[str]:
    tasks = home.cvat_tasks.query()
    images = Counter(tasks["images"].explode().drop_nulls())
    folders = {path.parent.name for path in (home.root / "tasks").glob("*/task.json")}
    labelled = Counter(home.annotations.query().select("sha256")["sha256"])
    found = [f"image {image[:8]} is in {count} tasks" for image, count in images.items() if count > 1]
    found += [f"task {key} is in the table or in the folder, not in both" for key in folders ^ set(tasks["key"])]
    found += [f"task {key} is not opened" for key in tasks.filter(pl.col("state") != "open")["key"]]
    return found + [f"image {image[:8]} has {count} answers" for image, count in labelled.items() if count > 1]


def _versions(home: Home) -> list[str]:
    names = dataset_version.versions(home.store)
    found = [] if names == [f"v{number:04}" for number in range(1, len(names) + 1)] else [f"versions are {names}"]
    for name in names:
        manifest = dataset_version.read_manifest(home.store, name)
        torn = manifest.group_by("group").agg(pl.col("split").n_unique()).filter(pl.col("split") > 1)
        found += [f"scene {group} of {name} stands on both sides" for group in torn["group"]]
        found += [] if "decision.json" in artifacts.names(home.store, name) else [f"{name} has no decision"]
    hashes = [dataset_version.read(home.store, name).manifest_hash for name in names]
    return found + ([] if len(set(hashes)) == len(hashes) else ["two versions hold the same"])


def _release(home: Home) -> list[str]:
    releases = registry.history(home.store)
    if not releases:
        return []
    versions = [release.version for release in releases]
    found = ["a release is logged twice in a row"] if any(a == b for a, b in pairwise(versions)) else []
    shown = json.loads((home.production / "model.json").read_text())["version"]
    served = sha256_of(home.production / "weights.pt")
    if (shown, served) != (releases[0].version, releases[0].weights_sha256):
        found.append(f"serving sees {shown}, released is {releases[0].version}")
    return found


def _made(home: Home, version: str) -> list[str]:
    record = artifacts.read_json(home.store, version, "record.json")
    decision = artifacts.read_json(home.store, version, "decision.json")
    return [record["weights_sha256"], decision["outcome"]]


def _without_place(rows: dict[str, Any], home: Home) -> Any:
    return json.loads(json.dumps(rows, default=str).replace(str(home.root), "HOME"))
