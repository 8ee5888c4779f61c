"""The body of a request: multipart/form-data of two parts, each held to its limit while it arrives."""

from collections.abc import AsyncIterator, Mapping

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from autoretrain_assets.door.answers import Refused

FRAMING = 16_384
"""Bytes that boundaries and headers of the parts may take."""


def boundary_of(content_type: str) -> bytes:
    """What separates the parts; raises Refused where the body is something else, or its parts cannot be told apart."""
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise Refused(415, "send multipart/form-data with the parts event and image.")
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise Refused(400, "Content-Type names no boundary: let your HTTP library write that header.")
    return boundary


async def read_parts(chunks: AsyncIterator[bytes], boundary: bytes, limits: Mapping[str, int]) -> Mapping[str, bytes]:
    """The parts by name, exactly those of `limits`, which are bytes; raises Refused.

    File names and types that the sender gives to its parts mean nothing here.
    """
    parts = _Parts(limits)
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type] # a dict where it wants its own
        async for chunk in chunks:
            parser.write(chunk)
    except FormParserError as error:
        raise Refused(400, f"the body is no multipart/form-data: {error}.") from error
    return parts.whole()


class _Parts:
    """What the parser's callbacks fill."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = limits
        self._read: dict[str, bytearray] = {}
        self._ended = False
        self._name, self._header, self._value, self._disposition = "", b"", b"", b""

    def callbacks(self) -> Mapping[str, object]:
        """By the parser's names."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_header,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._add,
            "on_end": self._end,
        }

    def whole(self) -> Mapping[str, bytes]:
        """The parts, once all came to their end."""
        if not self._ended:
            raise Refused(400, "the body was cut off before its last boundary.")
        for name in self._limits:
            if name not in self._read:
                raise Refused(400, f"the part {name} is missing.", name)
        return {name: bytes(content) for name, content in self._read.items()}

    def _begin(self) -> None:
        self._disposition = b""

    def _add_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name not in self._limits:
            raise Refused(400, f"there is no part {self._name[:40]!r}: send {' and '.join(self._limits)}.")
        if self._name in self._read:
            raise Refused(400, f"the part {self._name} came twice.", self._name)
        self._read[self._name] = bytearray()

    def _add(self, data: bytes, start: int, end: int) -> None:
        part = self._read[self._name]
        if len(part) + end - start > self._limits[self._name]:
            raise Refused(413, f"{self._name}: over feedback.max_{self._name}_bytes.", self._name)
        part += data[start:end]

    def _end(self) -> None:
        self._ended = True
