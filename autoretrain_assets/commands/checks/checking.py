"""Ask one thing after the other, each on its own: what is broken hides nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from autoretrain_assets.commands.checks import labelling, models, places, services
from autoretrain_assets.commands.checks.doubt import Doubt
from autoretrain_assets.config import Settings
from autoretrain_assets.errors import AutoretrainError
from autoretrain_assets.home import Home
from autoretrain_assets.store.places import is_embedded
from autoretrain_assets.words import many

Check = Callable[[Home, datetime], str]

OF_PLACES: Mapping[str, Check] = {
    "permissions": places.permissions,
    "inbox": places.inbox,
    "disk": places.disk,
    "clock": places.clock,
    "tables": places.tables,
    "store": services.store,
    "daemon": services.daemon,
}
OF_SETTINGS: dict[str, Check] = {
    "weights": models.weights,
    "device": models.device,
    "labelling": labelling.tasks,
    "labels": services.labels,
}
"""What can only be asked of a home whose settings can be read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `text` says what was found, and of what is wrong the way out.

    `doubtful` is what works and is hardly meant so.
    """

    name: str
    ok: bool
    text: str
    doubtful: bool = False

    @property
    def line(self) -> str:
        """The finding as a person reads it."""
        word = "doubt" if self.doubtful else "ok   " if self.ok else "WRONG"
        return f"{word}  {self.name}: {self.text}"


def check(root: Path, now: datetime) -> list[Finding]:
    """A finding for each thing, of a home in any state."""
    by_default = Home(root.absolute(), Settings())
    settings = _found("settings", lambda *_: _described(Home.open(root)), by_default, now)
    if not root.is_dir():
        return [settings]
    home = Home.open(root) if settings.ok else by_default
    unseen = [] if settings.ok else _only_by_settings(home)
    findings = [settings, *(_found(name, ask, home, now) for name, ask in OF_PLACES.items() if name not in unseen)]
    if unseen:
        return findings + [Finding(name, False, "not looked at: mend the settings first") for name in unseen]
    asked = (
        OF_SETTINGS
        | labelling.of_backend(home.settings.labeling)
        | {f"inbox {url}": partial(services.remote_inbox, url) for url in home.settings.feedback.inboxes}
    )
    return findings + [_found(name, ask, home, now) for name, ask in asked.items()]


def _only_by_settings(home: Home) -> list[str]:
    """What cannot be asked while the settings cannot be read: they may say that the store is on a server."""
    return [*OF_SETTINGS] if is_embedded(home.root) else ["store", *OF_SETTINGS]


def _described(home: Home) -> str:
    return f"{many(len(home.classes), 'class', 'classes')}, {many(len(home.settings.release.rules), 'rule')}"


def _found(name: str, ask: Check, home: Home, now: datetime) -> Finding:
    try:
        answer = ask(home, now)
        return Finding(name, True, answer, doubtful=isinstance(answer, Doubt))
    except AutoretrainError as error:
        return Finding(name, False, " ".join(str(error).split()))
    except Exception as error:  # noqa: BLE001 - an owner asks because something is broken: whatever it is, it is the answer
        return Finding(name, False, f"{type(error).__name__}: {' '.join(str(error).split())}")
