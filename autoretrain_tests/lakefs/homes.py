"""Homes whose versions are in lakeFS."""

from autoretrain_assets.config.store import Lakefs


def on_lakefs(wanted: Lakefs) -> list[str]:
    """The settings of a home that keeps its versions in that repository."""
    told = wanted.model_dump(include={"url", "repository", "storage_namespace"})
    return ["store.backend=lakefs", *(f"store.lakefs.{name}={value}" for name, value in told.items())]
