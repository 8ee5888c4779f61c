"""annotations: the answers of the day's finished tasks, reviewed."""

from typing import Any

import dagster as dg
import polars as pl

from autoretrain_assets.assets import checks, label_checks, labels, showing
from autoretrain_assets.assets.cvat_tasks import cvat_tasks
from autoretrain_assets.assets.mined_samples import mined_samples
from autoretrain_assets.automation.partitions import DAYS, day_of
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.agreement import by_annotators
from autoretrain_assets.labeling.base import Task, collected, uncollected
from autoretrain_assets.labeling.ready import ready
from autoretrain_assets.labeling.review import Review, review
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.schema import ANNOTATIONS, conform


@dg.asset(
    partitions_def=DAYS,
    group_name="labeling",
    deps=[cvat_tasks, mined_samples],
    kinds={"cvat", "parquet"},
    check_specs=label_checks.ANNOTATIONS,
)
def annotations(context: dg.AssetExecutionContext, home: HomeResource) -> checks.Result:
    """The boxes that people drew, where the whole task passed the review; a task that did not is sent back.

    A task that passed is not reviewed again: a stricter rule counts for what comes after it. One that people
    finished anew since is collected anew, and its newer labels replace the older ones once they pass.
    """
    place, day = home.open(), day_of(context)
    tasks, samples = place.cvat_tasks.read(day), place.mined_samples.read(day)
    rows, rejected, fine, unfinished = place.annotations.read(day), dict[str, str](), 0, 0
    for row in _to_collect(place, tasks, rows):
        task = Task.of(row)
        if not place.labeling.progress(task).finished:
            unfinished += 1
            continue
        asked = samples.filter(pl.col("sha256").is_in(row["images"]))
        verdict = review(place.labeling.collect(task), asked, place.classes, place.settings.labeling)
        rejected |= verdict.rejected
        fine += verdict.accepted.height
        if verdict.passed:
            others = rows.filter(pl.col("task_key") != task.key)
            rows = pl.concat([others, _rows(verdict, asked, task.key)])
        else:
            place.labeling.reopen(task, verdict.rejected)
    place.annotations.write(day, rows)
    rules, found = place.settings.labeling, ready(rows, place.classes, place.settings.labeling)
    return dg.MaterializeResult(
        metadata={**_metadata(place, rows, rejected, unfinished), **labels.metadata(found, rules)},
        check_results=checks.of(
            str(day),
            label_checks.answers_sent_back(fine, len(rejected), rules.max_rejected_share),
            label_checks.labels_agree_with_known_answers(found.days, rules.min_day_quality),
            label_checks.classes_are_known(found.proposed),
        ),
    )


def _to_collect(place: Home, tasks: pl.DataFrame, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The tasks that were never collected, and those that were finished anew since."""
    known = list(collected(tasks, rows).iter_rows(named=True))
    at = place.labeling.finished_at_of([Task.of(row) for row in known])
    corrected = [row for row in known if at[row["key"]] not in {None, row["finished_at"]}]
    return [*uncollected(tasks, rows).iter_rows(named=True), *corrected]


def _rows(verdict: Review, samples: pl.DataFrame, key: str) -> pl.DataFrame:
    joined = samples.join(verdict.accepted, on="sha256", how="inner", maintain_order="left")
    return conform(joined.with_columns(task_key=pl.lit(key)), ANNOTATIONS)


def _agreement(place: Home, rows: pl.DataFrame) -> pl.DataFrame:
    """On the day's images, by the answers of all days: the same bytes may have come on two of them."""
    shared = pl.col("sha256").is_in(rows["sha256"].implode())
    return by_annotators(place.annotations.query(lambda answers: answers.filter(shared)))


def _metadata(place: Home, rows: pl.DataFrame, rejected: dict[str, str], unfinished: int) -> dict[str, Any]:
    boxes = rows.select("boxes").explode("boxes").drop_nulls().unnest("boxes")
    return {
        "dagster/row_count": rows.height,
        "of them without an object": rows.filter(pl.col("boxes").list.len() == 0).height,
        "tasks not finished yet": unfinished,
        "answers sent back": showing.table(pl.DataFrame(list(rejected.items()), ["image", "why"], orient="row")),
        "boxes by class": showing.table(boxes.group_by(pl.col("label").alias("class")).len("boxes").sort("class")),
        "images by annotator": showing.table(rows.group_by("annotator").len("images").sort("annotator")),
        "agreement of annotators": showing.table(_agreement(place, rows)),
        "some of them": showing.pictures(rows, place),
    }
