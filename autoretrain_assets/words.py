"""Words that depend on a figure."""


def many(count: int, thing: str, things: str | None = None) -> str:
    """`1 event`, `2 events`; `things` where an s is not enough."""
    return f"{count} {thing if count == 1 else things or f'{thing}s'}"
