"""What starts the loop's runs by itself; each tick says why it did or did not."""

import dagster as dg

from autoretrain_assets.automation.sensors.answers import answers_finished
from autoretrain_assets.automation.sensors.broken_off import broken_off
from autoretrain_assets.automation.sensors.failures import run_failed
from autoretrain_assets.automation.sensors.feedback import feedback_arrived
from autoretrain_assets.automation.sensors.retrain import retraining_due
from autoretrain_assets.automation.sensors.tidied import tidied
from autoretrain_assets.config.settings import Automation

__all__ = ["sensors"]


def sensors(settings: Automation) -> list[dg.SensorDefinition]:
    """The sensors of a home, all on unless an owner turns one off."""
    makers = (feedback_arrived, answers_finished, retraining_due, broken_off, run_failed, tidied)
    return [make(settings.poll_seconds) for make in makers]
