"""The addresses of remote inboxes: which are taken, and that no secret stands in the settings."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from autoretrain_assets.config.section import Section

OBJECT_STORES = ("s3", "gs", "gcs", "az", "abfs", "abfss")
"""What may be used without being listed: none of them reads this machine's files or leads to another address."""

AZURE = ("az", "abfs", "abfss")
FILES = ("file", "local")
SECRETS = re.compile(r"key|secret|token|pass|credential|connection_string|user", re.IGNORECASE)
FROM_THE_ENVIRONMENT = (
    "credentials come from the environment alone, such as AWS_ACCESS_KEY_ID or AWS_PROFILE: take it out"
)


class StorageOptions(Section):
    """How the servers of remote inboxes are reached. Whoever has the file has no secret."""

    endpoint_url: str | None = Field(
        None, pattern=r"^https?://[^\s@?#]+$", description="The server of s3 inboxes that are not Amazon's, as written."
    )
    region: str | None = Field(None, pattern=r"^[a-z0-9-]+$", description="Amazon's region of s3 inboxes.")
    anon: bool = Field(False, description="Ask without credentials; the inbox must let anyone list and delete.")

    @model_validator(mode="before")
    @classmethod
    def _holds_no_secret(cls, given: Any) -> Any:
        for name, value in given.items() if isinstance(given, dict) else ():
            if (name not in cls.model_fields and SECRETS.search(str(name))) or "@" in str(value):
                raise ValueError(f"{name}: {FROM_THE_ENVIRONMENT}")
        return given


def masked(text: str) -> str:
    """`text` without what stands before the @ of an address: it may be a secret, and that may hold slashes."""
    return re.sub(r"(\w://)([^/\s]*|[^/\s]*:\S*)@", r"\1***@", text)


def is_below(url: str, prefix: str) -> bool:
    """Whether `url` is `prefix` or lies below it, by whole names: s3://feedback-old is not below s3://feedback."""
    return f"{url.rstrip('/')}/".startswith(f"{prefix.rstrip('/')}/")


def _is_an_address(url: str) -> str:
    """`url` where it says one place plainly; raises ValueError where it does not, without repeating a secret."""
    protocol, separator, path = url.partition("://")
    if not separator or re.fullmatch(r"[a-z][a-z0-9+.-]*", protocol) is None or "::" in url:
        raise ValueError("write one plain address, such as s3://street-feedback/inbox")
    host = path.partition("/")[0]
    if _holds_credentials(protocol, host):
        raise ValueError(f"{protocol}://…: what stands before the name is a secret: {FROM_THE_ENVIRONMENT}")
    if protocol in FILES and not path.startswith("/"):
        raise ValueError(f"{url}: write the whole path, such as file:///srv/feedback")
    names = path.rstrip("/").removeprefix("/").split("/")
    if re.search(r"[\x00-\x20\x7f\\?#*\[\]]", path) or any(name in {"", ".", ".."} for name in names):
        raise ValueError(f"{masked(url)!r}: write plain names between single slashes")
    return url


def _holds_credentials(protocol: str, host: str) -> bool:
    """Of Azure a name before the @ is the container's; no store's name has a colon, but Amazon's access points."""
    if protocol in OBJECT_STORES and ":" in host:
        return not host.startswith("arn:")
    return "@" in host and protocol not in AZURE


def _is_allowed(url: str, others: ValidationInfo) -> str:
    allowed = others.data.get("allowed_inboxes")
    if allowed is None:  # it is wrong itself, and told so
        return url
    protocol = url.partition("://")[0]
    if not allowed and protocol not in OBJECT_STORES:
        raise ValueError(f"{url}: {protocol} is used only where feedback.allowed_inboxes lists it")
    if allowed and not any(is_below(url, prefix) for prefix in allowed):
        raise ValueError(f"{url} is not below any of feedback.allowed_inboxes: {', '.join(allowed)}")
    return url


Address = Annotated[str, AfterValidator(_is_an_address)]
Inbox = Annotated[Address, AfterValidator(_is_allowed)]
