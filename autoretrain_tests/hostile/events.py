"""Events whose JSON or whose fields are wrong, odd, or only look so."""

import json
from collections.abc import Iterator
from typing import Any

from autoretrain_tests.hostile.case import Case, fields, prediction, said, verdict

WRONG: dict[str, Any] = {"null": None, "true": True, "number": 1, "text": "a b/", "list": [], "object": {}}
OPTIONAL = ("model_version", "probability", "domain")
BROKEN_JSON = {
    "empty": b"",
    "space": b" \n",
    "half": b'{"event_id": "a',
    "two": b"{}{}",
    "lines": b"{}\n{}",
    "comment": b"{} // said",
    "comma": b'{"event_id": "a",}',
    "quotes": b"{'event_id': 'a'}",
    "bare": b"{event_id: 1}",
    "csv": b"event_id,image\na,a.jpg\n",
    "xml": b'<?xml version="1.0"?><event id="a"/>',
    "html": b"<!DOCTYPE html><html></html>",
    "yaml": b"event_id: a\nimage: a.jpg\n",
    "pickle": b"\x80\x04\x95\x01\x00\x00\x00.",
    "zip": b"PK\x03\x04" + bytes(40),
    "nul": b"\0" * 64,
    "list": b"[{}]",
    "null": b"null",
    "text": b'"event"',
    "digits": b"9" * 5000,
    "deep-lists": b"[" * 100_000,
    "deep-objects": b'{"a":' * 100_000,
    "closed-lists": b"[" * 100_000 + b"]" * 100_000,
    "overlong-utf8": b'{"source": "\xc0\xaf"}',
    "latin-1": '{"source": "é"}'.encode("latin-1"),
    "raw-surrogate": b'{"source": "\xed\xa0\x80"}',
    "control": b'{"source": "a\x01b"}',
}

BEGUN_WELL = {"two": "event_id:", "lines": "event_id:", "comment": "event_id:", "deep-objects": "a: no event has"}
"""What is wrong with those whose first bytes are JSON shows before their end is read."""


def cases() -> Iterator[Case]:
    """Every event."""
    yield from _json()
    yield from _encodings()
    yield from _types()
    yield from _missing()
    yield from _numbers()
    yield from _boxes()
    yield from _texts()


def _json() -> Iterator[Case]:
    for name, content in BROKEN_JSON.items():
        yield Case(f"json-{name}", content, BEGUN_WELL.get(name, "event:"))
    for field in ("event_id", "source", "image", "predictions"):
        name = f"json-twice-{field}"
        again = json.dumps({field: fields(name)[field]}).encode()
        yield Case(name, said(name)[:-1] + b", " + again[1:], f"{field}: stands twice")
    nested = said("json-twice-box").replace(b'"x1": 1', b'"x1": 1, "x1": 2')
    yield Case("json-twice-box", nested, "x1: stands twice")
    yield Case("json-deep-field", said("json-deep-field").replace(b'"cam"', b"[" * 99_999 + b"]" * 99_999), "source:")
    yield Case("json-huge", said("json-huge", source="x" * 1_000_001), "over feedback.max_event_bytes")
    yield Case("json-wide", json.dumps({f"k{at}": at for at in range(50_000)}).encode(), "k0: no event has")
    yield Case("json-long-name", said("json-long-name", **{"x" * 900_000: 1}), "no event has this field")
    yield Case("json-many-boxes", said("json-many-boxes", predictions=[prediction()] * 10_001), "at most 10000 items")
    yield Case("json-bad-boxes", said("json-bad-boxes", verdicts=[{}] * 10_000), "verdicts.0.x1: Field required")
    yield Case("json-trailing-nul", said("json-trailing-nul") + b"\0", "trailing characters")
    yield Case("json-trailing-space", said("json-trailing-space") + b" \r\n\t", None)


def _encodings() -> Iterator[Case]:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp037"):
        name = f"encoding-{encoding}"
        text = said(name).decode()
        yield Case(name, text.encode(encoding), "Invalid JSON")
    yield Case("encoding-utf-8-sig", b"\xef\xbb\xbf" + said("encoding-utf-8-sig"), None)
    yield Case("encoding-two-boms", b"\xef\xbb\xbf" * 2 + said("encoding-two-boms"), "Invalid JSON")
    for name, escape in (("high", "\\ud800"), ("low", "\\udcff"), ("swapped", "\\ude00\\ud83d")):
        for field in ("source", "image", "event_id"):
            case = f"surrogate-{name}-{field}"
            content = said(case, **{field: "SURROGATE"}).replace(b"SURROGATE", f"a{escape}b".encode())
            yield Case(case, content, "Invalid JSON")


def _types() -> Iterator[Case]:
    for field in [*fields(""), *OPTIONAL]:
        for kind, value in WRONG.items():
            right = (kind == "null" and field in OPTIONAL) or (kind == "list" and field in {"predictions", "verdicts"})
            if right or (kind, field) == ("number", "probability"):
                continue
            name = f"type-{field}-{kind}"
            yield Case(name, said(name, **{field: value}), f"{field}:")
    for field in prediction():
        for kind, value in WRONG.items():
            if (kind, field) not in {("number", name) for name in ("confidence", "x1", "y1", "x2", "y2")}:
                name = f"type-box-{field}-{kind}"
                yield Case(name, said(name, predictions=[prediction(**{field: value})]), f"predictions.0.{field}:")
    for kind, value in WRONG.items():
        name = f"type-kind-{kind}"
        yield Case(name, said(name, verdicts=[verdict(kind=value)]), "verdicts.0.kind:")
        yield Case(f"type-boxes-{kind}", said(f"type-boxes-{kind}", predictions=[value]), "predictions.0")


