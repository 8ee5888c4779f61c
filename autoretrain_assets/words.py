"""Words that depend on a figure."""

import math


def many(count: int, thing: str, things: str | None = None) -> str:
    """`1 event`, `2 events`; `things` where an s is not enough."""
    return f"{count} {thing if count == 1 else things or f'{thing}s'}"


def floored(figure: float) -> str:
    """To three places and never rounded up: what fails a threshold does not read as if it were enough."""
    return f"{math.floor(figure * 1000 + 1e-9) / 1000:g}"
