"""A git pack: all objects of a commit in one file, so that a commit of any size is flushed once.

They are stored as they are, for images and weights are compressed already. git reads such a pack as any other.
"""

import hashlib
import os
import struct
import zlib
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BufferedRandom

COMMIT, TREE, BLOB = b"commit", b"tree", b"blob"
_NUMBERS = {COMMIT: 1, TREE: 2, BLOB: 3}
_LONGEST_BLOCK = 0xFFFF
"""Bytes; deflate counts those of a block that is not compressed in 16 bits."""


def object_id(kind: bytes, content: bytes) -> bytes:
    """What git calls an object, as 20 bytes."""
    hasher = _sha1(b"%s %d\0" % (kind, len(content)))
    hasher.update(content)
    return hasher.digest()


class Pack:
    """Objects on their way into `file`, an empty one that is open to be written and read. Each is there once.

    What the repository has `stored` already is left out. `places` has where each object begins, and the CRC of its
    bytes there.
    """

    def __init__(self, file: BufferedRandom, stored: Collection[bytes] = ()) -> None:
        self.places: dict[bytes, tuple[int, int]] = {}
        self._file, self._stored = file, stored
        self._end = file.write(_header(0))

    def add(self, kind: bytes, content: bytes) -> bytes:
        """Add one object that is in memory; returns its id."""
        identifier = object_id(kind, content)
        if not self._has(identifier):
            self.places[identifier] = self._append(kind, len(content), [content])
        return identifier

    def add_stream(self, kind: bytes, size: int, chunks: Iterable[bytes]) -> bytes:
        """Add one object of just so many bytes, a chunk of it in memory at a time; returns its id."""
        hasher = _sha1(b"%s %d\0" % (kind, size))
        place = self._append(kind, size, _seen(chunks, hasher))
        identifier = hasher.digest()
        if self._has(identifier):
            self._end = self._file.seek(place[0])
            self._file.truncate()
        else:
            self.places[identifier] = place
        return identifier

    def finish(self) -> bytes:
        """End the pack and flush it to the disk; returns its checksum."""
        self._file.seek(0)
        self._file.write(_header(len(self.places)))
        self._file.seek(0)
        with ThreadPoolExecutor(1) as beside:
            # The disk has the pack to write while the processor has it to read.
            flushed = beside.submit(os.fsync, self._file.fileno())
            checksum = hashlib.file_digest(self._file, _sha1).digest()
            flushed.result()
        self._file.write(checksum)
        self._file.flush()
        os.fsync(self._file.fileno())
        return checksum

    def _append(self, kind: bytes, size: int, chunks: Iterable[bytes]) -> tuple[int, int]:
        begin, crc = self._end, 0
        for part in _entry(kind, size, chunks):
            self._end += self._file.write(part)
            crc = zlib.crc32(part, crc)
        return begin, crc

    def _has(self, identifier: bytes) -> bool:
        return identifier in self.places or identifier in self._stored


def _header(count: int) -> bytes:
    return struct.pack(">4sII", b"PACK", 2, count)


def _entry(kind: bytes, size: int, chunks: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """One object as it stands in a pack: its kind and size, then a zlib stream."""
    yield _kind_and_size(_NUMBERS[kind], size) + b"\x78\x01"
    check = zlib.adler32(b"")
    for chunk in chunks:
        check = zlib.adler32(chunk, check)
        whole = memoryview(chunk)
        for at in range(0, len(chunk), _LONGEST_BLOCK):
            block = whole[at : at + _LONGEST_BLOCK]
            yield struct.pack("<BHH", 0, len(block), len(block) ^ 0xFFFF)
            yield block
    yield struct.pack("<BHH", 1, 0, 0xFFFF) + struct.pack(">I", check)


def _kind_and_size(number: int, size: int) -> bytes:
    """Four bits of the size beside the kind, then seven a byte, the lowest first; a high bit says that more follow."""
    numbers, rest = [number << 4 | size & 0x0F], size >> 4
    while rest:
        numbers[-1] |= 0x80
        numbers.append(rest & 0x7F)
        rest >>= 7
    return bytes(numbers)


def _seen(chunks: Iterable[bytes], hasher: "hashlib._Hash") -> Iterator[bytes]:
    for chunk in chunks:
        hasher.update(chunk)
        yield chunk


def _sha1(start: bytes = b"") -> "hashlib._Hash":
    return hashlib.sha1(start, usedforsecurity=False)
