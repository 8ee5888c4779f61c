"""A home's room: what nothing refers to goes."""

from autoretrain_assets.commands.housekeeping.telling import as_json, lines
from autoretrain_assets.commands.housekeeping.tidying import Tidied, tidy

__all__ = ["Tidied", "as_json", "lines", "tidy"]
