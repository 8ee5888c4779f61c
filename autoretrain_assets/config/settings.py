"""The model of autoretrain.yaml. A field's description is what `autoretrain init` writes beside it."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from autoretrain_assets.config.inboxes import Address, Inbox, StorageOptions
from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.config.rules import DEFAULT_RULES, Rule, check_labels
from autoretrain_assets.config.section import Section, Share
from autoretrain_assets.config.store import Store

Owner = Annotated[str, Field(pattern=r"^(team:[A-Za-z0-9_-]+|[^@\s]+@[^@\s]+)$")]


class Days(Section):
    """Which days are partitions."""

    first: date = Field(date(2025, 1, 1), description="The first day of feedback; earlier events are refused.")
    last: date | None = Field(None, description="The last day, for a past that is closed; none: up to today.")


class Feedback(Section):
    """What intake accepts."""

    max_image_bytes: int = Field(32_000_000, gt=0, description="Larger image files go to quarantine.")
    max_image_pixels: int = Field(50_000_000, gt=0, description="Images of more pixels go to quarantine.")
    max_event_bytes: int = Field(1_000_000, gt=0, description="Larger event files go to quarantine.")
    max_quarantine_share: Share = Field(
        0.1, description="A warning stands at a day of whose new events a larger part was refused."
    )
    clock_skew_seconds: float = Field(300, ge=0, description="How far in the future a camera's clock may be.")
    allowed_inboxes: list[Address] = Field(
        default=[],
        description="Remote inboxes must lie below one of these; none: any of s3, gs, az, abfs, and nothing else.",
    )
    inboxes: list[Inbox] = Field(
        default=[],
        description="Where events arrive too, such as s3://street-feedback/inbox; they are moved from there.",
    )
    storage_options: StorageOptions = Field(
        default_factory=StorageOptions, description="How they are reached; credentials come from the environment alone."
    )
    drain_seconds: float = Field(20, gt=0, le=40, description="At most so long a sensor's tick is at remote inboxes.")
    image_grace_seconds: float = Field(
        600, ge=0, description="A remote event waits so long for its image; then it comes, and is refused, without it."
    )


class Door(Section):
    """How events come in over HTTP."""

    max_requests: int = Field(64, gt=0, description="So many requests are at work at once; others come again later.")
    max_bytes: int = Field(
        256_000_000, gt=0, description="Memory for their bodies together; one that feedback allows always fits."
    )
    request_seconds: float = Field(30, gt=0, description="In this time a request must have arrived whole.")
    min_free_bytes: int = Field(
        1_000_000_000, ge=0, description="With less room on its disk, the inbox takes no further event …"
    )
    max_waiting: int = Field(200_000, gt=0, description="… nor while more events than this wait to be taken in.")


class Mining(Section):
    """Which images of a day are worth a person's time."""

    budget_per_day: int = Field(100, ge=0, description="At most so many images of a day are sent to be labelled.")
    random_share: Share = Field(0.1, description="Part of the budget drawn at random: the unbiased control arm.")
    max_source_share: Share = Field(1.0, description="At most this part of the budget for one source.")
    reason_shares: dict[str, Share] = Field(
        default={"operator": 1.0, "uncertain": 0.7, "flicker": 0.3},
        description="At most this part of the budget for each reason; a reason that is not named is not used.",
    )
    uncertain_low: Share = Field(0.15, description="A box is uncertain when its confidence lies from here …")
    uncertain_high: Share = Field(0.55, description="… to here.")
    flicker_seconds: float = Field(2.0, ge=0, description="Frames of a source this near in time are neighbours.")
    flicker_confidence: Share = Field(0.4, description="A box at least this sure should not vanish in a neighbour.")
    flicker_iou: Share = Field(0.3, description="Boxes of neighbouring frames that overlap by this are one object.")
    near_duplicate_distance: int = Field(
        3,
        ge=0,
        le=64,
        description="Images of a source whose 64-bit perceptual hashes differ in this many bits or fewer are one.",
    )

    @model_validator(mode="after")
    def _band_is_a_band(self) -> "Mining":
        if self.uncertain_low >= self.uncertain_high:
            raise ValueError("uncertain_low must be below uncertain_high")
        return self


