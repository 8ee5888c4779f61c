"""All hostile input together."""

from autoretrain_tests.hostile import bombs, events, pictures, references, times
from autoretrain_tests.hostile.case import Case


def light() -> list[Case]:
    """What can be judged in one go, in some seconds."""
    return [*events.cases(), *times.cases(), *references.cases(), *pictures.cases()]


def heavy() -> list[Case]:
    """What needs a process of its own, whose memory is measured."""
    return list(bombs.cases())


def everything() -> list[Case]:
    """Every event with its image, each under a name of its own."""
    return [*light(), *heavy()]
