"""What lies in an inbox besides plain files with plain names; each is laid out below `inbox`, secrets in `outside`."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autoretrain_tests.hostile.case import said
from autoretrain_tests.hostile.parts import jpeg

GRIN = "\N{GRINNING FACE}"


@dataclass(frozen=True)
class Layout:
    """What is laid out; the ids that are accepted, and a part of the reason for each file that is refused.

    `stays` are the files that are no events and are left where they lie.
    """

    name: str
    lay: Callable[[Path, Path], None]
    accepted: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)
    stays: frozenset[str] = frozenset()


def layouts() -> Iterator[Layout]:
    """Every layout."""
    yield from _links()
    yield from _no_files()
    yield from _odd_names()
    yield from _twins()


def send(inbox: Path, stem: str, event_id: str, image: str | None = None, **changes: object) -> None:
    """A valid event in a file of any name, with its image."""
    image = f"{event_id}.jpg" if image is None else image
    (inbox / image).write_bytes(jpeg())
    (inbox / f"{stem}.json").write_bytes(said(event_id, image=image, **changes))


def _links() -> Iterator[Layout]:
    def to(target: str) -> Callable[[Path, Path], None]:
        return lambda inbox, outside: (inbox / "x.json").symlink_to(target.format(inbox=inbox, outside=outside))

    for name, target in {
        "to-a-secret": "{outside}/secret.json",
        "to-nothing": "/nowhere",
        "to-itself": "x.json",
        "to-zeros": "/dev/zero",
        "to-this-process": "/proc/self/environ",
        "to-a-name-like-none": "a\n\x01b",
    }.items():
        yield Layout(f"link-{name}", to(target), refused={"x.json": "not a plain file"})

    def image(target: str) -> Callable[[Path, Path], None]:
        def lay(inbox: Path, outside: Path) -> None:
            (inbox / "e.jpg").symlink_to(target.format(inbox=inbox, outside=outside))
            (inbox / "e.json").write_bytes(said("e"))

        return lay

    for name, target in {
        "outside": "{outside}/secret.jpg",
        "inside": "{inbox}/other.jpg",
        "loop": "e.jpg",
        "zeros": "/dev/zero",
    }.items():
        yield Layout(f"image-link-{name}", image(target), refused={"e.json": "there is no file"})

    def folder(inbox: Path, outside: Path) -> None:
        (inbox / "more").symlink_to(outside)
        (inbox / "loop").symlink_to(inbox)
        (inbox / "x.json").symlink_to(outside)

    yield Layout("linked-folders", folder)


def _no_files() -> Iterator[Layout]:
    def listening(path: Path) -> None:
        # the address of a socket may have no more than 107 bytes
        here = Path.cwd()
        os.chdir(path.parent)
        try:
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(path.name)
        finally:
            os.chdir(here)

    makers = {"folder": Path.mkdir, "pipe": os.mkfifo, "socket": listening}
    for name, make in makers.items():
        yield Layout(f"{name}-as-event", lambda inbox, _, m=make: m(inbox / "x.json"))

        def image(inbox: Path, _: Path, m: Callable[[Path], None] = make) -> None:
            m(inbox / "e.jpg")
            (inbox / "e.json").write_bytes(said("e"))

        yield Layout(f"{name}-as-image", image, refused={"e.json": "there is no file"})

    def inside(inbox: Path, _: Path) -> None:
        (inbox / "x.json").mkdir()
        send(inbox / "x.json", "x", "within")

    yield Layout("event-in-a-folder-called-json", inside, accepted=frozenset({"within"}))


def _odd_names() -> Iterator[Layout]:
    stems = {
        "not-utf-8": os.fsdecode(b"x\xff\xfe"),
        "of-255-bytes": GRIN * 62 + "ab",
        "newline": "a\nb",
        "escape": "\x1b[31mred",
        "rtl": "a\u202enosj",
        "dash": "-rf",
        "space": " ",
        "reason": "reason",
        "event": "event",
        "con": "CON",
        "nul": "NUL",
        "star": "*",
        "quote": "'\"`$(id)",
        "percent": "%2e%2e",
        "two-dots": "a..b",
        "double": "a.json",
    }
    for name, stem in stems.items():
        yield Layout(f"good-{name}", lambda inbox, _, s=stem: send(inbox, s, "e"), accepted=frozenset({"e"}))
        shown = os.fsencode(f"{stem}.json").decode("utf-8", "backslashreplace")
        torn = f"{stem}.json"
        yield Layout(f"torn-{name}", lambda inbox, _, t=torn: _tear(inbox / t), refused={shown: "Invalid JSON"})
    for name, image in {"255": "a" * 251 + ".jpg", "emoji": f"{GRIN}.jpg", "dash": "-rf.jpg", "con": "CON.jpg"}.items():
        yield Layout(
            f"image-{name}", lambda inbox, _, i=image: send(inbox, "e", "e", image=i), accepted=frozenset({"e"})
        )
        wrong = f"torn-image-{name}"
        yield Layout(
            wrong, lambda inbox, _, i=image: send(inbox, "e", "e", i, source=""), refused={"e.json": "source:"}
        )
    for name in (".x.json", "x.json.tmp", ".json"):
        yield Layout(f"unfinished-{name}", lambda inbox, _, n=name: _tear(inbox / n), stays=frozenset({name}))
    yield Layout("upper-case", lambda inbox, _: _tear(inbox / "X.JSON"), refused={"X.JSON": "Invalid JSON"})


def _twins() -> Iterator[Layout]:
    def composed(inbox: Path, _: Path) -> None:
        send(inbox, "é", "nfc", image="é.jpg")
        send(inbox, "e\u0301", "nfd", image="e\u0301.jpg")

    def cases(inbox: Path, _: Path) -> None:
        send(inbox, "a", "lower", image="a.jpg")
        send(inbox, "A", "upper", image="A.jpg")

    def other_form(inbox: Path, _: Path) -> None:
        (inbox / "é.jpg").write_bytes(jpeg())
        (inbox / "e.json").write_bytes(said("e", image="e\u0301.jpg"))

    def again(inbox: Path, _: Path) -> None:
        send(inbox, "a", "e")
        (inbox / "b.json").write_bytes(said("e", source="other"))

    def same(inbox: Path, _: Path) -> None:
        send(inbox, "a", "e")
        (inbox / "b.json").write_bytes(said("e"))

    yield Layout("composed-twins", composed, accepted=frozenset({"nfc", "nfd"}))
    yield Layout("case-twins", cases, accepted=frozenset({"lower", "upper"}))
    yield Layout("other-form", other_form, refused={"e.json": "there is no file"}, stays=frozenset({"é.jpg"}))
    yield Layout("one-id-for-two", again, accepted=frozenset({"e"}), refused={"b.json": "was used before"})
    yield Layout("one-event-twice", same, accepted=frozenset({"e"}))


def _tear(path: Path) -> None:
    path.write_text("{")
