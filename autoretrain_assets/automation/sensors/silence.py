"""A labelling server that fails while nobody looks: the owner is told once, and once when it answers again."""

from datetime import datetime, timedelta

import msgspec

from autoretrain_assets import alerts
from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.failures import SILENT, Unreachable


class Silence(msgspec.Struct, frozen=True):
    """Since when it fails, as a sensor's cursor keeps it, and whether the owner was told; empty while it answers."""

    since: datetime | None = None
    is_told: bool = False


def told(last: Silence, failure: LabelingError | None, home: Home, now: datetime) -> tuple[Silence, str]:
    """Tell the owner where it is time to; returns what to keep, and why an address did not take it.

    At once where only people can help, as when it does not take the credentials; else when it took long.
    """
    if failure is None:
        again = ("labelling answers again", "what people finished meanwhile is collected now.")
        return Silence(), _tell(home, *again) if last.is_told else ""
    since = min(last.since or now, now)
    patience = timedelta(seconds=home.settings.labeling.cvat.alert_after_s)
    if last.is_told or (isinstance(failure, SILENT) and now - since < patience):
        return Silence(since, last.is_told), ""
    meanwhile = "Events are taken in meanwhile. A daemon reads its environment when it starts."
    return Silence(since, is_told=True), _tell(home, "labelling cannot be asked", f"{failure} {meanwhile}")


def of_runs(why: str | None) -> LabelingError | None:
    """What runs had to leave, as a failure: the server may answer a sensor and fail at what a run asks."""
    return Unreachable(why) if why else None


def _tell(home: Home, title: str, text: str) -> str:
    """It stands in the home's log in any case, so that it is not told again when an address did not take it."""
    try:
        alerts.tell(home.alerts, title, text)
    except InputError as error:
        return f"; the owner was told in {home.alerts.name} alone: {error}"
    return ""
