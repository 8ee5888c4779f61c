"""Where versions are kept. Credentials come from the environment alone."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from autoretrain_assets.config.section import Section
from autoretrain_assets.config.server import plain_address, without_secrets

FROM_THE_ENVIRONMENT = "credentials come from the environment alone: LAKEFS_ACCESS_KEY_ID and LAKEFS_SECRET_ACCESS_KEY"


def _is_a_server(url: str) -> str:
    return plain_address(url, FROM_THE_ENVIRONMENT, "https://lakefs.example.org").removesuffix("/api/v1")


def _is_a_repository(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{2,62}", name):
        raise ValueError(
            f"{name!r} cannot name a repository: use 3 to 63 small letters, digits and '-', a letter or a digit first"
        )
    return name


def _is_a_namespace(place: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*://[^\s@]+", place):
        raise ValueError(
            f"{place!r} is no place for objects: write it as s3://bucket/autoretrain, or local://autoretrain where "
            "the server keeps them on its own disk"
        )
    return place


class Lakefs(Section):
    """A repository on a lakeFS server."""

    url: Annotated[str, AfterValidator(_is_a_server)] | None = Field(
        None, description=f"The server's address; {FROM_THE_ENVIRONMENT}."
    )
    public_url: Annotated[str, AfterValidator(_is_a_server)] | None = Field(
        None, description="The address by which people open it, for links; none: the same."
    )
    repository: Annotated[str, AfterValidator(_is_a_repository)] = Field(
        "autoretrain",
        description="The repository's name; `autoretrain init` makes it where there is none.",
    )
    storage_namespace: Annotated[str, AfterValidator(_is_a_namespace)] | None = Field(
        None,
        description="Where a repository that is made keeps its objects, such as s3://bucket/autoretrain, or "
        "local://autoretrain of a server with a disk of its own.",
    )
    verify_tls: bool = Field(True, description="false: take any certificate; whoever is between can read the secret.")
    ca_file: Path | None = Field(None, description="Certificates that the server's is checked by, as PEM.")
    timeout_s: float = Field(60, gt=0, description="At most so many seconds the server is silent …")
    retries: int = Field(4, ge=0, le=10, description="… and so often what may be asked again is asked again.")
    upload_threads: int = Field(32, ge=1, le=128, description="So many files are sent, or fetched, at once.")

    @model_validator(mode="before")
    @classmethod
    def _holds_no_secret(cls, given: Any) -> Any:
        return without_secrets(given, cls.model_fields, FROM_THE_ENVIRONMENT)


Backend = Literal["git", "lakefs"]
BACKENDS: Sequence[Backend] = get_args(Backend)


class Store(Section):
    """Where dataset versions, checkpoints, reports and the production pointer are kept."""

    backend: Backend = Field("git", description="git: a repository in the home; lakefs: one on a server.")
    lakefs: Lakefs = Field(default_factory=Lakefs, description="The server of backend lakefs.")

    @model_validator(mode="after")
    def _has_a_server(self) -> "Store":
        if self.backend == "lakefs" and self.lakefs.url is None:
            raise ValueError("backend is lakefs: write the server's address into store.lakefs.url")
        return self
