"""mined_samples: which images of the day are worth a person's time."""

from datetime import date, timedelta

import dagster as dg
import polars as pl

from autoretrain_assets.assets import showing
from autoretrain_assets.assets.raw_feedback import raw_feedback
from autoretrain_assets.automation.partitions import DAYS, day_of
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.home import Home
from autoretrain_assets.mining.naming import BESIDE, began_since
from autoretrain_assets.mining.selection import mine
from autoretrain_assets.resources import HomeResource


@dg.asset(partitions_def=DAYS, group_name="labeling", deps=[raw_feedback], kinds={"polars", "parquet"})
def mined_samples(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """The day's images that teach most: reported, unsure or flickering, and a random control arm, within a budget.

    What is in a task already stays, so that a changed rule never takes an image from the people who label it,
    and counts towards the budget. The days before and after are read too, for a scene may cross midnight.
    """
    place, day = home.open(), day_of(context)
    settings = place.settings
    raw, taken, kept = place.raw_feedback.read(day), _taken_elsewhere(place, day), _in_tasks(place, day)
    samples = mine(
        raw, settings.mining, settings.scenes.gap_seconds, taken, settings.seed, kept=kept, beside=_beside(place, day)
    )
    place.mined_samples.write(day, samples)
    reasons = samples.explode("reasons").group_by("reasons").len("images").sort("reasons")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": samples.height,
            "chosen from": raw["sha256"].n_unique(),
            "budget of a day": settings.mining.budget_per_day,
            "in a task already": kept.height,
            "by reason": showing.table(reasons.rename({"reasons": "reason"})),
            "by arm": showing.table(samples.group_by("arm").len("images").sort("arm")),
            "by source": showing.table(samples.group_by("source").len("images").sort("source")),
            "some of them": showing.pictures(samples.rename({"predictions": "boxes"}), place),
        }
    )


def _in_tasks(place: Home, day: date) -> pl.DataFrame:
    asked = place.cvat_tasks.read(day)["images"].explode(empty_as_null=True).drop_nulls()
    return place.mined_samples.read(day).filter(pl.col("sha256").is_in(asked.implode()))


def _beside(place: Home, day: date) -> pl.DataFrame:
    """The images of the days before and after, and the scenes of those in tasks.

    A scene that began earlier than the day before is longer than a day: its name is not carried on for ever.
    """
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    unnamed = [place.raw_feedback.read(other).with_columns(group=pl.lit(None, pl.String)) for other in (before, after)]
    in_tasks = [_in_tasks(place, other).filter(began_since(before)) for other in (before, after)]
    return pl.concat([part.select(*BESIDE) for part in (*unnamed, *in_tasks)])


def _taken_elsewhere(place: Home, day: date) -> pl.Series:
    """Images that another day's tasks or the dataset have already."""
    other_days = [place.cvat_tasks.read(other)["images"] for other in place.cvat_tasks.days() if other != day]
    in_tasks = [images.explode(empty_as_null=True).drop_nulls() for images in other_days]
    known = dataset_version.versions(place.store)
    in_dataset = [dataset_version.read_manifest(place.store, known[-1])["sha256"]] if known else []
    return pl.concat([pl.Series("sha256", [], dtype=pl.String), *in_tasks, *in_dataset]).unique(maintain_order=True)
