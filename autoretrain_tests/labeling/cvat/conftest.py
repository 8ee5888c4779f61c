"""Every test here may have a server."""

from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in"]
