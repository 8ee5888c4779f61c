"""Labelled data that lies in a place that can be listed: what of it is needed comes here, and is read."""

from autoretrain_assets.dataset.elsewhere.mirror import Mirror, Remote
from autoretrain_assets.dataset.elsewhere.reading import read

__all__ = ["Mirror", "Remote", "read"]
