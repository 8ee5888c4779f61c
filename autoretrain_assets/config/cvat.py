"""The CVAT server where people label, and how its tasks are cut. Credentials come from the environment alone."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from autoretrain_assets.config.section import Section
from autoretrain_assets.config.server import plain_address, without_secrets

FROM_THE_ENVIRONMENT = "credentials come from the environment alone: CVAT_TOKEN, or CVAT_USER and CVAT_PASSWORD"


def _is_a_server(url: str) -> str:
    return plain_address(url, FROM_THE_ENVIRONMENT, "https://cvat.example.org")


class Cvat(Section):
    """The server, and how its tasks are cut."""

    url: Annotated[str, AfterValidator(_is_a_server)] | None = Field(
        None, description=f"The server's address; {FROM_THE_ENVIRONMENT}."
    )
    public_url: Annotated[str, AfterValidator(_is_a_server)] | None = Field(
        None, description="The address by which people open it, for links; none: the same."
    )
    organization: str = Field(
        "", pattern=r"^[A-Za-z0-9_.-]*$", description="The organization's short name; empty: your own workspace."
    )
    project: str = Field(
        "autoretrain", min_length=1, max_length=256, description="The project's name; it is made where there is none."
    )
    verify_tls: bool = Field(True, description="false: take any certificate; whoever is between can read the token.")
    ca_file: Path | None = Field(None, description="Certificates that the server's is checked by, as PEM.")
    timeout_s: float = Field(30, gt=0, description="At most so many seconds the server is silent …")
    retries: int = Field(4, ge=0, le=10, description="… and so often what may be asked again is asked again.")
    wait_s: float = Field(600, gt=0, description="At most so many seconds it is at unpacking a task's images …")
    poll_seconds: float = Field(1.0, gt=0, description="… and so often it is asked whether it is done.")
    ask_every_s: float = Field(
        60, ge=0, description="How often a sensor asks whether tasks are finished; a webhook makes it ask at once."
    )
    alert_after_s: float = Field(
        1800, ge=0, description="The owner is told of a server that fails for so long; of refused credentials at once."
    )
    images_per_job: int = Field(25, ge=2, description="What one person takes at a time.")
    images_per_task: int = Field(500, gt=0, description="A larger batch becomes several tasks: uploads stay short.")
    assignees: list[str] = Field(
        default=[], description="User names who get the jobs in turn; none: whoever takes them."
    )
    image_quality: int = Field(95, ge=1, le=100, description="JPEG quality of what people see; answers keep pixels.")
    done_stage: Literal["annotation", "validation", "acceptance"] = Field(
        "acceptance", description="A job is finished when it is `completed` at this stage, or a later one."
    )
    partial: bool = Field(
        False, description="true: a job that is finished is collected while others of its task are still open."
    )
    known_mode: Literal["gt", "gt_pool"] = Field(
        "gt", description="Where known images go: once into a task, or gt_pool: some into every job, in random order."
    )
    quality: Literal["agreement", "server"] = Field(
        "agreement", description="A job's quality: F1 of its boxes on known images, or CVAT's own report of them."
    )

    @model_validator(mode="before")
    @classmethod
    def _holds_no_secret(cls, given: Any) -> Any:
        return without_secrets(given, cls.model_fields, FROM_THE_ENVIRONMENT)

    @field_validator("assignees")
    @classmethod
    def _each_once(cls, names: list[str]) -> list[str]:
        if len(set(names)) < len(names):
            raise ValueError("name each once: they take turns")
        return names
