"""A version of 20,000 images in the git store: 100 more, and what differs from the one before."""

import hashlib
import io
import subprocess
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from autoretrain_assets.dataset.manifest import relabelled
from autoretrain_assets.dataset.version import MANIFEST_PATH, read_manifest
from autoretrain_assets.schema import MANIFEST, conform
from autoretrain_assets.store.base import Content
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.bench.copies import NAMED, named_copies, photos
from autoretrain_tests.bench.printing import Inputs, beside, in_turns
from autoretrain_tests.tables import annotation

NEW = 100
BARE, FILES = "git diff-tree", "the same of two Parquet files"


def run(inputs: Inputs) -> None:
    """Each in turns with its anchor: the copies, git alone, and the same tables as plain files."""
    names = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(inputs.size(20_000, least=200))]
    store, new = GitStore(inputs.work / "versions"), photos(inputs.work / "new", NEW)
    labels: dict[str, Content] = {f"labels/{name}.txt": name.encode() * 3 for name in names}
    images: dict[str, Content] = {f"images/{name}.jpg": name.encode() for name in names}
    commits = [store.commit("main", images | labels | _manifest(names, inputs.work / "0"), message="first").id]

    def commit(turn: int, also: dict[str, Content], kind: str) -> None:
        added: dict[str, Content] = {f"images/{kind}{turn}-{path.name}": path for path in new}
        commits.append(store.commit("main", added | also, message="more", parent=commits[-1]).id)

    def next_version(turn: int) -> None:
        commit(turn, labels | _manifest([f"{name[:-1]}-" for name in names], inputs.work / "1"), "v")

    def bare(_turn: int) -> None:
        command = ["git", f"--git-dir={store.path}", "diff-tree", "-r", "--name-status", commits[0], commits[-1]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    count = f"{len(names):,}"
    named, tables, paths = f"+{NEW} on {count}", f"diff of two manifests of {count}", f"diff of two trees of {count}"
    times = in_turns(
        {
            named: lambda turn: commit(turn, {}, "n"),
            f"{named}, labels and manifest anew": next_version,
            NAMED: lambda turn: named_copies(new, inputs.work / f"new{turn}"),
            paths: lambda _turn: store.diff(commits[0], commits[-1]),
            BARE: bare,
            tables: lambda _turn: _differences(*(read_manifest(store, each) for each in (commits[0], commits[-1]))),
            FILES: lambda _turn: _differences(*(pl.read_parquet(inputs.work / each) for each in "01")),
        },
        inputs.rounds,
    )
    for own, anchor, amount in ((named, NAMED, NEW), (f"{named}, labels and manifest anew", NAMED, NEW)):
        beside({own: times[own], anchor: times[anchor]}, anchor, amount, "files")
    for own, anchor in ((paths, BARE), (tables, FILES)):
        beside({own: times[own], anchor: times[anchor]}, anchor, len(names), "rows")


def _manifest(names: Sequence[str], copy: Path) -> dict[str, Content]:
    row = annotation("first") | {"split": "train", "slices": [], "boxes_hash": "", "since": "v0001"}
    rows = pl.DataFrame([row]).drop("sha256").join(pl.DataFrame({"sha256": names}), how="cross")
    table = conform(rows.with_columns(boxes_hash=pl.col("sha256")), MANIFEST)
    table.write_parquet(copy)
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return {MANIFEST_PATH: buffer.getvalue()}


def _differences(before: pl.DataFrame, after: pl.DataFrame) -> list[int]:
    """How many images came, went, and have other boxes."""
    came, went = (a.join(b, on="sha256", how="anti") for a, b in ((after, before), (before, after)))
    return [came.height, went.height, len(relabelled(before, after))]
