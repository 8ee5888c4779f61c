"""Who asks the server: from the environment alone, and never told again."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from autoretrain_assets.labeling.failures import Expired

MISSING = "no credentials for CVAT: set CVAT_TOKEN, or CVAT_USER and CVAT_PASSWORD, in the environment."


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access token, or a user's name and password. The secrets are in no text that is made of it."""

    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Credentials":
        """What the environment says; a token counts before a password. Raises Expired where it says nothing."""
        token, user, password = (
            environment.get(name, "").strip() for name in ("CVAT_TOKEN", "CVAT_USER", "CVAT_PASSWORD")
        )
        if token:
            return cls(token=token)
        if not (user and password):
            raise Expired(MISSING[0].upper() + MISSING[1:])
        return cls(user=user, password=password)

    def redacted(self, text: str) -> str:
        """`text` without the secrets."""
        for secret in filter(None, (self.token, self.password)):
            text = text.replace(secret, "***")
        return text
