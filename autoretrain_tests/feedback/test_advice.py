"""What helps depends on what is wrong, not on the field alone."""

import json

import pytest

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.advice import advice
from autoretrain_assets.feedback.event import parse
from autoretrain_assets.feedback.fitting import check_against_image
from autoretrain_assets.feedback.refusals import field_of

BOX = {"label": "car", "x1": 1, "y1": 1, "x2": 20, "y2": 20}
EVENT = {
    "event_id": "e1",
    "image": "e1.jpg",
    "captured_at": "2026-03-02T10:00:00Z",
    "source": "gate",
    "trigger": "operator",
    "predictions": [BOX | {"confidence": 0.5}],
    "verdicts": [BOX | {"kind": "missed"}],
}


def refusal(**changes):
    """Why an event with these changes is refused; a None takes the field out."""
    event = {name: value for name, value in (EVENT | changes).items() if value is not None}
    with pytest.raises(InputError) as refused:
        check_against_image(parse(json.dumps(event).encode()), 64, 48, ["car", "bus"])
    return str(refused.value)


@pytest.mark.parametrize(
    ("changes", "helps"),
    [
        ({"verdicts": [BOX | {"kind": "missed", "label": "boat"}]}, "label it as one of dataset.classes"),
        ({"verdicts": [BOX | {"kind": "missed", "label": None}]}, "name its class as the label"),
        ({"verdicts": [BOX | {"kind": "wrong"}]}, "kind: false_positive, missed, wrong_class or bad_box"),
        ({"verdicts": [BOX | {"kind": "missed", "x1": 30}]}, "x1 < x2 and y1 < y2"),
        ({"predictions": [BOX | {"confidence": 2}]}, "a confidence from 0 to 1"),
        ({"predictions": [BOX]}, "a confidence from 0 to 1"),
        ({"predictions": [BOX | {"confidence": 1, "x2": "20"}]}, "in pixels"),
        ({"predictions": [BOX | {"confidence": 1, "x1": 90, "x2": 99}]}, "in pixels of the upright image"),
        ({"trigger": "random"}, "add the `probability`"),
        ({"trigger": "whim"}, "operator, uncertain or random"),
        ({"weather": "snow"}, "take `weather` out of event.json"),
        ({"source": None}, "add `source` to event.json"),
        ({"captured_at": "yesterday"}, "with its time zone"),
        ({"event_id": "a b"}, "up to 128 letters"),
        ({"image": "elsewhere/e1.jpg"}, "without a folder"),
    ],
)
def test_each_refusal_of_an_event_has_its_own_way_out(changes, helps):
    reason = refusal(**changes)
    assert helps in advice(field_of(reason), reason)


@pytest.mark.parametrize(
    ("reason", "helps"),
    [
        ("image: there is no file 'e1.jpg' beside the event", "put the image beside event.json"),
        ("image: 40000000 bytes, over feedback.max_image_bytes", "raise feedback.max_image_bytes in autoretrain.yaml"),
        ("event: 2000000 bytes, over feedback.max_event_bytes", "raise feedback.max_event_bytes in autoretrain.yaml"),
        ("image: the JPEG has no end: it was cut off on its way", "put a whole JPEG"),
        ("image: may not be read: send it with the right to read it", "to read the image's file"),
        ("captured_at: 2020-01-01 lies before days.first, 2025-01-01", "change days.first in autoretrain.yaml"),
        ("captured_at: 2030-01-01 lies in the future: set the camera's clock", "set the camera's clock"),
        ("event_id: 'a' was used before for something else: give each event its own", "an id that no other has"),
        ("event: Invalid JSON: EOF while parsing", "the JSON object of one event"),
        ("domain: must be text of 1 to 128 characters", "correct `domain` in event.json"),
    ],
)
def test_each_refusal_of_its_files_has_its_own_way_out(reason, helps):
    assert helps in advice(field_of(reason), reason)
