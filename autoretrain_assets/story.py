"""What each commit of the loop tells beside its files, so that the store's own pages tell the story."""

from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.home import Home

RUN_ID, RUN_PAGE = "dagster_run_id", "::lakefs::Dagster::url[url:ui]"
"""The second is so named that lakeFS shows it as a button on the commit's page."""


def of(home: Home, version: str) -> dict[str, str]:
    """Of a commit about `version`: the data it is of, the version that these grew from, and the run at work."""
    known = dataset_version.read(home.store, version)
    data = dataset_version.story(known.manifest_hash, known.parent) if known else {}
    return data | by_run(home)


def by_run(home: Home) -> dict[str, str]:
    """The Dagster run that is at work and its page; nothing of a command that works outside one."""
    if home.run_id is None:
        return {}
    return {RUN_ID: home.run_id, RUN_PAGE: home.settings.automation.run_page(home.run_id)}
