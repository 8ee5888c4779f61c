"""A home is made."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from autoretrain_assets import founding
from autoretrain_assets.commands import existing, from_lakefs, recovery
from autoretrain_assets.config import Settings, parse_settings
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.errors import InputError
from autoretrain_assets.evaluation import stored
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_assets.release import decisions
from autoretrain_assets.release.gate import CHALLENGER, Decision
from autoretrain_assets.triggers import Verdict
from autoretrain_assets.words import many


def make_home(
    root: Path,
    weights: Path,
    data: Path | None,
    overrides: Sequence[str],
    images: Path | None = None,
    project: str | None = None,
    address: str | None = None,
) -> Iterator[str]:
    """A home for the model in production and the data that it was trained on; `images`: where a COCO file's lie.

    `project` names one on a CVAT server, whose finished tasks are the data, and where the home labels from then on;
    `address` a data set in a lakeFS repository, in which `images` is then a folder.
    It is a home once its settings are written, after all that can be refused: what breaks off before can be repeated.
    Without data the model serves at once, and is first measured on the first days that people label: the first
    dataset version is made of them, when enough is labelled for a retraining.
    """
    given = parse_settings("", overrides, name="--set")  # a typo is told before anything is loaded
    if address is not None:
        from_lakefs.verify(given, (data, project))
    if project is not None:
        existing.verify(given, data, images)
    if data is not None and not data.exists():
        raise InputError(f"{data} does not exist: name a YOLO data.yaml, a COCO .json or a Pascal VOC folder.")
    model = founding.loaded(weights)
    source = from_lakefs.find(given, address) if address is not None else None
    found = existing.find(_settings(model, overrides, project), project) if project is not None else None
    settings = _settings(model, overrides, found.project.name if found else None)
    labelled = None
    if data is not None:
        names, labelled = owners_data(data, model.classes, images)
        founding.verify_classes(weights, model.classes, names)
    home = founding.to_be_made(root, settings)
    recovery.verify_free(home)
    if source is not None:
        names, labelled = yield from from_lakefs.images(home, source, images)
        founding.verify_classes(weights, model.classes, names)
    if found is not None:
        labelled = yield from existing.images(home, found)
    if labelled is not None:
        yield from _first_version(home, labelled, from_lakefs.made_from(source) if source else None)
    founding.adopt(home, weights)
    home = founding.lay_out(root, home.settings)
    existing.forget(home)
    from_lakefs.forget(home)
    yield f"{home.root}: settings in autoretrain.yaml, events go into inbox/"
    yield from _image_size(model.imgsz, home.settings.training.imgsz)
    yield from _waiting_for_labels(home) if labelled is None else _measured(home)


def _settings(model: founding.Loaded, overrides: Sequence[str], project: str | None) -> Settings:
    """The owner's settings; what is left open and the checkpoint or the server says is taken from there."""
    known = dict(model.settings)
    if project is not None:
        known["labeling"] = {"backend": "cvat", "cvat": {"project": project}}
    settings = parse_settings(json.dumps(known), overrides, name="--set")
    return settings.model_copy(update={"dataset": settings.dataset.model_copy(update={"classes": list(model.classes)})})


def _image_size(trained: int | None, used: int) -> Iterator[str]:
    if trained is None:
        yield f"training.imgsz: {used}; the checkpoint does not say at which size it learnt"
    elif trained == used:
        yield f"training.imgsz: {used}, as the checkpoint was trained"
    else:
        yield (
            f"warning: training.imgsz is {used}, and the checkpoint was trained at {trained}: a model finds less "
            f"at another size; without --set training.imgsz it is {trained}"
        )


def _first_version(home: Home, images: pl.DataFrame, made_from: str | None) -> Iterator[str]:
    founded = founding.first_version(home, images, made_from)
    yield f"{founding.FIRST}: {many(images.height, 'image')}, {many(len(home.classes), 'class', 'classes')}"
    if founded.seen:
        yield f"{founding.FIRST}: left out {many(founded.seen, 'test image')} like those to train on"


def _waiting_for_labels(home: Home) -> Iterator[str]:
    needed = home.settings.retrain.min_new_labels
    yield f"{founding.FIRST}: in production; measured on the first {needed} images that people label"


def _measured(home: Home) -> Iterator[str]:
    """Measure the first model: what it is worth, and which rules it would fail. None of them was asked of it."""
    with opened(home) as loop:
        loop.retrain(founding.FIRST, Verdict(None, "the home was made"))
    decision = Decision.from_json(decisions.read(home.store, founding.FIRST))
    for verdict in decision.verdicts:
        if not verdict.passed:
            yield f"{founding.FIRST}: would fail {verdict.rule!r}: {verdict.why}"
    evaluation = stored.read(home.store, founding.FIRST)
    [whole] = evaluation.metrics.filter(pl.col("label").is_null(), slice="all", model=CHALLENGER).to_dicts()
    figure = "no mAP50, for want of labelled boxes" if whole["map50"] is None else f"mAP50 {whole['map50']:.3f}"
    page = home.reports / f"{founding.FIRST}.html"
    yield f"{founding.FIRST}: in production, {figure} on {many(evaluation.images, 'test image')}: {page}"