def _missing() -> Iterator[Case]:
    for field in ("event_id", "image", "captured_at", "source", "trigger"):
        left = {key: value for key, value in fields(f"missing-{field}").items() if key != field}
        yield Case(f"missing-{field}", json.dumps(left).encode(), f"{field}: Field required")
    for field in prediction():
        name = f"missing-box-{field}"
        box = {key: value for key, value in prediction().items() if key != field}
        yield Case(name, said(name, predictions=[box]), f"predictions.0.{field}: Field required")
    for field in ("unknown", "Event_id", "predictions ", "__proto__", "$ref", "constructor", "é", ""):
        name = f"unknown-{field.encode().hex()}"
        yield Case(name, said(name, **{field: 1}), "no event has this field")
    yield Case("missing-probability", said("missing-probability", trigger="random"), "must carry its probability")
    yield Case("missing-class", said("missing-class", verdicts=[verdict(label=None)]), "must name the right class")


def _numbers() -> Iterator[Case]:
    literals = (
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "1" + "0" * 400,
        "-1" + "0" * 400,
        '"1"',
        "0x10",
        "01",
        "+1",
        "1.",
    )
    for field in ("x1", "y1", "x2", "y2", "confidence"):
        for at, literal in enumerate(literals):
            name = f"number-{field}-{at}"
            content = said(name, predictions=[prediction(**{field: "LITERAL"})]).replace(b'"LITERAL"', literal.encode())
            yield Case(name, content, "event: Invalid JSON" if literal[0] in "0+" or literal == "1." else f".{field}:")
    for at, value in enumerate((-0.01, 1.01, -1, 2, 1e300)):
        yield Case(
            f"confidence-{at}", said(f"confidence-{at}", predictions=[prediction(confidence=value)]), "confidence:"
        )
    for at, value in enumerate((0, 0.0, -0.5, 1.5)):
        name = f"probability-{at}"
        yield Case(name, said(name, trigger="random", probability=value), "probability:")
    for at, value in enumerate((0, 1, 5e-324)):
        yield Case(f"confident-{at}", said(f"confident-{at}", predictions=[prediction(confidence=value)]), None)


def _boxes() -> Iterator[Case]:
    area, outside = "x1 < x2 and y1 < y2 must hold", "outside the image of 64 x 48"
    wrong = {
        "inverted": ({"x1": 20, "x2": 1}, area),
        "upside-down": ({"y1": 20, "y2": 1}, area),
        "flat": ({"x2": 1}, area),
        "point": ({"x2": 1, "y2": 1}, area),
        "left": ({"x1": -2.1}, outside),
        "above": ({"y1": -2.1}, outside),
        "right": ({"x2": 66.1}, outside),
        "below": ({"y2": 50.1}, outside),
        "beyond": ({"x1": 100, "x2": 120}, outside),
        "in-the-margin": ({"x1": -2, "x2": 0}, outside),
        "in-the-far-margin": ({"x1": 64, "x2": 66}, outside),
        "huge": ({"x1": -1e300, "x2": 1e300}, outside),
        "of-another-size": ({"x2": 640, "y2": 480}, outside),
        "class": ({"label": "cow"}, "none of the classes"),
        "class-case": ({"label": "Car"}, "none of the classes"),
        "class-space": ({"label": "car "}, "none of the classes"),
        "class-twin": ({"label": "с\u0430r"}, "none of the classes"),
        "class-index": ({"label": "0"}, "none of the classes"),
    }
    for name, (change, reason) in wrong.items():
        yield Case(f"box-{name}", said(f"box-{name}", predictions=[prediction(), prediction(**change)]), reason)
        yield Case(
            f"said-{name}",
            said(f"said-{name}", verdicts=[verdict(**change)] if name != "flat" else [verdict(x2=5)]),
            reason,
        )
    fine = {
        "whole": {"x1": 0, "y1": 0, "x2": 64, "y2": 48},
        "sticks-out": {"x1": -2, "y2": 50},
        "thin": {"x2": 1.0000001},
    }
    for name, change in fine.items():
        yield Case(f"box-{name}", said(f"box-{name}", predictions=[prediction(**change)]), None)
    yield Case("box-none", said("box-none", predictions=[], verdicts=[]), None)


def _texts() -> Iterator[Case]:
    bad = {"empty": "", "nul": "a\0", "newline": "a\n", "tab": "\t", "delete": "\x7f", "slash": "a/b", "back": "a\\b"}
    for kind, text in (bad | {"long": "x" * 129}).items():
        for field in ("source", "domain", "model_version"):
            name = f"text-{field}-{kind}"
            yield Case(name, said(name, **{field: text}), f"{field}:")
    fine = {
        "emoji": "\U0001f600" * 128,
        "rtl": "a\u202egpj",
        "nfd": "e\u0301",
        "nfc": "é",
        "dots": "..",
        "line": "a\u2028b",
    }
    for kind, text in (fine | {"formula": "=1+1", "markup": "<script>", "quote": "'\";--", "format": "{0}%s"}).items():
        yield Case(f"text-fine-{kind}", said(f"text-fine-{kind}", source=text, domain=text), None)
    for kind, text in {
        "space": "a b",
        "slash": "a/b",
        "long": "x" * 129,
        "umlaut": "ä",
        "line": "a\n",
        "up": "../a",
    }.items():
        yield Case(f"text-id-{kind}", said(f"text-id-{kind}", event_id=text), "event_id:")
