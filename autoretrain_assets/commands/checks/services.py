"""What a home leans on: its version store, where people label, and the daemon."""

from datetime import UTC, datetime, timedelta

from autoretrain_assets import due
from autoretrain_assets.commands.checks.doubt import Doubt
from autoretrain_assets.commands.dagster_runs import DATABASE
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.store import claims
from autoretrain_assets.words import many

ANSWERS_WITHIN = 3.0
"""Seconds that a remote inbox has to answer a question."""

_UNSAFE = "store.lakefs.verify_tls is false: whoever is between can read the credentials, so name its ca_file instead"

SILENT = timedelta(minutes=5)
"""A daemon that lives says so every half minute."""


def store(home: Home, _: datetime) -> str:
    """Raises StoreError where the store is gone or another home's, or IntegrityError where it cannot be read."""
    versions = dataset_version.versions(home.store)
    if versions:
        dataset_version.read_manifest(home.store, versions[-1])
    found = f"{many(len(versions), 'dataset version')}, {many(len(registry.history(home.store)), 'release')}"
    if home.settings.store.backend != "lakefs":
        return found
    claims.refuse_others(claims.claim(home.store), home.root)
    found = f"{found}, in {home.store_place}"
    return found if home.settings.store.lakefs.verify_tls else Doubt(f"{found}; {_UNSAFE}")


def labels(home: Home, _: datetime) -> str:
    """A doubt where images are held back, as for a class that the model does not know, or people agree too little."""
    if reasons := [*due.held_back(home), *due.disagreements(home)]:
        return Doubt("; ".join(reasons))
    return f"{many(due.labels(home).rows.height, 'image')}, none held back"


def remote_inbox(url: str, home: Home, _: datetime) -> str:
    """Raises InboxError where the inbox at `url` is not there or does not answer; no file of it is read."""
    from autoretrain_assets.feedback.remote.storage import Storage  # fsspec takes a while to import

    storage = Storage(url, home.settings.feedback.storage_options, ANSWERS_WITHIN)
    return "it answers" if storage.has_anything() else "it answers, and nothing lies there"


def daemon(home: Home, now: datetime) -> str:
    """Raises InputError where a daemon once worked on this home and is silent now, or reports an error."""
    if not (home.dagster / DATABASE).is_file():
        return "none ever ran here: `autoretrain run` does its work"
    import dagster as dg

    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        beats = list(instance.get_daemon_heartbeats().values())
    if not beats:
        return "none ever ran here: `autoretrain run` does its work"
    last = datetime.fromtimestamp(max(beat.timestamp for beat in beats), UTC)
    if now - last > SILENT:
        raise InputError(
            f"the daemon is silent since {last:%Y-%m-%d %H:%M} UTC: start `dagster-daemon run -w workspace.yaml` again."
        )
    if errors := [error for beat in beats for error in beat.errors or []]:
        raise InputError(f"the daemon reports: {errors[0].message.strip()}")
    return f"it lives, and last said so at {last:%H:%M:%S} UTC"
