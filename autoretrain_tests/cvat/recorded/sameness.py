"""Is this answer the one that was recorded? Keys, JSON types, lengths, and values where they are facts."""

from collections.abc import Iterator
from typing import Any

from autoretrain_tests.cvat.recorded.deviations import excused
from autoretrain_tests.cvat.recorded.reading import STREAMED


def differences(place: str, recorded: Any, ours: Any) -> Iterator[str]:
    """One line for each difference that is not excused."""
    if recorded == STREAMED:
        if not ours:
            yield f"{place}: nothing came"
    elif isinstance(recorded, dict) and isinstance(ours, dict):
        yield from _of_objects(place, recorded, ours)
    elif isinstance(recorded, list) and isinstance(ours, list):
        yield from _of_lists(place, recorded, ours)
    elif _kind(recorded) != _kind(ours) or (recorded != ours and not excused(place)):
        yield f"{place}: {recorded!r} was recorded, {ours!r} came"


def _of_objects(place: str, recorded: dict[str, Any], ours: dict[str, Any]) -> Iterator[str]:
    if missing := recorded.keys() - ours.keys():
        yield f"{place}: {sorted(missing)} did not come"
    if more := ours.keys() - recorded.keys():
        yield f"{place}: {sorted(more)} came too"
    for name in recorded.keys() & ours.keys():
        yield from differences(f"{place}.{name}", recorded[name], ours[name])


def _of_lists(place: str, recorded: list[Any], ours: list[Any]) -> Iterator[str]:
    if len(recorded) != len(ours):
        yield f"{place}: {len(recorded)} were recorded, {len(ours)} came"
    for number, (left, right) in enumerate(zip(recorded, ours, strict=False)):
        yield from differences(f"{place}[{number}]", left, right)


def _kind(value: Any) -> str:
    """The JSON type; whole numbers and others are one."""
    if isinstance(value, bool) or value is None:
        return str(type(value).__name__)
    return "number" if isinstance(value, int | float) else type(value).__name__
