"""A home: one loop's settings and data, in one folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autoretrain_assets import schema
from autoretrain_assets.config import Settings, load_settings
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import SettingsError
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.labeling.base import LabelingBackend
from autoretrain_assets.labeling.folder import FolderBackend
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts, places
from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.tables import Table

SETTINGS, ALERTS = "autoretrain.yaml", "alerts.log"
BRANCHES = (dataset_version.BRANCH, artifacts.BRANCH, registry.BRANCH)
"""What a home keeps in its store: dataset versions, what belongs to its models, and releases."""

BY_MINING = "move it away, then `autoretrain backfill --from {day} --to {day}` makes it anew, by today's rules"
BY_COLLECTING = "move it away, then `autoretrain run` collects it anew from the day's tasks"
BY_NOTHING = (
    "restore it from a backup; where there is none, move it away: the day's boxes and verdicts are lost, "
    "its images stay in frames/, and what was labelled of them is lost neither"
)
"""What can be done about a damaged day of a table: all but the events themselves can be made anew."""


@dataclass(frozen=True)
class Home:
    """The places of a home, and what stands in them."""

    root: Path
    settings: Settings
    run_id: str | None = None
    """The Dagster run that has it open, for what is noted of its work."""

    @classmethod
    def open(cls, root: Path, run_id: str | None = None) -> "Home":
        """The home at `root`; raises SettingsError where there is none or its settings are wrong."""
        home = cls(root.absolute(), load_settings(root.absolute() / SETTINGS), run_id)
        if not home.classes:
            raise SettingsError(f"{root / SETTINGS}: dataset.classes: name the model's classes, in its order.")
        return home

    @property
    def classes(self) -> Sequence[str]:
        """The classes, in the model's order."""
        return self.settings.dataset.classes

    @property
    def inbox(self) -> Path:
        """Where production puts its events."""
        return self.root / "inbox"

    @property
    def quarantine(self) -> Path:
        """Where events lie that could not be accepted, each with its reason."""
        return self.root / "quarantine"

    @property
    def production(self) -> Path:
        """What serving reads: weights.pt and model.json of the released model."""
        return self.root / "production"

    @property
    def reports(self) -> Path:
        """The evaluation pages, one a version."""
        return self.root / "reports"

    @property
    def work(self) -> Path:
        """Checkouts and trainings; all of it can be made again."""
        return self.root / "work"

    @property
    def nudge(self) -> Path:
        """What tells the sensors that people finished something; see labeling.nudge."""
        return self.work / "labelling.nudge"

    @property
    def alerts(self) -> Path:
        """What the owner was told of."""
        return self.root / ALERTS

    @property
    def dagster(self) -> Path:
        """Dagster's own home."""
        return self.root / "dagster"

    @cached_property
    def frames(self) -> Frames:
        """The accepted images, by content."""
        return Frames(self.root / "frames")

    @cached_property
    def store(self) -> VersionStore:
        """Dataset versions, checkpoints, reports and the production pointer.

        A home has one from before its settings are written. Raises StoreError where it is gone since, for asked for
        anything it would be made anew and begin again at the first version; or where it is not the one that counts.
        """
        stands = (self.root / SETTINGS).exists()
        if stands:
            places.verify_kept(self.root, self.settings.store.backend)
        return places.opened(self.root, self.settings.store, may_make=not stands)

    @property
    def store_place(self) -> str:
        """Where the store is, for people."""
        return places.described(self.root, self.settings.store)

    def store_page(self, commit: str) -> str | None:
        """Where a browser shows a commit of the store; None where nothing serves it."""
        lakefs = self.settings.store.lakefs
        if self.settings.store.backend != "lakefs":
            return None
        return f"{lakefs.public_url or lakefs.url}/repositories/{lakefs.repository}/commits/{commit}"

    @cached_property
    def labeling(self) -> LabelingBackend:
        """Where people label. A server is asked for the first time when something is asked of it."""
        if self.settings.labeling.backend == "cvat":
            from autoretrain_assets.labeling.cvat import CvatBackend  # its SDK takes half a second to import

            return CvatBackend(self.settings.labeling.cvat)
        return FolderBackend(self.root / "tasks", self.root)

    @property
    def raw_feedback(self) -> Table:
        """The accepted events."""
        return self._table("raw_feedback", schema.RAW_FEEDBACK, BY_NOTHING)

    @property
    def mined_samples(self) -> Table:
        """The images worth labelling."""
        return self._table("mined_samples", schema.MINED_SAMPLES, BY_MINING)

    @property
    def cvat_tasks(self) -> Table:
        """The labelling tasks."""
        return self._table("cvat_tasks", schema.CVAT_TASKS, BY_MINING)

    @property
    def annotations(self) -> Table:
        """The reviewed answers."""
        return self._table("annotations", schema.ANNOTATIONS, BY_COLLECTING)

    @property
    def drift_report(self) -> Table:
        """What moved, day by day."""
        return self._table("drift_report", schema.DRIFT, BY_MINING)

    @property
    def tables(self) -> Sequence[Table]:
        """All of them."""
        return (self.raw_feedback, self.drift_report, self.mined_samples, self.cvat_tasks, self.annotations)

    def _table(self, name: str, columns: schema.Columns, way_out: str) -> Table:
        return Table(self.root / "tables" / name, columns, way_out)
