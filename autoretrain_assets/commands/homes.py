"""A home is made."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from autoretrain_assets import founding
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.loop import opened
from autoretrain_assets.triggers import Verdict


def make_home(root: Path, weights: Path, data: Path, overrides: Sequence[str]) -> Iterator[str]:
    """A home for the model in production and the data that it was trained on.

    It is one once its settings are written, after all that can be refused: what breaks off before can be repeated.
    """
    settings = parse_settings("", overrides, name="--set")
    classes, images = owners_data(data)
    founding.verified(weights, classes)
    dataset = settings.dataset.model_copy(update={"classes": classes})
    home = founding.to_be_made(root, settings.model_copy(update={"dataset": dataset}))
    founded = founding.first_version(home, images)
    yield f"{founding.FIRST}: {images.height} images, {len(classes)} classes"
    if founded.seen:
        yield f"{founding.FIRST}: left out {founded.seen} test images that look like train images"
    founding.adopt(home, weights)
    home = founding.lay_out(root, home.settings)
    yield f"{home.root}: settings in autoretrain.yaml, events go into inbox/"
    with opened(home) as loop:
        loop.retrain(founding.FIRST, Verdict(None, "the home was made"))
    yield f"{founding.FIRST}: in production, measured: {home.reports / (founding.FIRST + '.html')}"
