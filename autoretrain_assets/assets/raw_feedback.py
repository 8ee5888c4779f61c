"""raw_feedback: the events of a day that were accepted."""

from datetime import UTC, datetime

import dagster as dg
import polars as pl

from autoretrain_assets.assets import checks, showing
from autoretrain_assets.automation.partitions import DAYS, day_of
from autoretrain_assets.feedback import intake
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.resources import HomeResource


@dg.asset(partitions_def=DAYS, group_name="feedback", kinds={"polars", "parquet"}, check_specs=checks.RAW_FEEDBACK)
def raw_feedback(context: dg.AssetExecutionContext, home: HomeResource) -> checks.Result:
    """What production reported on a day: one row an image, with the model's boxes and the operators' verdicts.

    A bad event goes to quarantine with its reason and the rest of the day goes on; a late event re-runs its day.
    """
    place, day, now = home.open(), day_of(context), datetime.now(UTC)
    settings = place.settings
    waiting = pending(place.inbox, settings.days.first, now, settings.feedback, settings.days.last)
    receipt = intake.receive(
        waiting.get(day, []),
        place.raw_feedback.read(day),
        place.frames,
        place.quarantine,
        settings.feedback,
        place.classes,
        now,
    )
    place.raw_feedback.write(day, receipt.table)
    for rest in (place.drift_report, place.mined_samples, place.cvat_tasks):
        rest.make_older(day, place.raw_feedback)
    intake.discard(receipt, settings.feedback)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": receipt.table.height,
            "accepted now": receipt.accepted,
            "sent twice": receipt.duplicates,
            "quarantined": sum(receipt.quarantined.values()),
            "quarantined on arrival": receipt.by_arrival,
            "why quarantined": showing.table(
                pl.DataFrame(list(receipt.quarantined.items()), ["why", "events"], orient="row")
            ),
            "with a verdict": receipt.table.filter(receipt.table["verdicts"].list.len() > 0).height,
            "by source and trigger": showing.table(
                receipt.table.group_by("source", "trigger").len("events").sort("source", "trigger")
            ),
            "some of them": showing.pictures(receipt.table.rename({"predictions": "boxes"}), place),
        },
        check_results=checks.of(
            context.partition_key,
            checks.day_has_events(receipt.table.height),
            checks.quarantine_share(
                receipt.accepted, sum(receipt.quarantined.values()), settings.feedback.max_quarantine_share
            ),
        ),
    )
