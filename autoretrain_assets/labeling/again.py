"""Images that two people label: the second task of them is there to measure how far people agree, and for no label."""

from collections.abc import Iterable

import polars as pl

AGAIN = "-again"
"""What a second task's key ends with, after the key of the first."""


def key_after(first: str) -> str:
    """The key of the second task of a first one's images."""
    return first + AGAIN


def first_of(key: str) -> str:
    """The key of the task that has the same images before this one; empty where this is the first."""
    return key.removesuffix(AGAIN) if key.endswith(AGAIN) else ""


def firsts(keys: Iterable[str]) -> set[str]:
    """Those of the keys that are no second task's."""
    return {key for key in keys if not first_of(key)}


def is_again() -> pl.Expr:
    """Whether a row of schema.ANNOTATIONS is an answer to a second task."""
    return pl.col("task_key").str.ends_with(AGAIN).fill_null(value=False)
