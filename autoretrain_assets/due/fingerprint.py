"""A fingerprint changes when what waits changes, so that no work is asked for twice."""

import hashlib
from collections.abc import Iterable


def fingerprint(parts: Iterable[str]) -> str:
    """One short text for many, the same in any order."""
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]
