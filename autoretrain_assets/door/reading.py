"""What the two parts say: an event of the right form, and an image of a known kind."""

import codecs
import io
import json

from PIL import Image
from pydantic_core import from_json

from autoretrain_assets.door.answers import Refused, malformed
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.doubles import refuse_doubles
from autoretrain_assets.feedback.event import Event, parse
from autoretrain_assets.image_files import refuse_endless
from autoretrain_assets.images import FORMATS, MULTI_PICTURE, UNREADABLE


def read_event(content: bytes) -> Event:
    """The event; its `image`, which is the door's to name, means nothing yet. Raises Refused with the field."""
    try:
        said = content.removeprefix(codecs.BOM_UTF8)
        document = from_json(said, allow_inf_nan=False)
        refuse_doubles(said)  # `parse` gets what was read, where each name stands once
        named = document | {"image": "image"} if isinstance(document, dict) else document
        return parse(json.dumps(named).encode())
    except InputError as error:
        raise malformed(error) from None
    except ValueError as error:
        raise Refused(422, f"event: {error}", "event") from None


def suffix_of(image: bytes, max_pixels: int) -> str:
    """The suffix of the image's real format, with its dot; raises Refused. The pixels are left to intake to decode."""
    try:
        refuse_endless(image, "image")  # Pillow walks through all of a header before it says a size
        with Image.open(io.BytesIO(image), formats=tuple(FORMATS)) as opened:
            kind, pixels = str(opened.format), opened.width * opened.height
    except InputError as error:
        raise Refused(415, f"image: {error}", "image") from None
    except Image.DecompressionBombError:
        raise Refused(413, "image: too many pixels, over feedback.max_image_pixels.", "image") from None
    except UNREADABLE:
        raise Refused(415, "image: send a whole JPEG, PNG, BMP or WebP.", "image") from None
    if pixels > max_pixels:
        raise Refused(413, f"image: {pixels} pixels, over feedback.max_image_pixels.", "image")
    return "." + FORMATS["JPEG" if kind == MULTI_PICTURE else kind]
