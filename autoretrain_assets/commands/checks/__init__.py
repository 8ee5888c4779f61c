"""`autoretrain check`: is each thing that a home needs as it should be? Whatever is broken, it ends with an answer."""

from autoretrain_assets.commands.checks.checking import Finding, check

__all__ = ["Finding", "check"]
