"""Who asks the server: from the environment alone, and never told again."""

import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from autoretrain_assets.errors import StoreError

KEY, SECRET = "LAKEFS_ACCESS_KEY_ID", "LAKEFS_SECRET_ACCESS_KEY"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key and its secret; the secret is in no text that is made of it."""

    key: str
    secret: str = field(repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Credentials":
        """What the environment says; raises StoreError where it says nothing."""
        key, secret = (environment.get(name, "").strip() for name in (KEY, SECRET))
        if not (key and secret):
            raise StoreError(f"No credentials for lakeFS: set {KEY} and {SECRET} in the environment.")
        return cls(key, secret)

    @property
    def basic(self) -> str:
        """Both, as a request carries them: as secret as the secret."""
        return b64encode(f"{self.key}:{self.secret}".encode()).decode()

    def redacted(self, text: str) -> str:
        """`text` without the secret, plain or as it was sent."""
        return text.replace(self.secret, "***").replace(self.basic, "***")
