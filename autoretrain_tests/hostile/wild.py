"""Strategies for input that nobody thought of: something valid, changed in a few places."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

from autoretrain_tests.hostile import parts
from autoretrain_tests.hostile.answers import BOX, xml
from autoretrain_tests.hostile.case import fields

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=True)
    | st.text(max_size=12)
    | st.sampled_from(["", "..", "e.jpg", "other.jpg", "car", "9999-12-31T23:59:59Z", "\x00", "\ud800", "a" * 300])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
PICTURES = {
    ".jpg": (parts.jpeg(exif=parts.exif(6)), parts.jpeg(progressive=True)),
    ".png": (parts.png(exif=parts.exif(6)), parts.png(pnginfo=None)),
    ".webp": (parts.webp(exif=parts.exif(6)), parts.webp(save_all=True, append_images=[parts.picture().rotate(90)])),
    ".bmp": (parts.saved(parts.picture(), "BMP"),),
}


@st.composite
def events(draw: st.DrawFn) -> bytes:
    """The JSON of a valid event with one to three places changed: replaced, removed, added or doubled."""
    event: Any = copy.deepcopy(fields("e"))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(list(_places(event))))
        _change(place, draw)
    return json.dumps(event).encode("utf-8", "surrogatepass")


@st.composite
def damaged(draw: st.DrawFn, content: bytes, most: int = 6) -> bytes:
    """The bytes with a few of them changed, removed, inserted, or the end torn off."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(len(changed) - 1, 0)))
        size = draw(st.sampled_from([0, 1, 2, 4, 64]))
        changed[at : at + size] = draw(st.binary(max_size=4))
    return bytes(changed[: draw(st.none() | st.integers(0, len(changed)))])


@st.composite
def images(draw: st.DrawFn) -> tuple[str, bytes]:
    """A suffix, and a damaged image of that kind."""
    suffix = draw(st.sampled_from(sorted(PICTURES)))
    return suffix, draw(damaged(draw(st.sampled_from(PICTURES[suffix]))))


@st.composite
def answers(draw: st.DrawFn, one: str, two: str) -> bytes:
    """An answer to a task of these two images: with odd values, or damaged."""
    sides = {
        side: draw(st.sampled_from(["1", "30", "-1", "1e9", "NaN", "", "64", "2.5"]))
        for side in ("xtl", "ytl", "xbr", "ybr")
    }
    label = draw(st.sampled_from(["car", "cow", "", "&amp;", "bus"]))
    odd = f'<box label="{label}" ' + " ".join(f'{side}="{value}"' for side, value in sides.items()) + "/>"
    inside = "".join(
        draw(st.lists(st.sampled_from([BOX, odd, "<tag/>", "<polygon/>", "text", "<image/>"]), max_size=4))
    )
    more = draw(st.sampled_from(["", f'<image name="{one}"/>', "<track/>", "<image/>"]))
    content = xml(one, two, inside, more).encode()
    return draw(damaged(content)) if draw(st.booleans()) else content


def _places(node: Any) -> Any:
    """Each container of the document with one of its keys."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield node, key
        yield from _places(child)


def _change(place: tuple[Any, Any], draw: st.DrawFn) -> None:
    node, key = place
    how = draw(st.sampled_from(["replace", "remove", "add"]))
    if how == "replace":
        node[key] = draw(VALUES)
    elif how == "remove":
        del node[key]
    elif isinstance(node, dict):
        node[draw(st.text(max_size=6))] = draw(VALUES)
    else:
        node.append(draw(VALUES))
