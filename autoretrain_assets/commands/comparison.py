"""Two versions' stored figures side by side, and whether they may be compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from autoretrain_assets.commands.versions import known
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.splits import TEST
from autoretrain_assets.errors import InputError
from autoretrain_assets.evaluation import stored
from autoretrain_assets.home import Home
from autoretrain_assets.release.gate import CHALLENGER, CHAMPION

KEYS, FIGURES = ["slice", "label"], ["map50", "map50_95"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`rows`: slice, label (null: all classes) and each figure of left and right; `note`: what they are worth."""

    rows: pl.DataFrame
    note: str
    comparable: bool


def compare(root: Path, left: str, right: str) -> Comparison:
    """The figures that both have in common; raises InputError where one of them was not measured.

    A version is measured on the sealed test of its own dataset. Where the other one was the champion then, that
    run's figures of both are taken: one test, one hour. Else the figures stand side by side, but only equal tests
    make them comparable.
    """
    home = Home.open(root)
    for version in (left, right):
        _check(home, version)
    for challenger, champion in ((left, right), (right, left)):
        if stored.champion(home.store, challenger) == champion:
            models = _by_role(home, challenger, {challenger: CHALLENGER, champion: CHAMPION})
            note = f"both were measured together, on the test of {challenger}"
            return Comparison(_beside(models[left], models[right]), note, comparable=True)
    alike = _test(home, left).equals(_test(home, right))
    tables = [_by_role(home, version, {version: CHALLENGER})[version] for version in (left, right)]
    note = "both were measured on the same test images" if alike else _warning(home, left, right)
    if left == right:
        note = f"{left} is one version: there is nothing to compare"
    return Comparison(_beside(*tables), note, comparable=alike)


def shown(compared: Comparison, left: str, right: str) -> Iterator[str]:
    """A line for each slice and class."""
    yield compared.note
    if left == right:
        return
    if compared.rows.is_empty():
        yield "they have no figure in common"
        return
    yield f"{'slice':32} {'class':16} {'mAP50 ' + left:>14} {right:>8} {'mAP50-95 ' + left:>17} {right:>8}"
    for row in compared.rows.iter_rows(named=True):
        before, after = row["left map50"], row["right map50"]
        tight = f"{_figure(row['left map50_95']):>17} {_figure(row['right map50_95']):>8}"
        yield f"{row['slice']:32} {row['label'] or 'all':16} {_figure(before):>14} {_figure(after):>8} {tight}"


def _check(home: Home, version: str) -> None:
    known(home, version)
    if not stored.is_made(home.store, version):
        measured = [one for one in dataset_version.versions(home.store) if stored.is_made(home.store, one)]
        raise InputError(f"{version} was not measured: of {', '.join(measured) or 'no version'} there are figures.")


def _by_role(home: Home, version: str, roles: dict[str, str]) -> dict[str, pl.DataFrame]:
    metrics = stored.read(home.store, version).metrics
    return {name: metrics.filter(pl.col("model") == role) for name, role in roles.items()}


def _beside(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """The slices and classes that both have, in the order of the left one."""
    named = [
        table.select(*KEYS, *(pl.col(figure).alias(f"{side} {figure}") for figure in FIGURES))
        for side, table in (("left", left), ("right", right))
    ]
    joined = named[0].join(named[1], on=KEYS, how="inner", nulls_equal=True, maintain_order="left")
    return joined.filter(pl.any_horizontal(pl.col("left map50", "right map50").is_not_null()))


def _test(home: Home, version: str) -> pl.DataFrame:
    """The test images of a version and their boxes; none where it has no dataset."""
    if version not in dataset_version.versions(home.store):
        return pl.DataFrame(schema={"sha256": pl.String, "boxes_hash": pl.String})
    manifest = dataset_version.read_manifest(home.store, version)
    return manifest.filter(pl.col("split") == TEST).select("sha256", "boxes_hash").sort("sha256")


def _warning(home: Home, left: str, right: str) -> str:
    one, other = _test(home, left)["sha256"], _test(home, right)["sha256"]
    common = one.is_in(other.implode()).sum()
    against = [stored.champion(home.store, version) for version in (left, right)]
    pairs = [f"{v} with {c}" for v, c in zip((left, right), against, strict=True) if c]
    return (
        f"NOT COMPARABLE: {left} was measured on {one.len()} test images and {right} on {other.len()}, of which "
        f"{common} are the same: a difference below may be the tests', not the models'. "
        f"Measured together were: {', '.join(pairs) or 'neither with another'}."
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
