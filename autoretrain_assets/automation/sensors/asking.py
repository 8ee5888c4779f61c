"""How often a labelling server is asked: now and then, at once after a nudge, and by no tick for long."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from autoretrain_assets.automation.sensors.silence import Silence
from autoretrain_assets.home import Home

TICK_TIMEOUT_S = 15.0
"""Dagster gives a tick a minute, and the other sensors wait for it: a server that is silent may not take more."""


class Asked(msgspec.Struct, frozen=True):
    """The last time that the server was asked, as a sensor's cursor keeps it, and what came of it in words."""

    at: datetime = datetime.min.replace(tzinfo=UTC)
    nudge: str = ""
    told: str = ""
    silence: Silence = Silence()

    @classmethod
    def of(cls, cursor: str | None) -> "Asked":
        """What the cursor says; one that says nothing, or nothing that is understood, means never."""
        try:
            return msgspec.json.decode(cursor or "{}", type=cls)
        except msgspec.DecodeError:
            return cls()

    @property
    def cursor(self) -> str:
        """What `of` reads."""
        return msgspec.json.encode(self).decode()

    def waits(self, nudge: str, now: datetime, every_s: float) -> str | None:
        """Why it is not asked now; None where it is. One that was asked in the future means a clock set back."""
        again = self.at + timedelta(seconds=every_s)
        if nudge != self.nudge or not self.at <= now < again:
            return None
        return f"{self.told}; asked at {self.at:%H:%M:%S} UTC, and again at {again:%H:%M:%S}"


def every_s(home: Home) -> float:
    """Seconds between two questions; a folder may be looked at whenever one likes."""
    labeling = home.settings.labeling
    return labeling.cvat.ask_every_s if labeling.backend == "cvat" else 0.0


def impatient(home: Home) -> Home:
    """The home with a server that is given up on soon: the next tick asks again."""
    cvat = home.settings.labeling.cvat
    quick = cvat.model_copy(update={"timeout_s": min(cvat.timeout_s, TICK_TIMEOUT_S), "retries": 0})
    labeling = home.settings.labeling.model_copy(update={"cvat": quick})
    return replace(home, settings=home.settings.model_copy(update={"labeling": labeling}))
