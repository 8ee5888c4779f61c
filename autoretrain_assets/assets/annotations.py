"""annotations: the answers of the day's finished tasks, reviewed."""

from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from autoretrain_assets import due
from autoretrain_assets.assets import checks, label_checks, labels, showing
from autoretrain_assets.assets.collecting import Collected, collect
from autoretrain_assets.assets.cvat_tasks import cvat_tasks
from autoretrain_assets.assets.mined_samples import mined_samples
from autoretrain_assets.automation.attempts import WAITS, note_away
from autoretrain_assets.automation.partitions import DAYS, day_of
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.again import is_again
from autoretrain_assets.labeling.agreement import by_annotators
from autoretrain_assets.labeling.ready import ready
from autoretrain_assets.resources import HomeResource


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
    finished anew since is collected anew, and its newer labels replace the older ones once they pass. What a server
    that fell silent still has waits for a later run. A task that cannot be collected holds up no other one: it is the
    run's error when the others are done.
    """
    place, day = home.open(), day_of(context)
    new = collect(place, day)
    if new.waits:
        note_away(context, new.waits)
    place.annotations.write(day, new.rows)
    if new.failed:
        raise new.failed
    rules, found = place.settings.labeling, ready(new.rows, place.classes, place.settings.labeling)
    return dg.MaterializeResult(
        metadata={**_metadata(place, day, new), **labels.metadata(found, rules)},
        check_results=checks.of(
            str(day),
            label_checks.answers_sent_back(new.fine, len(new.rejected), rules.max_rejected_share),
            label_checks.labels_agree_with_known_answers(found.days, rules.min_day_quality),
            label_checks.classes_are_known(found.proposed),
        ),
    )


def _agreement(place: Home, rows: pl.DataFrame) -> pl.DataFrame:
    """On the day's images, by the answers of all days: the same bytes may have come on two of them."""
    shared = pl.col("sha256").is_in(rows["sha256"].implode())
    return by_annotators(place.annotations.query(lambda answers: answers.filter(shared)))


def _metadata(place: Home, day: date, new: Collected) -> dict[str, Any]:
    rows = new.rows.filter(~is_again())
    boxes = rows.select("boxes").explode("boxes").drop_nulls().unnest("boxes")
    return {
        "dagster/row_count": new.rows.height,
        "of them by a second person": new.rows.height - rows.height,
        "of them without an object": rows.filter(pl.col("boxes").list.len() == 0).height,
        "tasks not finished yet": new.unfinished,
        "collected in part": showing.sentences(
            f"{one.task.key}: {one.in_part}" for one in due.waiting_tasks(place) if one.day == day and one.collected
        ),
        **({WAITS: new.waits} if new.waits else {}),
        "answers sent back": showing.table(pl.DataFrame(list(new.rejected.items()), ["image", "why"], orient="row")),
        "boxes by class": showing.table(boxes.group_by(pl.col("label").alias("class")).len("boxes").sort("class")),
        "images by annotator": showing.table(new.rows.group_by("annotator").len("images").sort("annotator")),
        "agreement of annotators": showing.table(_agreement(place, rows)),
        "some of them": showing.pictures(rows, place),
    }
