"""Versions on a lakeFS server. It is imported only where it is used: its client takes a while to import."""

from autoretrain_assets.store.lakefs.store import LakefsStore

__all__ = ["LakefsStore"]
