"""A labelled YOLO dataset with a domains.csv: what can be replayed."""

import csv
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from autoretrain_assets.dataset.yolo_import import read_labels, read_yolo
from autoretrain_assets.errors import InputError
from autoretrain_assets.replay import leaks
from autoretrain_assets.replay.leaks import OUTSIDE, TRAIN

COLUMNS = ("image", "domain", "split", "group")


@dataclass(frozen=True, slots=True)
class World:
    """`images` has path, domain, split, group, source, width, height and boxes (pixels)."""

    name: str
    classes: Sequence[str]
    images: pl.DataFrame

    def select(self, specs: Sequence[str], seed: int) -> list[pl.DataFrame]:
        """The train images that each spec names: `DOMAIN`, or `DOMAIN:SHARE` of its groups that no earlier spec took.

        A share is of all the domain's groups; two halves of one domain have no group in common.
        """
        taken: set[str] = set()
        chosen = []
        for spec in specs:
            table = self._train(spec, taken, seed)
            taken |= set(table["group"])
            chosen.append(table)
        return chosen

    def outside(self, specs: Sequence[str]) -> pl.DataFrame:
        """The val images of the domains that the specs name: the loop never sees them.

        Raises InputError where a domain has none, for nothing could be said of the models there.
        """
        names = [_parse(spec)[0] for spec in specs]
        images = self.images.filter(pl.col("domain").is_in(names) & (pl.col("split") == OUTSIDE))
        unmeasured = next((name for name in names if name not in images["domain"]), None)
        if unmeasured is not None:
            raise InputError(
                f"{self.name}/domains.csv: the domain {unmeasured!r} has no {OUTSIDE} image, and every model is "
                f"measured on those: give some of its groups the split {OUTSIDE}."
            )
        return images

    def _train(self, spec: str, taken: set[str], seed: int) -> pl.DataFrame:
        domain, share = _parse(spec)
        train = self.images.filter((pl.col("domain") == domain) & (pl.col("split") == TRAIN))
        if train.is_empty():
            known = ", ".join(self.images["domain"].unique().sort())
            raise InputError(f"{self.name}: no train image of a domain {domain!r}; there are {known}.")
        groups = sorted(train["group"].unique(), key=lambda group: hashlib.sha256(f"{seed}/{group}".encode()).digest())
        free = [group for group in groups if group not in taken]
        picked = free[: math.floor(share * len(groups) + 0.5)]
        if not picked:
            raise InputError(
                f"{self.name}: {spec} leaves no image: earlier specs took them, or the share is too small."
            )
        return train.filter(pl.col("group").is_in(picked))


def read(folder: Path) -> World:
    """The dataset at `folder`; raises InputError where its domains.csv or data.yaml cannot be used."""
    rows = _rows(folder / "domains.csv")
    classes, _ = read_yolo(folder / "data.yaml")
    paths = [(folder / row["image"]).absolute() for row in rows]
    missing = next((path for path in paths if not path.is_file()), None)
    if missing is not None:
        raise InputError(f"{folder / 'domains.csv'}: the image {missing} does not exist.")
    facts = pl.DataFrame(
        {name: [row[name] for row in rows] for name in COLUMNS[1:]}
        | {"source": [row.get("source") or folder.name for row in rows]}
    )
    images = read_labels(paths, classes).hstack(facts)
    leaks.refuse(images, folder / "domains.csv")
    return World(folder.name, classes, images)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise InputError(f"{path} does not exist: a replay needs a line for each image with {', '.join(COLUMNS)}.")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except UnicodeDecodeError:
        raise InputError(f"{path} is not plain text: save it as UTF-8.") from None
    for number, row in enumerate(rows, start=2):
        empty = next((name for name in COLUMNS if not row.get(name)), None)
        if empty:
            raise InputError(f"{path}, line {number}: {empty} is missing.")
        if row["split"] not in {TRAIN, OUTSIDE}:
            raise InputError(f"{path}, line {number}: split is {row['split']!r}, it must be {TRAIN} or {OUTSIDE}.")
    if not rows:
        raise InputError(f"{path} has no line: a replay needs one for each image.")
    return rows


def _parse(spec: str) -> tuple[str, float]:
    domain, colon, share = spec.rpartition(":")
    if not colon:
        return spec, 1.0
    try:
        number = float(share)
    except ValueError:
        return spec, 1.0
    if not 0 < number <= 1:
        raise InputError(f"{spec}: a share is above 0 and at most 1, such as {domain}:0.5.")
    return domain, number
