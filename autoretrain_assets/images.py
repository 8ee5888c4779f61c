"""What can be said of an image's pixels without a model: size, perceptual hash, light, sharpness."""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from autoretrain_assets.errors import InputError

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
FORMATS = {"JPEG": "jpg", "PNG": "png", "BMP": "bmp", "WEBP": "webp"}
"""The formats that are kept, and the suffix of their files."""

MULTI_PICTURE = "MPO"
"""What Pillow calls a JPEG that carries further pictures, as phones and drones write them; the first one counts."""

UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)
"""What Pillow raises for bytes that are no whole image; struct.error comes from broken EXIF."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """One image, measured. Sizes are in pixels after EXIF rotation, as a model sees the image.

    brightness and contrast are mean and standard deviation of the gray levels (0 to 255), sharpness is
    the variance of their Laplacian (Pech-Pacheco et al. 2000), both of the image at most 640 px wide.
    """

    suffix: str
    width: int
    height: int
    phash: int
    brightness: float
    contrast: float
    sharpness: float


def measure(content: bytes, max_pixels: int, name: str = "image") -> ImageFacts:
    """Decode the whole image and measure it; raises InputError where it is no image, broken or too large."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as image:
            suffix = FORMATS["JPEG" if image.format == MULTI_PICTURE else str(image.format)]
            if image.width * image.height > max_pixels:
                raise InputError(f"{name} has {image.width} x {image.height} pixels, over feedback.max_image_pixels.")
            gray = ImageOps.exif_transpose(image).convert("RGB").convert("L")
    except UNREADABLE as error:
        # Pillow's own words for this name a place in memory, which no two runs share
        why = "of no known kind" if isinstance(error, UnidentifiedImageError) else error
        raise InputError(f"{name} cannot be read as an image ({why}): send JPEG, PNG, BMP or WebP.") from error
    return _facts(gray, suffix)


def without_trailer(content: bytes) -> bytes:
    """The image without what stands behind a JPEG's end marker; raises InputError where a JPEG has no end.

    A trainer rewrites such a file in place, and with it every link to it.
    """
    if not content.startswith(JPEG_START) or content.endswith(JPEG_END):
        return content
    end = content.rfind(JPEG_END)
    if end < 0:
        raise InputError("the JPEG has no end: it was cut off on its way")
    return content[: end + len(JPEG_END)]


def _facts(gray: Image.Image, suffix: str) -> ImageFacts:
    # They take half a second to import, which who only asks for a home's state need not wait for.
    import cv2
    import imagehash
    import numpy as np

    small = np.asarray(_shrunk(gray), dtype=np.uint8)
    return ImageFacts(
        suffix=suffix,
        width=gray.width,
        height=gray.height,
        phash=int(str(imagehash.phash(gray)), 16),
        brightness=float(small.mean()),
        contrast=float(small.std()),
        sharpness=float(cv2.Laplacian(small, cv2.CV_64F).var()),
    )


def _shrunk(gray: Image.Image, longest: int = 640) -> Image.Image:
    scale = longest / max(gray.size)
    if scale >= 1:
        return gray
    return gray.resize((max(1, round(gray.width * scale)), max(1, round(gray.height * scale))), Image.Resampling.BOX)
