"""All that a home's store keeps, held against its hashes and against what it says of itself."""

from autoretrain_assets.commands.verification.telling import as_json, lines
from autoretrain_assets.commands.verification.verifying import Damage, Verified, verify

__all__ = ["Damage", "Verified", "as_json", "lines", "verify"]
