"""What people labelled on all days: which of it may go into a version, and how far they agree."""

from collections.abc import Iterator

import polars as pl

from autoretrain_assets.due.annotated import annotated
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.agreement import by_annotators
from autoretrain_assets.labeling.agreement import told as agreement_told
from autoretrain_assets.labeling.ready import Ready, ready, told


def labels(home: Home) -> Ready:
    """What may go into the next version by today's settings, and what is held back."""
    return ready(annotated(home), home.classes, home.settings.labeling)


def held_back(home: Home) -> Iterator[str]:
    """A sentence for each proposed class and each blocked day: what waits, why, and the way out."""
    return told(labels(home), home.settings.labeling)


def agreement(home: Home) -> pl.DataFrame:
    """one, other, images, agreement: of any two annotators who labelled the same images."""
    return by_annotators(annotated(home))


def disagreements(home: Home) -> Iterator[str]:
    """A sentence for each two annotators who agree less than the settings ask for."""
    return agreement_told(agreement(home), home.settings.labeling.min_agreement)
