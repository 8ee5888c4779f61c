"""Dagster's databases live for moments in tests: what makes them last, and make them again, is left out."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import Engine

KNOWN: dict[str, ScriptDirectory] = {}


@pytest.fixture(scope="session", autouse=True)
def databases_of_moments():
    """In all tests of this process."""
    with short_lived():
        yield


@contextmanager
def short_lived() -> Iterator[None]:
    """Each database that is made or opened asks for all migrations there ever were: they are read once.

    And none waits for the disk, for no test cuts the power.
    """
    read = ScriptDirectory.from_config

    def read_once(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location")
        KNOWN[place] = KNOWN.get(place) or read(config)
        return KNOWN[place]

    event.listen(Engine, "connect", _without_waiting)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ScriptDirectory, "from_config", read_once)
        yield
    event.remove(Engine, "connect", _without_waiting)


def _without_waiting(connection, _record):
    connection.execute("PRAGMA synchronous=OFF")
