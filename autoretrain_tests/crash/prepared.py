"""What a pass finds done when it is forked: all is imported, and Dagster's migrations are read."""

import tempfile

import dagster as dg
import torch  # noqa: F401 - what it loads is what a pass would wait for

from autoretrain_assets.commands import runs  # noqa: F401
from autoretrain_tests.moments import short_lived

with short_lived(), tempfile.TemporaryDirectory() as folder, dg.DagsterInstance.local_temp(folder):
    pass
