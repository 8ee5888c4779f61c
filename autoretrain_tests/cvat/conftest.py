"""Every test here may have a server."""

from autoretrain_tests.cvat.fixtures import cvat_server

__all__ = ["cvat_server"]
