"""Everything that Dagster loads: the assets and jobs of the home that AUTORETRAIN_HOME names."""

import os
from pathlib import Path

import dagster as dg

from autoretrain_assets.assets import ASSETS
from autoretrain_assets.automation.jobs import JOBS
from autoretrain_assets.automation.partitions import bound_to
from autoretrain_assets.automation.sensors import sensors
from autoretrain_assets.config import load_settings
from autoretrain_assets.home import SETTINGS
from autoretrain_assets.resources import HomeResource

DEMO_HOME = Path(".autoretrain") / "demo"


def build(root: Path) -> dg.Definitions:
    """The definitions for the home at `root`; raises SettingsError where its settings are wrong."""
    settings = load_settings(root / SETTINGS)
    return dg.Definitions(
        assets=bound_to(settings, ASSETS),
        jobs=JOBS,
        sensors=sensors(settings.automation),
        resources={"home": HomeResource(root=str(root.absolute()))},
        executor=dg.in_process_executor,
    )


@dg.definitions
def definitions() -> dg.Definitions:
    """The definitions for the home that AUTORETRAIN_HOME names: the demo's where it names none."""
    return build(Path(os.environ.get("AUTORETRAIN_HOME", DEMO_HOME)))
