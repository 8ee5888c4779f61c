"""What a tick answers: the runs it asks for, or why it asks for none."""

from collections.abc import Iterable, Sequence

import dagster as dg


def tick(
    context: dg.SensorEvaluationContext,
    asked: Iterable[dg.RunRequest | str],
    nothing: str,
    cursor: str | None = None,
    partitions: Sequence[dg.AddDynamicPartitionsRequest] = (),
) -> dg.SensorResult:
    """Of `asked` the runs are requested and the sentences told; `nothing` is told where there is neither."""
    answers = list(asked)
    runs = [one for one in answers if isinstance(one, dg.RunRequest)]
    sentences = [one for one in answers if isinstance(one, str)]
    for sentence in sentences:
        context.log.info(sentence)
    if not runs:
        return dg.SensorResult(skip_reason="; ".join(sentences) or nothing, cursor=cursor)
    return dg.SensorResult(run_requests=runs, dynamic_partitions_requests=list(partitions), cursor=cursor)
