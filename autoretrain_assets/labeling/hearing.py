"""Where a labelling server tells what people finished: the path of the webhook, and the secret that it signs by."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from autoretrain_assets.errors import InputError

PATH = "/cvat/webhook"
SECRET = "CVAT_WEBHOOK_SECRET"  # noqa: S105 - the name of the variable
SHORTEST, LONGEST = 16, 64
"""Characters of a secret: a shorter one can be tried out, and CVAT takes no longer one."""


def secret_of(environment: Mapping[str, str]) -> str:
    """The secret of the environment; raises InputError, which does not repeat it."""
    secret = environment.get(SECRET, "").strip()
    if re.fullmatch(rf"[!-~]{{{SHORTEST},{LONGEST}}}", secret) is None:
        raise InputError(
            f"{SECRET} must be set to {SHORTEST} to {LONGEST} letters, digits and signs: make one, such as by "
            "`openssl rand -hex 32`, and set it here and where `autoretrain intake serve` runs."
        )
    return secret


def address_of(door: str) -> str:
    """Where the webhook of a door listens; `door` is its address, with or without the path. Raises InputError."""
    at = urlsplit(door.strip())
    if at.scheme not in {"http", "https"} or not at.hostname or at.username or at.query or at.fragment:
        raise InputError("name the address of the door as the CVAT server reaches it, such as https://door.example.org")
    path = at.path.rstrip("/")
    return at._replace(path=path if path.endswith(PATH) else path + PATH).geturl()