class Scenes(Section):
    """What counts as one scene: its images are never shared between training and test."""

    gap_seconds: float = Field(60, ge=0, description="A pause of a source longer than this starts a new scene.")
    near_duplicate_distance: int = Field(
        3, ge=0, le=64, description="Images whose perceptual hashes differ in this many bits or fewer share a scene."
    )


class Dataset(Section):
    """How labelled images become a version."""

    classes: list[str] = Field(default=[], description="The classes, in the model's order.")
    test_share: Share = Field(
        0.2, description="Part of the scenes that is sealed for measuring; derived from a scene's hash."
    )


class Training(Section):
    """The recipe. Its defaults are for a few hundred images and few epochs."""

    weights: Path | None = Field(
        None, description="What the very first model is fine-tuned from: a .pt, or a model .yaml."
    )
    epochs: int = Field(12, gt=0, description="Passes over the training mix …")
    min_steps: int = Field(
        500, ge=0, description="… and more of them where the mix is small, until it took so many optimizer steps."
    )
    imgsz: int = Field(640, gt=0, description="Longer side of the image that the network sees, in pixels.")
    batch: int = Field(8, gt=0, description="Images a step; each batch is an optimizer step of its own.")
    optimizer: str = Field("auto", description="As ultralytics names it; auto also chooses the learning rate.")
    lr0: float = Field(0.01, gt=0, le=1, description="Initial learning rate; optimizer auto ignores it.")
    warmup_epochs: float = Field(1.0, ge=0, description="Epochs of learning-rate warm-up.")
    close_mosaic: int = Field(2, ge=0, description="Last epochs without mosaic augmentation.")
    freeze: int = Field(0, ge=0, description="First layers that are left as they are.")
    device: str = Field("auto", description="auto: the first GPU if there is one, else the CPU; or as torch names it.")
    threads: int = Field(0, ge=0, description="CPU threads; 0: all cores.")
    workers: int = Field(0, ge=0, description="Data-loading processes.")
    replay_share: float = Field(
        1.0, ge=0, description="Old images in the training mix, for each new one; 1.0: as many old as new."
    )


class Retrain(Section):
    """When a new version is due."""

    min_new_labels: int = Field(
        100, gt=0, description="Labelled images since the last decision that start a retraining …"
    )
    min_new_labels_on_drift: int = Field(30, gt=0, description="… and when drift was reported since then.")
    cooldown_minutes: float = Field(
        60, ge=0, description="After a decision no retraining starts by itself for so long; a command may."
    )


class Evaluation(Section):
    """How champion and challenger are measured."""

    confidence: Share = Field(0.001, description="Boxes below are not counted at all, as COCO's curves need low ones.")
    operating_confidence: Share = Field(
        0.25, description="The confidence that production uses: false positives count from here."
    )
    match_iou: Share = Field(0.5, description="A box that overlaps no object by this much is a false positive.")
    nms_iou: Share = Field(0.7, description="Overlap above which two boxes of a class are one.")
    max_detections: int = Field(300, gt=0, description="At most so many boxes an image.")
    max_calibration_error: Share = Field(
        0.2, description="A warning stands at a model whose confidence is further from its precision, on average."
    )
    latency_images: int = Field(20, ge=1, description="Images, one at a time, whose median time is the latency.")


class Release(Section):
    """The rules of the gate."""

    rules: list[Rule] = Field(
        default=DEFAULT_RULES,
        min_length=1,
        description="All must hold; what compares with a champion waits until there is one.",
    )


