"""What an asset's page shows: tables as markdown, pictures and curves in place."""

import base64
from collections.abc import Sequence

import dagster as dg
import polars as pl

from autoretrain_assets.evaluation import pictures as drawing
from autoretrain_assets.evaluation.report import markdown_table
from autoretrain_assets.feedback.frames import Frames


def table(frame: pl.DataFrame) -> dg.MetadataValue:
    """A table as markdown."""
    return dg.MetadataValue.md(markdown_table(frame))
