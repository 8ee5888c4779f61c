"""Dagster's databases live for moments in tests: what makes them last, and make them again, is left out."""

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import Engine


@pytest.fixture(scope="session", autouse=True)
def databases_of_moments():
    """Each database that is made or opened asks for all migrations there ever were: they are read once.

    And none waits for the disk, for no test cuts the power.
    """
    read, known = ScriptDirectory.from_config, dict[str, ScriptDirectory]()

    def read_once(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location")
        known[place] = known.get(place) or read(config)
        return known[place]

    event.listen(Engine, "connect", _without_waiting)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ScriptDirectory, "from_config", read_once)
        yield
    event.remove(Engine, "connect", _without_waiting)


def _without_waiting(connection, _record):
    connection.execute("PRAGMA synchronous=OFF")