class Drift(Section):
    """When a day is unlike all that the production model was trained on."""

    family_error: Share = Field(
        0.005, description="Chance of a false alarm a day, over all sources and features together."
    )
    min_images: int = Field(
        10, ge=2, description="A source with fewer images that day is not tested, and the report says so."
    )
    triggers: list[Literal["operator", "uncertain", "random"]] = Field(
        default=["random"],
        min_length=1,
        description="The events that are looked at; only random ones are a fair sample of the traffic.",
    )
    reference_images: int = Field(
        100, ge=2, description="At most so many images of each version's days stand for the traffic that it brought."
    )


class Automation(Section):
    """How the loop runs by itself."""

    poll_seconds: int = Field(30, gt=0, description="How often a sensor looks whether there is something to do.")
    attempts: int = Field(3, gt=0, description="So often the same work is tried; then it waits for a change …")
    retry_seconds: float = Field(
        120, ge=0, description="… with this pause after the first failure, and twice as long after each further one."
    )
    keep_days: int = Field(
        90, gt=0, description="A run that is older is removed, once newer runs made all anew that it had made."
    )
    min_free_gb: float = Field(
        2.0, ge=0, description="`autoretrain check` warns where fewer gigabytes are free on the home's disk."
    )
    owners: list[Owner] = Field(
        default=[], description="Who answers for the assets, on their pages: mail addresses, or team:NAME."
    )
    stale_hours: float = Field(
        48, gt=0, description="raw_feedback is shown as stale when nothing was taken in for so long."
    )
    dagster_url: str = Field("http://127.0.0.1:3000", description="Where Dagster's pages are, for links to a run.")
    start_seconds: float = Field(
        180,
        gt=0,
        le=180,
        description="A run that has not begun so long after its start is given up as lost, by Dagster too.",
    )

    def run_page(self, run_id: str) -> str:
        """Where a browser shows a run."""
        return f"{self.dagster_url.rstrip('/')}/runs/{run_id}"


class Settings(Section):
    """All of autoretrain.yaml."""

    seed: int = Field(0, ge=0, description="Every random choice derives from it.")
    days: Days = Field(default_factory=Days, description="Which days are partitions.")
    feedback: Feedback = Field(default_factory=Feedback, description="What intake accepts.")
    door: Door = Field(default_factory=Door, description="How events come in over HTTP.")
    mining: Mining = Field(default_factory=Mining, description="Which images of a day are worth a person's time.")
    scenes: Scenes = Field(default_factory=Scenes, description="What counts as one scene.")
    labeling: Labeling = Field(default_factory=Labeling, description="Who labels, and what answer is good enough.")
    dataset: Dataset = Field(default_factory=Dataset, description="How labelled images become a version.")
    store: Store = Field(default_factory=Store, description="Where versions are kept.")
    training: Training = Field(default_factory=Training, description="The recipe of fine-tuning.")
    retrain: Retrain = Field(default_factory=Retrain, description="When a new version is due.")
    evaluation: Evaluation = Field(default_factory=Evaluation, description="How champion and challenger are measured.")
    release: Release = Field(default_factory=Release, description="The rules of the gate.")
    automation: Automation = Field(default_factory=Automation, description="How the loop runs by itself.")
    drift: Drift = Field(default_factory=Drift, description="When a day is unlike all that the model knows.")

    @field_validator("dataset")
    @classmethod
    def _no_class_is_refused(cls, dataset: Dataset, others: ValidationInfo) -> Dataset:
        labeling = others.data.get("labeling")
        if labeling and (both := set(dataset.classes) & set(labeling.refused_classes)):
            raise ValueError(f"{min(both)} stands in classes and in labeling.refused_classes: take it out of one")
        return dataset

    @field_validator("release")
    @classmethod
    def _rules_are_about_known_classes(cls, release: Release, others: ValidationInfo) -> Release:
        dataset = others.data.get("dataset")
        check_labels(release.rules, dataset.classes if dataset else [])
        return release
