"""The git store, against plain copies of the same files."""

import os

from autoretrain_assets.store.git import GitStore
from autoretrain_tests.bench import versions
from autoretrain_tests.bench.copies import FLUSHED, NAMED, PLAIN, copies, named_copies, photos
from autoretrain_tests.bench.printing import Inputs, beside, in_turns


def run(inputs: Inputs) -> None:
    """300 MB in and out, 100 files more on 20,000, and what differs, against plain copies of the same files."""
    files = photos(inputs.work / "files", inputs.size(5000))
    contents = {f"images/{path.name}": path for path in files}
    os.sync()  # what the photos left to be written is nobody's turn

    def commit(turn: int) -> None:
        GitStore(inputs.work / f"store{turn}").commit("main", contents, message="bench")

    def download(turn: int) -> None:
        GitStore(inputs.work / f"store{turn}").download("main", contents, inputs.work / f"out{turn}")

    works = {
        "commit": commit,
        NAMED: lambda turn: named_copies(files, inputs.work / f"named{turn}"),
        "download": download,
        FLUSHED: lambda turn: copies(files, inputs.work / f"flushed{turn}", flushed=True),
        PLAIN: lambda turn: copies(files, inputs.work / f"copied{turn}", flushed=False),
    }
    times = in_turns(works, inputs.rounds)
    for own, anchor in (("commit", NAMED), ("download", FLUSHED), ("download", PLAIN)):
        beside({own: times[own], anchor: times[anchor]}, anchor, len(files), "files")
    versions.run(inputs)
