"""cvat_tasks: the day's samples as labelling tasks."""

from datetime import date

import dagster as dg
import polars as pl

from autoretrain_assets.assets import noting, sent, showing
from autoretrain_assets.assets.known_images import known_images
from autoretrain_assets.assets.mined_samples import mined_samples
from autoretrain_assets.automation.attempts import WAITS, note_away
from autoretrain_assets.automation.partitions import DAYS, day_of
from autoretrain_assets.boxes import Box
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.again import first_of
from autoretrain_assets.labeling.base import Batch, BatchImage, Report
from autoretrain_assets.labeling.failures import PASSING
from autoretrain_assets.resources import HomeResource


@dg.asset(partitions_def=DAYS, group_name="labeling", deps=[mined_samples], kinds={"cvat"})
def cvat_tasks(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """One task for those of the day's samples that are in none yet, pre-filled with the model's boxes.

    Some of them go into a second task as well, so that two people label them and their agreement shows.

    What operators reported so far is shown beside the images: their boxes are no labels until a person draws them.

    A server that does not answer fails nothing: the task stays noted, and a later run opens it.

    People correct the boxes on the CVAT server of the settings, or with any tool that reads CVAT's XML, where
    `autoretrain label done` finishes a task.
    """
    # A task is noted before the backend is asked, so that a run that was killed in between finds it again.
    place, day = home.open(), day_of(context)
    tasks, samples = place.cvat_tasks.read(day), place.mined_samples.read(day)
    fresh = samples.filter(~pl.col("sha256").is_in(tasks["images"].explode(empty_as_null=True).drop_nulls().implode()))
    tasks = pl.concat([tasks, noting.noted(day, fresh, place.settings)]) if not fresh.is_empty() else tasks
    place.cvat_tasks.write(day, tasks)
    noted = tasks.filter(pl.col("state") == "opening")
    waits = ""
    try:
        tasks = _opened(place, tasks, noted, samples.join(_verdicts(place, day), on="sha256", how="left"))
    except PASSING as error:
        waits, noted = f"its task is not opened yet: {error}", noted.head(0)
        note_away(context, waits)
    place.cvat_tasks.write(day, tasks)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": tasks.height,
            "tasks opened now": noted.height,
            "images added now": int(noted["images"].list.len().sum()),
            "tasks": showing.table(tasks.select("key", pl.col("images").list.len(), opened="opened_at")),
            **({WAITS: waits} if waits else {}),
            **sent.metadata(place, tasks, samples),
            "where they are": showing.sentences(tasks["url"].str.strip_prefix("file://")),
        }
    )


def _opened(place: Home, tasks: pl.DataFrame, noted: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    """`tasks` with those that were only `noted` opened; a backend knows a batch again by its key."""
    answers = [
        place.labeling.open(_batch(place, key, samples.filter(pl.col("sha256").is_in(images))))
        for key, images in noted.select("key", "images").iter_rows()
    ]
    opened = pl.DataFrame(
        [{"key": task.key, "task_id": task.id, "url": task.url, "state": "open"} for task in answers],
        schema=dict.fromkeys(("key", "task_id", "url", "state"), pl.String),
    )
    return tasks.update(opened, on="key")


def _verdicts(place: Home, day: date) -> pl.DataFrame:
    """What operators said of each image on the day, each word once."""
    said = place.raw_feedback.read(day).sort("captured_at", "event_id").select("sha256", "verdicts")
    words = said.explode("verdicts").drop_nulls("verdicts").unique(maintain_order=True)
    return words.group_by("sha256").agg("verdicts")


def _batch(place: Home, key: str, samples: pl.DataFrame) -> Batch:
    floor = place.settings.evaluation.operating_confidence
    images = [
        BatchImage(
            sha256=row["sha256"],
            path=place.frames.path(row["sha256"]),
            width=row["width"],
            height=row["height"],
            boxes=[Box(**box) for box in row["predictions"] if box["confidence"] >= floor],
            reasons=row["reasons"],
            reports=[Report(**verdict) for verdict in row["verdicts"] or ()],
        )
        for row in samples.sort("captured_at", "sha256").iter_rows(named=True)
    ]
    known = known_images(place, key, [image.sha256 for image in images])
    first = first_of(key)
    name = f"{key}, for others than the people of {first}" if first else key
    return Batch(key=key, name=name, classes=place.classes, images=images, known=known, again_of=first)
