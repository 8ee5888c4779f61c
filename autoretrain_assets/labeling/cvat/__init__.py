"""Labelling on a CVAT server, through its SDK: the one room that knows it. It is imported only where it is used."""

from autoretrain_assets.labeling.cvat.backend import CvatBackend

__all__ = ["CvatBackend"]
