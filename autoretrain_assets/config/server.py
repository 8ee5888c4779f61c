"""What the settings may say of a server: its plain address, and no secret."""

import re
from collections.abc import Collection
from typing import Any

from autoretrain_assets.config.inboxes import SECRETS


def plain_address(url: str, credentials: str, example: str) -> str:
    """`url` without its last slash; raises ValueError where it is no plain address, without repeating a secret.

    `credentials` says where those come from, `example` how an address looks.
    """
    if "@" in url:
        raise ValueError(f"take out what stands before the @: {credentials}")
    if re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url) is None:
        raise ValueError(f"write the server's plain address, such as {example}")
    return url.rstrip("/")


def without_secrets(given: Any, known: Collection[str], credentials: str) -> Any:
    """`given` itself; raises ValueError where it has a field that is not `known` and is called as a secret is."""
    for name in given if isinstance(given, dict) else ():
        if name not in known and SECRETS.search(str(name)):
            raise ValueError(f"{name}: {credentials}: take it out")
    return given
