"""A replay's production looks as the home measures, save that it lists fewer unsure boxes."""

from dataclasses import replace

from autoretrain_assets.config import parse_settings
from autoretrain_assets.replay.production import CONFIDENCE, options
from autoretrain_assets.yolo.predict import PredictOptions


def test_both_sides_of_the_drift_alarm_have_one_post_processing():
    settings = parse_settings("evaluation: {nms_iou: 0.45, max_detections: 50}\ntraining: {imgsz: 96, device: cpu}")

    assert options(settings) == replace(PredictOptions.of(settings), confidence=CONFIDENCE)
    assert (options(settings).nms_iou, options(settings).max_detections) == (0.45, 50)
