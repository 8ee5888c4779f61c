"""Answers to a labelling task that are broken, hostile, or drawn on something else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

BOX = '<box label="car" xtl="1" ytl="2" xbr="30" ybr="40"/>'
PROLOGUE = '<?xml version="1.0" encoding="utf-8"?>'
UNREAD = "cannot be read"


@dataclass(frozen=True)
class Answer:
    """An annotations.xml for a task of two images, and a part of the reason why it comes back; None where it is good.

    `make` is handed the file names of the two images, which are 64 x 48 pixels.
    """

    name: str
    make: Callable[[str, str], bytes]
    reason: str | None
    heavy: bool = False


def answers() -> Iterator[Answer]:
    """Every answer."""
    yield from _whole_files()
    yield from _encodings()
    yield from _images()
    yield from _shapes()
    yield from _boxes()
    yield from _many()


def xml(one: str, two: str, inside: str = BOX, more: str = "", attributes: str = 'width="64" height="48"') -> str:
    """The file of both images; `inside` stands in the first one, `more` after both."""
    first, second = f'<image id="0" name="{one}" {attributes}>{inside}</image>', f'<image id="1" name="{two}"/>'
    return f"{PROLOGUE}<annotations><version>1.1</version>{first}{second}{more}</annotations>"


def _whole_files() -> Iterator[Answer]:
    laughs = "".join(f'<!ENTITY l{at + 1} "{f"&l{at};" * 10}">' for at in range(9))
    dtds = {
        "billion-laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><annotations>&l9;</annotations>',
        "quadratic": f'<!DOCTYPE a [<!ENTITY a "{"a" * 50_000}">]><annotations>{"&a;" * 5_000}</annotations>',
        "external-entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotations>&x;</annotations>',
        "external-http": '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><annotations>&x;</annotations>',
        "parameter": '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><annotations/>',
        "dtd": '<!DOCTYPE annotations SYSTEM "file:///etc/passwd"><annotations/>',
        "empty-dtd": "<!DOCTYPE annotations><annotations/>",
    }
    for name, text in dtds.items():
        yield Answer(f"xml-{name}", lambda *_, t=text: t.encode(), "DTD or entities")
    others = {
        "empty": b"",
        "space": b" \n",
        "half": b"<annotations><image>",
        "text": b"done",
        "json": b'{"annotations": []}',
        "csv": b"image,label\n",
        "coco": b'{"images": [], "annotations": []}',
        "zip": b"PK\x03\x04" + bytes(40),
        "nul": bytes(100),
        "two-roots": b"<annotations/><annotations/>",
        "no-end": b"<annotations>",
        "undeclared-entity": b"<annotations>&x;</annotations>",
        "twice-an-attribute": b'<annotations><image name="a" name="b"/></annotations>',
        "control": b"<annotations>\x01</annotations>",
    }
    for name, content in others.items():
        yield Answer(f"file-{name}", lambda *_, c=content: c, UNREAD)
    roots = {
        "html": "<html/>",
        "voc": "<annotation/>",
        "namespace": '<annotations xmlns="urn:x"/>',
        "case": "<Annotations/>",
    }
    for name, text in roots.items():
        yield Answer(f"root-{name}", lambda *_, t=text: t.encode(), "not <annotations>")
    yield Answer("root-video", lambda *_: b'<annotations><track id="0"/></annotations>', "tracks of a video")
    yield Answer("no-images", lambda *_: b"<annotations/>", "no answer for this image")
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    yield Answer("xinclude-inside", lambda a, b: xml(a, b, include).encode(), "only rectangles count")
    yield Answer("xinclude-outside", lambda a, b: xml(a, b, more=include).encode(), None)
    style = '<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>'
    yield Answer("stylesheet", lambda a, b: xml(a, b).replace(PROLOGUE, PROLOGUE + style).encode(), None)
    yield Answer("data-section", lambda a, b: xml(a, b, f"{BOX}<![CDATA[<box/>]]><!-- <box/> -->").encode(), None)
    yield Answer("deep", lambda *_: b"<annotations>" + b"<a>" * 100_000, "nested 101 deep")


def _encodings() -> Iterator[Answer]:
    for name in ("utf-8-sig", "utf-16", "iso-8859-1", "cp1252"):
        declared = name.removesuffix("-sig")
        text = f'encoding="{declared}"'
        yield Answer(f"as-{name}", lambda a, b, n=name, t=text: _declared(a, b, t).encode(n), None)
    wrong = {
        "utf-16-said-utf-8": ('encoding="utf-8"', "utf-16-le"),
        "utf-8-said-utf-16": ('encoding="utf-16"', "utf-8"),
        "klingon": ('encoding="klingon"', "utf-8"),
        "utf-7": ('encoding="utf-7"', "utf-8"),
        "rot13": ('encoding="rot13"', "utf-8"),
        "utf-32": ('encoding="utf-32"', "utf-32"),
        "version": ('version="9"', "utf-8"),
    }
    for name, (said, encoding) in wrong.items():
        yield Answer(f"as-{name}", lambda a, b, s=said, e=encoding: _declared(a, b, s).encode(e), UNREAD)
    yield Answer("as-broken-utf-8", lambda a, b: xml(a, b).encode().replace(b"car", b"c\xffr"), UNREAD)


def _declared(one: str, two: str, said: str) -> str:
    return xml(one, two).replace('encoding="utf-8"', said)


def _images() -> Iterator[Answer]:
    def edited(change: Callable[[str, str], str]) -> Callable[[str, str], bytes]:
        return lambda one, two: change(one, two).encode()

    told = {
        "lost": (lambda a, b: xml(a, b).replace(f'<image id="1" name="{b}"/>', ""), "no answer for this image"),
        "twice": (lambda a, b: xml(a, b, more=f'<image name="{a}"/>'), "answered 2 times"),
        "twice-by-folder": (lambda a, b: xml(a, b, more=f'<image name="x/{a}"/>'), "answered 2 times"),
        "foreign": (lambda a, b: xml(a, b, more='<image name="cat.jpg"/>'), "not an image of this task"),
        "named-by-hash": (lambda a, b: xml(a.partition(".")[0], b), "not an image of this task"),
        "case": (lambda a, b: xml(a.upper(), b), "not an image of this task"),
        "no-name": (lambda a, b: xml(a, b, more="<image/>"), "not an image of this task"),
        "up": (lambda a, b: xml(a, b, more='<image name="../../etc/passwd"/>'), "not an image of this task"),
        "newline": (lambda a, b: xml(a, b, more='<image name="a&#10;b"/>'), "not an image of this task"),
        "turned": (lambda a, b: xml(a, b, attributes='width="48" height="64"'), "drawn on 48 x 64"),
        "resized": (lambda a, b: xml(a, b, attributes='width="640" height="480"'), "drawn on 640 x 480"),
        "negative": (lambda a, b: xml(a, b, attributes='width="-64" height="48"'), "drawn on -64 x 48"),
        "one-side": (lambda a, b: xml(a, b, attributes='width="65"'), "drawn on 65 x 0"),
        "no-size": (lambda a, b: xml(a, b, attributes=""), None),
        "nan-size": (lambda a, b: xml(a, b, attributes='width="NaN" height="inf"'), None),
        "in-a-folder": (lambda a, b: xml(f"images/{a}", f"C:\\images\\{b}"), None),
        "nested": (lambda a, b: xml(a, b, more=f'<chapter><image name="{a}"/></chapter>'), None),
        "other-ids": (lambda a, b: xml(a, b).replace('id="1"', 'id="0"'), None),
    }
    for name, (change, reason) in told.items():
        yield Answer(f"image-{name}", edited(change), reason)


def _shapes() -> Iterator[Answer]:
    for shape in ("polygon", "polyline", "points", "mask", "ellipse", "cuboid", "skeleton", "Box", "x"):
        text = f'{BOX}<{shape} label="car" points="1,1;20,1;20,20"/>'
        yield Answer(f"shape-{shape}", lambda a, b, t=text: xml(a, b, t).encode(), "only rectangles count")
    for name, turned in {"right": "90", "little": "0.1", "less": "-45", "nan": "NaN", "text": "some"}.items():
        text = BOX.replace("/>", f' rotation="{turned}"/>')
        yield Answer(f"rotated-{name}", lambda a, b, t=text: xml(a, b, t).encode(), "only upright boxes count")
    for turned in ("0", "360", "-720.0", "0e9"):
        text = BOX.replace("/>", f' rotation="{turned}"/>')
        yield Answer(f"upright-{turned}", lambda a, b, t=text: xml(a, b, t).encode(), None)
    tags = f'{BOX}<tag label="dark"/><attribute name="x">y</attribute>'
    yield Answer("tags", lambda a, b: xml(a, b, tags).encode(), None)


def _boxes() -> Iterator[Answer]:
    for side in ("xtl", "ytl", "xbr", "ybr"):
        for name, value in {
            "nan": "NaN",
            "inf": "inf",
            "minus-inf": "-inf",
            "far": "1e999",
            "empty": "",
            "hex": "0x1",
            "comma": "1,5",
            "arabic": "١",
            "underscore": "1_0",
        }.items():
            text = BOX_OF.format(**(SIDES | {side: value}))
            yield Answer(f"corner-{side}-{name}", lambda a, b, t=text: xml(a, b, t).encode(), "no finite number")
        text = BOX_OF.format(**SIDES).replace(f' {side}="', ' x="')
        yield Answer(f"corner-{side}-missing", lambda a, b, t=text: xml(a, b, t).encode(), "no finite number")
    wrong = {
        "inverted": ({"xtl": 30, "xbr": 1}, "is inverted"),
        "upside-down": ({"ytl": 40, "ybr": 2}, "is inverted"),
        "flat": ({"xbr": 1}, "has a side shorter"),
        "thin": ({"xbr": 1.5}, "has a side shorter"),
        "left": ({"xtl": -3}, "sticks 3.0 px out"),
        "below": ({"ybr": 51}, "sticks 3.0 px out"),
        "beyond": ({"xtl": 100, "xbr": 130}, "out of the image"),
        "negative": ({"xtl": -30, "ytl": -40, "xbr": -1, "ybr": -2}, "out of the image"),
        "huge": ({"xbr": 1e300}, "out of the image"),
        "in-the-margin": ({"xtl": -2, "xbr": 0}, "has a side shorter"),
        "class-spaces": ({"label": " bus"}, "has an unknown class"),
        "class-newline": ({"label": "c&#10;ow"}, "has an unknown class"),
        "class-long": ({"label": "cow" * 100}, "has an unknown class"),
        "class-case": ({"label": "Car"}, "has an unknown class"),
        "class-markup": ({"label": "&lt;b&gt;"}, "has an unknown class"),
        "class-none": ({"label": ""}, "without a label"),
    }
    for name, (change, reason) in wrong.items():
        text = BOX + BOX_OF.format(**(SIDES | change))
        yield Answer(f"box-{name}", lambda a, b, t=text: xml(a, b, t).encode(), reason)
    fine = {
        "proposes-a-class": {"label": "cow"},
        "sticks-out": {"xtl": -2, "ybr": 50},
        "spaces": {"xtl": " 1 "},
        "power": {"xbr": "3e1"},
        "plus": {"xtl": "+1"},
    }
    for name, change in fine.items():
        yield Answer(f"box-{name}", lambda a, b, c=change: xml(a, b, BOX_OF.format(**(SIDES | c))).encode(), None)
    yield Answer("box-none", lambda a, b: xml(a, b, "").encode(), None)


SIDES = {"label": "car", "xtl": 1, "ytl": 2, "xbr": 30, "ybr": 40}
BOX_OF = '<box label="{label}" xtl="{xtl}" ytl="{ytl}" xbr="{xbr}" ybr="{ybr}"/>'


def _many() -> Iterator[Answer]:
    yield Answer("many-boxes", lambda a, b: xml(a, b, BOX * 20_000).encode(), None, heavy=True)
    yield Answer("many-shapes", lambda a, b: xml(a, b, "<a/>" * 300_000).encode(), "only rectangles", heavy=True)
    yield Answer(
        "many-images", lambda *_: b"<annotations>" + b"<image/>" * 150_000, "more than 100000 images", heavy=True
    )
    yield Answer("a-million-boxes", lambda a, b: xml(a, b, BOX * 1_000_000).encode(), "is larger than", heavy=True)
    yield Answer("of-100-MB", lambda a, b: xml(a, b, " " * 100_000_000).encode(), "is larger than", heavy=True)
    yield Answer("long-name", lambda _, b: xml("a" * 5_000_000, b).encode(), "not an image of this task", heavy=True)
    yield Answer(
        "many-attributes",
        lambda a, b: xml(a, b, "<box " + " ".join(f'a{at}="1"' for at in range(50_000)) + "/>").encode(),
        "without a label",
        heavy=True,
    )
