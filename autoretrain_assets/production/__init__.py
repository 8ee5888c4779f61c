"""Production's side: report what the model sees, and follow the releases. Standard library only."""

from autoretrain_assets.production.client import FeedbackClient
from autoretrain_assets.production.inbox import write_event
from autoretrain_assets.production.model import Model, ModelUnavailableError, ProductionModel

__all__ = ["FeedbackClient", "Model", "ModelUnavailableError", "ProductionModel", "write_event"]
