"""Inboxes elsewhere: events that arrive in an object store are moved into the local inbox."""

from autoretrain_assets.feedback.remote.drain import drain

__all__ = ["drain"]
