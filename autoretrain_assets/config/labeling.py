"""Who labels, and how good an answer must be."""

from typing import Literal

from pydantic import Field, model_validator

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.config.section import Section, Share


class Labeling(Section):
    """Who labels, and what answer is good enough."""

    backend: Literal["folder", "cvat"] = Field(
        "folder", description="folder: tasks are folders that any CVAT-format tool opens; cvat: they are on a server."
    )
    box_tolerance_px: float = Field(
        2.0, ge=0, description="A box may stick out of its image by so much; it is clipped."
    )
    min_box_px: float = Field(1.0, ge=0, description="A box with a shorter side is rejected.")
    max_rejected_share: Share = Field(
        0.2, description="A warning stands at a day of whose answers a larger part was sent back."
    )
    min_quality: Share = Field(
        0.7, description="An answer whose job agrees less with known answers is sent back; one not measured is not."
    )
    min_day_quality: Share = Field(
        0.8, description="A day whose answers agree less with known ones, on average, stays out of dataset versions."
    )
    proposed_classes: bool = Field(
        True,
        description="A label outside dataset.classes is kept as a proposed class, and its image waits for the owner; "
        "false: its answer is sent back.",
    )
    refused_classes: list[str] = Field(
        default=[], description="Proposed classes that nobody wants: their boxes are left out, and the images go on."
    )
    known_share: Share = Field(
        0.05, description="Part of a task that is images with known labels, to measure by; folders have none."
    )
    twice_share: Share = Field(
        0, description="Part of a day's images that two people label, to see how far they agree; one's is the label."
    )
    min_agreement: Share = Field(
        0.7, description="Two people who agree less are told of: what is to be drawn is not clear to them."
    )
    cvat: Cvat = Field(default_factory=Cvat, description="The server of backend cvat.")

    @model_validator(mode="after")
    def _has_a_server(self) -> "Labeling":
        if self.backend == "cvat" and self.cvat.url is None:
            raise ValueError("backend is cvat: write the server's address into labeling.cvat.url")
        return self
