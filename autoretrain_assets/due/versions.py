"""The version that is due: one that was cut off, or the next one when enough was labelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from autoretrain_assets import triggers
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.manifest import build as build_manifest
from autoretrain_assets.dataset.manifest import relabelled
from autoretrain_assets.dataset.splits import TRAIN
from autoretrain_assets.due.fingerprint import fingerprint
from autoretrain_assets.due.labels import labels
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.evaluation import stored
from autoretrain_assets.home import BRANCHES, Home
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.release.gate import PROMOTE
from autoretrain_assets.release.lost import lost_release
from autoretrain_assets.store import artifacts

COMING = "coming"


@dataclass(frozen=True, slots=True)
class Retraining:
    """The version that comes next, and whether it is due; `lost`: why the last one that was decided on stays behind."""

    version: str
    verdict: triggers.Verdict
    lost: str | None = None


def retraining(home: Home) -> Retraining:
    """The version that comes next, and whether it is due; one that was begun is finished first.

    One whose evaluation the store lost is passed over: whether it may still be released is its owner's to say.
    Raises IntegrityError where the store lost its history: what stands in it would be made or released once more.
    """
    lost, decided, releases = None, decisions.Decided(home.store), registry.history(home.store)
    if gone := lost_release(releases, home.production, home.store_place):
        raise IntegrityError(gone)
    for name in dataset_version.versions(home.store):
        try:
            left = _left_undone(home, name, decided.on(name), releases)
        except IntegrityError as error:
            lost = str(error)
            continue
        if left:
            return Retraining(name, triggers.Verdict("unfinished", left), lost)
        lost = None  # who waited for the earlier one has this decision instead
    verdict = triggers.retraining_due(waiting(home), home.settings.retrain)
    coming = dataset_version.next_version(home.store)
    if decisions.is_made(home.store, coming) and (gone := dataset_version.lost_tags(home.store).get(coming)):
        raise IntegrityError(f"{gone}. Its decision is there: it is not made a second time.")
    return Retraining(coming, verdict, lost)


def waiting(home: Home) -> triggers.Waiting:
    """What the next version would add or correct, and which of its days were in drift alarm.

    An image that touches both splits never enters a version, nor does one that is held back: neither must ask for
    one for ever.
    """
    versions = dataset_version.versions(home.store)
    known = dataset_version.read_manifest(home.store, versions[-1]) if versions else None
    coming = build_manifest(known, labels(home).rows, home.settings, COMING).manifest
    corrected = relabelled(known, coming)
    rows = coming.filter((pl.col("since") == COMING) | pl.col("sha256").is_in(corrected.implode()))
    days = rows["captured_at"].dt.date().unique().sort().to_list()
    to_train_on = rows.filter(pl.col("split") == TRAIN).height
    alarmed = _days_in_alarm(home)
    return triggers.Waiting(rows.height, to_train_on, [day for day in days if day in alarmed], corrected.len())


def labelled_so_far(home: Home) -> str:
    """Changes when a retraining may be due that was not: label, alarm, version, decision, release, setting."""
    branches = [str(home.store.resolve(branch)) for branch in BRANCHES]
    settings = home.settings.model_dump_json()
    return fingerprint([home.annotations.stamp(), home.drift_report.stamp(), *branches, settings])


def learns_from(home: Home) -> str:
    """Changes when a retraining has something else to work with; what one that failed has left changes nothing."""
    return fingerprint([home.annotations.stamp(), home.settings.model_dump_json()])


def last_decision(home: Home) -> datetime | None:
    """When a version was last measured and decided on."""
    return next((commit.created_at for commit in home.store.log(artifacts.BRANCH, 1)), None)


def _days_in_alarm(home: Home) -> set[date]:
    """One look at all days: a year of files read one by one takes ten times as long."""
    return set(home.drift_report.query(lambda rows: rows.filter("alarm").select("day"), day="day")["day"])


def _left_undone(
    home: Home, version: str, decision: Mapping[str, Any] | None, releases: Sequence[registry.Release]
) -> str | None:
    """What a run of this version that was cut off left: its decision, or its release.

    Production that was moved since the version was measured has overtaken the decision, whoever moved it whereto.
    Raises IntegrityError where nobody can tell any more when that was.
    """
    if decision is None:
        return f"{version} has no decision yet"
    if decision["outcome"] != PROMOTE:
        return None
    if any(release.version == version for release in releases):
        return None
    if not stored.is_made(home.store, version):
        raise IntegrityError(
            f"{version} was to be released, but its evaluation is gone from the store, and with it whether production "
            f"was moved since: `autoretrain promote {version} --because …` releases it, or it stays behind"
        )
    measured = stored.measured_at(home.store, version)
    overtaken = any(release.at > measured for release in releases)
    return None if overtaken else f"{version} may be released and is not yet"
