"""The two partitions of the loop: the day an image was captured, and the dataset version."""

from collections.abc import Iterable
from datetime import date, timedelta

import dagster as dg

from autoretrain_assets.config.settings import Days, Settings

DAYS = dg.DailyPartitionsDefinition(start_date="2020-01-01")
"""What daily assets are declared with; `bound_to` gives them the days of a home."""

FIRST = dg.AssetKey("raw_feedback")
"""Where feedback enters: what grows old first when production falls silent."""

STORE = "git"
"""The kind that assets in the store are declared with; `bound_to` gives them the one that the home has."""

VERSIONS = dg.DynamicPartitionsDefinition(name="dataset_version")


def days_of(days: Days) -> dg.DailyPartitionsDefinition:
    """The days of a home, in UTC: up to and with today, whose events need not wait for its end."""
    end = None if days.last is None else (days.last + timedelta(days=1)).isoformat()
    return dg.DailyPartitionsDefinition(start_date=days.first.isoformat(), end_date=end, end_offset=1)


def bound_to(settings: Settings, assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """`assets` with the home's days, store and owners, and with the day's feedback declared stale in time."""
    own, owners = days_of(settings.days), settings.automation.owners
    fresh = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=settings.automation.stale_hours))

    def bind(spec: dg.AssetSpec) -> dg.AssetSpec:
        spec = spec.replace_attributes(owners=owners) if owners else spec
        if STORE in spec.kinds:
            spec = spec.replace_attributes(kinds=spec.kinds - {STORE} | {settings.store.backend})
        spec = spec.replace_attributes(freshness_policy=fresh) if spec.key == FIRST else spec
        return spec.replace_attributes(partitions_def=own) if spec.partitions_def == DAYS else spec

    return [asset for asset in dg.map_asset_specs(bind, assets) if isinstance(asset, dg.AssetsDefinition)]


def day_of(context: dg.AssetExecutionContext) -> date:
    """The day of the partition that runs."""
    return date.fromisoformat(context.partition_key)
