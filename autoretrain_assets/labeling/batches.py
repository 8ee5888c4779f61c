"""What a batch must be, before a task is made of it."""

from collections import Counter

from autoretrain_assets.errors import IntegrityError, LabelingError
from autoretrain_assets.labeling.base import Batch, BatchImage, KnownImage


def check(batch: Batch) -> None:
    """Raise LabelingError for a batch without an image or with one twice, IntegrityError where a file is missing."""
    if not batch.images:
        raise LabelingError(f"Batch {batch.key} has no image: there is nothing to label.")
    everything: list[BatchImage | KnownImage] = [*batch.images, *batch.known]
    count = Counter(image.sha256 for image in everything)
    sha256, times = count.most_common(1)[0]
    if times > 1:
        raise LabelingError(f"Batch {batch.key} has image {sha256} {times} times: name each once.")
    missing = [image.path for image in everything if not image.path.is_file()]
    if missing:
        raise IntegrityError(f"{missing[0]} is missing, so task {batch.key} cannot be made: restore the image.")
