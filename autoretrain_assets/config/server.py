"""The address of a server that the settings name."""

import re


def plain_address(url: str, credentials: str, example: str) -> str:
    """`url` without its last slash; raises ValueError where it is no plain address, without repeating a secret.

    `credentials` says where those come from, `example` how an address looks.
    """
    if "@" in url:
        raise ValueError(f"take out what stands before the @: {credentials}")
    if re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url) is None:
        raise ValueError(f"write the server's plain address, such as {example}")
    return url.rstrip("/")
