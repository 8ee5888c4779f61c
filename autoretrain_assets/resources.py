"""What assets are handed: the home that the code location serves."""

from pathlib import Path

import dagster as dg

from autoretrain_assets.home import Home


class HomeResource(dg.ConfigurableResource[Home]):
    """Opens the home anew in each run, so that a change of its settings counts from the next run on."""

    root: str

    def open(self) -> Home:
        """The home; raises SettingsError where its settings are wrong."""
        return Home.open(Path(self.root))
