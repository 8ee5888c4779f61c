"""What a tick answers: the runs it asks for, or why it asks for none."""

from collections.abc import Iterable, Sequence

import dagster as dg

from autoretrain_assets.automation.attempts import WHY


def tick(
    context: dg.SensorEvaluationContext,
    asked: Iterable[dg.RunRequest | str],
    nothing: str,
    cursor: str | None = None,
    partitions: Sequence[dg.AddDynamicPartitionsRequest] = (),
) -> dg.SensorResult:
    """Of `asked` the runs are requested and the sentences told; `nothing` is told where there is neither.

    Of a tick that asks for runs Dagster shows only how many: why stands in its log. Of any other it shows the
    reason itself, and a log would be a file for each tick of an idle home, for ever.
    """
    answers = list(asked)
    runs = [one for one in answers if isinstance(one, dg.RunRequest)]
    sentences = [one for one in answers if isinstance(one, str)]
    if not runs:
        return dg.SensorResult(skip_reason="; ".join(sentences) or nothing, cursor=cursor)
    for sentence in [*(_told(run) for run in runs), *sentences]:
        context.log.info(sentence)
    return dg.SensorResult(run_requests=runs, dynamic_partitions_requests=list(partitions), cursor=cursor)


def _told(run: dg.RunRequest) -> str:
    return f"{run.job_name} {run.partition_key}: {run.tags[WHY]}"
