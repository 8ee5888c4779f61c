"""Failed runs: one clear message each, in the home's log and wherever the owner wants it."""

from pathlib import Path

import dagster as dg

from autoretrain_assets import alerts
from autoretrain_assets.config.settings import Automation
from autoretrain_assets.errors import SettingsError
from autoretrain_assets.home import ALERTS
from autoretrain_assets.resources import HomeResource


def run_failed(seconds: int) -> dg.SensorDefinition:
    """A failure that is tried again is told too: three of them are three messages, not silence."""

    @dg.run_failure_sensor(
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of each failed run: in alerts.log, and at the addresses of AUTORETRAIN_ALERTS.",
    )
    def run_failed(context: dg.RunFailureSensorContext, home: HomeResource) -> None:
        root, run = Path(home.root), context.dagster_run
        partition = run.tags.get("dagster/partition", "")
        title = f"{run.job_name} {partition} failed".replace("  ", " ")
        alerts.tell(root / ALERTS, title, f"{_why(context)}\n{_automation(home).run_page(run.run_id)}")

    return run_failed


def _automation(home: HomeResource) -> Automation:
    """Who knows Dagster's pages; broken settings, which may be why the run failed, must not silence it."""
    try:
        return home.open().settings.automation
    except SettingsError:
        return Automation()


def _why(context: dg.RunFailureSensorContext) -> str:
    """The error of the step that failed, in its own words; what Dagster says where none did."""
    errors = [event.step_failure_data.error for event in context.get_step_failure_events()]
    messages = [(error.cause or error).message.strip() for error in errors if error is not None]
    return "\n".join(messages) or str(context.failure_event.message)
