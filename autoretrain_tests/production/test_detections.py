"""What a model found, of whichever library, becomes the same event."""

from types import SimpleNamespace

import numpy as np
import pytest

from autoretrain_assets.yolo.runtime import start
from autoretrain_tests.production.sending import IMAGE

NAMES = {0: "bus", 1: "car"}
FOUND = [
    {"label": "car", "confidence": 0.5, "x1": 1.0, "y1": 2.0, "x2": 20.0, "y2": 30.0},
    {"label": "bus", "confidence": 0.25, "x1": 4.0, "y1": 4.0, "x2": 64.0, "y2": 48.0},
]
ROWS = [[*(box[name] for name in ("x1", "y1", "x2", "y2", "confidence")), int(box["label"] == "car")] for box in FOUND]


def results(rows=ROWS, image=IMAGE, as_tensor=True):
    start(threads=1)
    import torch
    from ultralytics.engine.results import Results

    data = np.asarray(rows, dtype=np.float32).reshape(-1, 6)
    return Results(image, "frame.jpg", NAMES, boxes=torch.from_numpy(data) if as_tensor else data)


def supervision(confidence=True, names=True):
    data = np.asarray(ROWS)
    return SimpleNamespace(
        xyxy=data[:, :4],
        confidence=data[:, 4] if confidence else None,
        class_id=data[:, 5].astype(int),
        data={"class_name": np.array([box["label"] for box in FOUND])} if names else {},
    )


@pytest.mark.parametrize(
    "detections",
    [
        results,
        lambda: results(as_tensor=False),
        supervision,
        lambda: FOUND,
        lambda: [tuple(box.values()) for box in FOUND],
    ],
    ids=["ultralytics", "ultralytics on numpy", "supervision", "mappings", "tuples"],
)
def test_every_kind_of_detections_gives_the_same_boxes(caught, detections):
    client, events = caught(random_rate=0)
    client.report(IMAGE, detections())
    assert client.flush()
    assert [(event["trigger"], event["predictions"]) for event in events] == [("uncertain", FOUND)]


@pytest.mark.parametrize("nothing", [[], (), None, lambda: results([])], ids=["list", "tuple", "None", "ultralytics"])
def test_an_image_without_boxes_is_reported_as_such(caught, nothing):
    client, events = caught(random_rate=1)
    client.report(IMAGE, nothing() if callable(nothing) else nothing)
    assert client.flush()
    assert [event["predictions"] for event in events] == [[]]


@pytest.mark.parametrize(
    "detections",
    [
        lambda: [results()],
        lambda: results(image=np.zeros((48, 65, 3), np.uint8)),
        lambda: supervision(confidence=False),
        lambda: supervision(names=False),
        lambda: "car",
        lambda: SimpleNamespace(boxes=None, probs=[1]),
    ],
    ids=["a batch", "of another image", "no confidence", "no names", "text", "a classifier's"],
)
def test_what_would_be_a_wrong_event_is_lost_with_its_reason_and_not_sent_as_an_empty_one(caught, detections):
    client, events = caught(random_rate=1)
    client.report(IMAGE, detections())
    assert client.flush()
    assert (events, client.losses) == ([], {"detections": 1})
