"""autoretrain.yaml: every threshold has its one home here."""

from autoretrain_assets.config.load import load_settings, parse_settings
from autoretrain_assets.config.rules import Rule
from autoretrain_assets.config.settings import Settings

__all__ = ["Rule", "Settings", "load_settings", "parse_settings"]
