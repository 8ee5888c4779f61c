"""What can be said of an image's pixels without a model: size, perceptual hash, light, sharpness."""

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from autoretrain_assets.errors import InputError
from autoretrain_assets.image_files import refuse_endless, upright

FORMATS = {"JPEG": "jpg", "PNG": "png", "BMP": "bmp", "WEBP": "webp"}
"""The formats that are kept, and the suffix of their files."""

MULTI_PICTURE = "MPO"
"""What Pillow calls a JPEG that carries further pictures, as phones and drones write them; the first one counts."""

UNREADABLE = (
    *(UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError),
    *(struct.error, zlib.error),
)
"""What Pillow raises for bytes that are no whole image; most of it comes from broken EXIF."""

MAX_SIDE_PX = 65_535
"""A JPEG cannot be longer, and of a longer line a decoder runs out of memory."""

SAME_GRAY = 8
"""Gray levels by which two decoders may round differently."""


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
    """Decode the whole image and measure it; raises InputError where it is no image, broken or too large.

    A model's decoder forgives what a training leaves out, and reads a rotation that stands elsewhere than in
    EXIF, or an animation, in its own way. So two must agree: on any other image boxes would not fit.
    """
    refuse_endless(content, name)
    suffix, shown = _as_people_see_it(content, max_pixels, name)
    seen = _as_models_see_it(content, name)
    if not _is_alike(seen, shown):
        raise InputError(
            f"{name} does not look the same to every reader, by its rotation or its frames: "
            "send the plain upright image, without XMP and animation."
        )
    return _facts(Image.fromarray(seen), suffix)


def _as_people_see_it(content: bytes, max_pixels: int, name: str) -> tuple[str, NDArray[np.uint8]]:
    """The suffix and the gray levels as Pillow reads them, which accepts whole images only."""
    try:
        _opened(content).verify()  # as ultralytics does, which leaves out an image whose later frames are broken
        with _opened(content) as image:
            suffix = FORMATS["JPEG" if image.format == MULTI_PICTURE else str(image.format)]
            if image.width * image.height > max_pixels:
                raise InputError(f"{name} has {image.width} x {image.height} pixels, over feedback.max_image_pixels.")
            if max(image.size) > MAX_SIDE_PX:
                raise InputError(f"{name} has {image.width} x {image.height} pixels, a side over {MAX_SIDE_PX}.")
            return suffix, np.asarray(upright(image).convert("L"), dtype=np.uint8)
    except Image.DecompressionBombError as error:
        raise InputError(f"{name} has too many pixels, over feedback.max_image_pixels: {error}") from error
    except UNREADABLE as error:
        # Pillow's own words for this name a place in memory, which no two runs share
        why = "of no known kind" if isinstance(error, UnidentifiedImageError) else error
        raise InputError(f"{name} cannot be read as an image ({why}): send JPEG, PNG, BMP or WebP.") from error


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=tuple(FORMATS))


def _as_models_see_it(content: bytes, name: str) -> NDArray[np.uint8]:
    """The gray levels of the upright image that ultralytics trains on and predicts from."""
    import cv2  # it takes half a second, which who only asks for a home's state need not wait for

    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise InputError(f"{name} cannot be read as an image (OpenCV does not read it): save it anew.")
    colours = Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
    gray: NDArray[np.uint8] = np.asarray(colours.convert("L"), dtype=np.uint8)
    return gray


def _is_alike(seen: NDArray[np.uint8], shown: NDArray[np.uint8]) -> bool:
    import cv2

    return seen.shape == shown.shape and int(cv2.absdiff(seen, shown).max()) <= SAME_GRAY


def _facts(gray: Image.Image, suffix: str) -> ImageFacts:
    import cv2
    import imagehash

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
