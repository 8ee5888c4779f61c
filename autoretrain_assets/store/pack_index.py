"""The index of a git pack: where each of its objects begins (gitformat-pack, version 2)."""

import hashlib
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate

_ID = 20
_IDS = 8 + 256 * 4
"""The ids come after the head, and a table that ends with their count."""
_FAR = 1 << 31
"""An object that begins here or later has its place in a second table, of 64 bits."""


def index_of(places: Mapping[bytes, tuple[int, int]], checksum: bytes) -> bytes:
    """The index of the pack with this checksum; `places` maps an id to where the object begins, and its CRC."""
    rows = sorted((identifier, offset, crc) for identifier, (offset, crc) in places.items())
    starting = Counter(identifier[0] for identifier, _, _ in rows)
    far = [offset for _, offset, _ in rows if offset >= _FAR]
    numbers = {offset: _FAR | number for number, offset in enumerate(far)}
    parts = [
        b"\xfftOc\0\0\0\2",
        _table("I", list(accumulate(starting[byte] for byte in range(256)))),
        b"".join(identifier for identifier, _, _ in rows),
        _table("I", [crc for _, _, crc in rows]),
        _table("I", [numbers.get(offset, offset) for _, offset, _ in rows]),
        _table("Q", far),
        checksum,
    ]
    body = b"".join(parts)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def offsets_in(index: bytes) -> dict[bytes, int]:
    """Where each object begins, by its id, as a pack's index says; raises ValueError for one that is not whole."""
    try:
        (count,) = struct.unpack_from(">I", index, _IDS - 4)
        ids = [index[at : at + _ID] for at in range(_IDS, _IDS + count * _ID, _ID)]
        near = struct.unpack_from(f">{count}I", index, _IDS + count * (_ID + 4))
        far = struct.unpack_from(f">{sum(one >= _FAR for one in near)}Q", index, _IDS + count * (_ID + 8))
    except struct.error as error:
        raise ValueError(f"it is not whole: {error}") from None
    return dict(zip(ids, (far[one - _FAR] if one >= _FAR else one for one in near), strict=True))


def _table(kind: str, numbers: Sequence[int]) -> bytes:
    return struct.pack(f">{len(numbers)}{kind}", *numbers)
