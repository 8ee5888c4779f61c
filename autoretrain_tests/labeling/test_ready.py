"""What may go into a dataset version, and what is held back and why."""

from datetime import timedelta

import pytest

from autoretrain_assets import schema
from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.labeling.ready import ready, told
from autoretrain_tests.tables import NOON, annotation, annotations, box

COW = box("cow")
TODAY, LATER = NOON.date(), (NOON + timedelta(days=1)).date()


def found(*rows, **settings):
    return ready(annotations(*rows), ["car", "bus"], Labeling(**settings))


def names(result):
    return sorted(result.rows["sha256"])


def rated(name, quality, days=0, **more):
    return annotation(name, **more) | {"quality": quality, "captured_at": NOON + timedelta(days=days)}


def test_what_nothing_holds_back_goes_on_as_it_was_answered():
    rows = annotations(annotation("a"), annotation("b", boxes=[]))
    result = ready(rows, ["car"], Labeling())
    assert result.rows.sort("sha256").equals(rows.sort("sha256"))
    assert dict(result.rows.schema) == schema.ANNOTATIONS
    assert (result.proposed.height, result.waiting.len(), result.days.height) == (0, 0, 0)
    assert list(told(result, Labeling())) == []


def test_nothing_is_ready_of_nothing():
    result = ready(schema.empty(schema.ANNOTATIONS), ["car"], Labeling())
    assert dict(result.rows.schema) == schema.ANNOTATIONS
    assert result.rows.is_empty()


def test_images_with_a_proposed_class_wait_and_are_counted():
    result = found(annotation("a", boxes=[COW, COW, box()]), annotation("b", boxes=[COW, box("ox")]), annotation("c"))
    assert names(result) == ["c"]
    assert sorted(result.waiting) == ["a", "b"]
    assert result.proposed.rows() == [("cow", 3, 2), ("ox", 1, 1)]
    cow, ox = told(result, Labeling())
    assert cow.startswith("proposed class cow: 3 boxes on 2 images that wait, for the model does not know it: ")
    assert "labeling.refused_classes" in cow
    assert "not possible yet" in cow
    assert ox.startswith("proposed class ox: 1 box on 1 image that wait")


def test_boxes_of_a_refused_class_are_left_out_and_their_images_go_on():
    result = found(annotation("a", boxes=[COW, box(), COW]), annotation("b", boxes=[COW]), refused_classes=["cow"])
    assert names(result) == ["a", "b"]
    assert dict(result.rows.select("sha256", "boxes").iter_rows()) == {"a": [box()], "b": []}
    assert (result.proposed.height, result.waiting.len()) == (0, 0)


def test_an_image_waits_by_its_newest_answer():
    first = annotation("a") | {"task_key": "one"}
    proposing = annotation("a", boxes=[COW], finished=2) | {"task_key": "two"}
    assert names(found(first, proposing)) == []
    assert names(found(first | {"finished_at": NOON + timedelta(hours=3)}, proposing)) == ["a"]


def test_a_day_whose_answers_agree_too_little_is_blocked_with_all_its_images():
    rows = [rated("a", 0.9), rated("b", 0.6992), rated("c", None), rated("d", 0.8, days=1)]
    result = found(*rows)
    assert names(result) == ["d"]
    assert result.days.rows() == [(TODAY, 3, 2, pytest.approx(0.7996), True), (LATER, 1, 1, 0.8, False)]
    [said] = told(result, Labeling())
    assert said.startswith(
        f"blocked day {TODAY}: 3 images left out, for labels agree with known answers by 0.799 (on 2 of them) and "
        "labeling.min_day_quality asks for 0.8: "
    )
    assert "`autoretrain label done TASK` for a folder" in said
    assert names(found(*rows, min_day_quality=0.7)) == ["a", "b", "c", "d"]


def test_a_day_that_was_not_measured_passes():
    assert names(found(rated("a", None))) == ["a"]
    assert found(rated("a", None)).days.is_empty()


def test_a_day_is_measured_by_the_newest_answers():
    old, new = rated("a", 0.5), rated("a", 0.95, finished=1)
    assert found(old, new).days["quality"].to_list() == [0.95]


def test_of_very_many_proposed_classes_the_first_are_told_and_the_rest_counted():
    result = found(annotation("a", boxes=[box(f"kind {number:02}") for number in range(25)]))
    *some, more = told(result, Labeling())
    assert [one.split(":")[0] for one in some] == [f"proposed class kind {number:02}" for number in range(10)]
    assert more.startswith("15 more proposed classes: ")


def test_what_a_second_person_answered_is_no_label_and_counts_for_nothing():
    again = {"task_key": "task-again"}
    result = found(
        annotation("a", finished=1),
        annotation("a", boxes=[COW], annotator="bob", finished=9) | again | {"quality": 0.1},
        annotation("b", boxes=[], annotator="bob") | again,
    )
    assert result.rows.select("sha256", "annotator").rows() == [("a", "ann")]
    assert (result.proposed.height, result.days.height) == (0, 0)
