"""A project's finished images as a table of labelled data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from autoretrain_assets import schema
from autoretrain_assets.config.settings import Settings
from autoretrain_assets.labeling.cvat import jobs, projects
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.existing import fetching, finding, judging, reading
from autoretrain_assets.labeling.cvat.existing.left_out import LeftOut
from autoretrain_assets.labeling.cvat.existing.reading import Labelled
from autoretrain_assets.labeling.failures import Rejected

TRAIN, TEST = "train", "test"
_SUBSETS = {"train": TRAIN, "test": TEST, "validation": TEST, "val": TEST}
"""What the server's usual subsets are: what was held out from training measures."""

_FIRST, _APART = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=1)
"""Nobody tells when the images were taken: each task counts as a scene of its own, a day apart."""

_COLUMNS: schema.Columns = {
    "path": pl.String,
    "width": pl.Int32,
    "height": pl.Int32,
    "boxes": schema.BOXES,
    "captured_at": schema.UTC_TIME,
    "group": pl.String,
    "split": pl.String,
}


class Existing:
    """A project of the server in `settings`, and what in it is finished. `left_out` is known once it was read."""

    def __init__(self, settings: Settings, wanted: str) -> None:
        """Asks for the project of that name or id; raises Gone, Rejected."""
        self._settings = settings
        self._server = Connection(settings.labeling.cvat)
        self.project = finding.project(self._server, wanted)
        self.left_out: list[LeftOut] = []
        self._labels = projects.labels(self._server, self.project.id)

    def lacking(self, classes: Sequence[str]) -> list[str]:
        """The classes that nobody could label there: what is to be seen of them counts as background."""
        return [name for name in classes if name not in self._labels.values()]

    def images(self, classes: Sequence[str], folder: Path) -> pl.DataFrame:
        """The images that a model of these classes can learn from, their files below `folder`.

        Columns: path, width, height, boxes (schema.BOXES, pixels), source, domain, captured_at, group (the task),
        split (by the tasks' subsets, null where not each says one or none was held out). The newest labels of an
        image come first. Raises Rejected where no job is finished.
        """
        finished = list(self._kept(self._finished()))
        wanted = list(self._kept(judging.by_boxes(finished, classes, self._settings.labeling)))
        paths = fetching.fetch(self._server, wanted, folder)
        most = self._settings.feedback.max_image_pixels
        with ThreadPoolExecutor(fetching.AT_ONCE) as hands:  # decoding leaves Python to others
            judged = hands.map(lambda one: judging.by_file(one, paths[one.key], most), wanted)
            return _table(list(self._kept(judged)), paths)

    def _finished(self) -> Iterator[Labelled | LeftOut]:
        sources = finding.tasks(self._server, self.project.id)
        of_each = jobs.of_tasks(self._server, [one.id for one in sources])
        stage = self._server.settings.done_stage
        if not any(jobs.Jobs([job]).finished(stage) for mine in of_each.values() for job in mine.asked):
            raise Rejected(
                f"the project {self.project.name} ({self.project.id}) on CVAT at {self._server.address} has no job "
                f"that is completed at the stage {stage}: finish one there, or set labeling.cvat.done_stage."
            )
        for source in sources:
            if source.id in of_each:
                yield from reading.of_task(self._server, source, of_each[source.id], self._labels)

    def _kept(self, found: Iterable[Labelled | LeftOut]) -> Iterator[Labelled]:
        for one in found:
            if isinstance(one, LeftOut):
                self.left_out.append(one)
            else:
                yield one


def _table(images: Sequence[Labelled], paths: Mapping[tuple[int, int], Path | LeftOut]) -> pl.DataFrame:
    """The newest labels first: of an image that is in two tasks of a split, these count."""
    subsets = {one.task.id: one.task.subset for one in images}
    splits, ranks = _splits(subsets), {task: rank for rank, task in enumerate(sorted(subsets))}
    rows = [
        {
            "path": str(paths[one.key]),
            "width": one.width,
            "height": one.height,
            "boxes": [box.as_row() for box in one.boxes],
            "captured_at": _FIRST + ranks[one.task.id] * _APART + timedelta(milliseconds=one.frame),
            "group": f"cvat/{one.task.id}",
            "split": splits.get(one.task.id),
        }
        for one in sorted(images, key=lambda one: one.finished_at, reverse=True)
    ]
    table = pl.DataFrame(rows, schema=_COLUMNS)
    return table.with_columns(source=pl.lit("import"), domain=pl.lit(None, dtype=pl.String))


def _splits(subsets: Mapping[int, str]) -> dict[int, str]:
    """The split of each task by its subset; nothing where one says none, or nothing was held out."""
    said = {task: _SUBSETS.get(subset.strip().casefold()) for task, subset in subsets.items()}
    known = {task: split for task, split in said.items() if split}
    return known if len(known) == len(said) and TEST in known.values() else {}
