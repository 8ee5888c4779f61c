"""Tell the owner: in the home's alerts.log always, and by apprise at the addresses that the environment names.

The addresses hold secrets, so they stand in the environment and nowhere else.
"""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from autoretrain_assets.errors import InputError

ADDRESSES = "AUTORETRAIN_ALERTS"


def tell(log: Path, title: str, text: str) -> None:
    """Append to `log`, then send; raises InputError where apprise is missing or an address did not take it."""
    line = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {title}: {' '.join(text.split())}\n"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(line)
    addresses = os.environ.get(ADDRESSES, "").split()
    if addresses:
        _send(addresses, title, text)


def _send(addresses: list[str], title: str, text: str) -> None:
    try:
        import apprise
    except ImportError:
        raise InputError(
            f"{ADDRESSES} is set, but apprise is not installed: pip install 'autoretrain[alerts]'."
        ) from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would write addresses, and with them secrets
    sender = apprise.Apprise()
    refused = [number for number, address in enumerate(addresses, 1) if not sender.add(address)]
    taken = len(sender) == 0 or sender.notify(title=title, body=text)
    if refused:
        raise InputError(f"{ADDRESSES}: address {refused[0]} is none that apprise knows: look it up in its manual.")
    if not taken:
        raise InputError(f"{ADDRESSES}: an address did not take the message: it stands in alerts.log.")
