"""Whatever comes: accepted or refused, never both, never neither, and no other exception than the project's own."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_assets.feedback.event import parse
from autoretrain_assets.image_files import without_trailer
from autoretrain_assets.images import measure
from autoretrain_tests.feedback.test_intake import Desk
from autoretrain_tests.hostile import wild
from autoretrain_tests.hostile.case import said
from autoretrain_tests.hostile.desks import put, run_all
from autoretrain_tests.hostile.memory import Peak
from autoretrain_tests.hostile.parts import jpeg
from autoretrain_tests.hostile.test_answers import Desk as Answered

MEGABYTES = 700
quick = settings(max_examples=120, suppress_health_check=list(HealthCheck))
long = settings(max_examples=1500, suppress_health_check=list(HealthCheck))


def takes_or_refuses(root, event, image, suffix):
    """One wild event beside a good one, twice: each ends in one place, and the second time changes nothing."""
    desk = Desk(root)
    put(desk, "wild", event, image, suffix)
    put(desk, "good", said("good"), jpeg())
    run_all(desk)
    table, reasons = desk.table, desk.reasons()
    assert run_all(desk) == 0
    assert desk.table.equals(table)
    assert desk.reasons() == reasons
    assert "good" in set(table["event_id"])
    assert table.height + len(reasons) == 2
    if reasons:
        assert [path.read_bytes() for path in desk.quarantine.rglob("event.json")] == [event]
    assert "wild.json" not in desk.left()


def reads_or_refuses(content):
    try:
        event = parse(content)
    except InputError:
        return
    assert event.captured_at.tzinfo is not None
    assert json.loads(content.removeprefix(b"\xef\xbb\xbf"))["event_id"] == event.event_id


def measures_or_refuses(content):
    peak = Peak()
    try:
        facts = measure(without_trailer(content), 50_000_000)
    except InputError:
        pass
    else:
        assert facts.width * facts.height <= 50_000_000
        assert 0 <= facts.brightness <= 255
    assert peak.mb() < MEGABYTES


@quick
@given(wild.events() | wild.damaged(said("e")) | st.binary(max_size=60))
def test_any_bytes_are_an_event_or_refused(content):
    reads_or_refuses(content)


@quick
@given(wild.images())
def test_any_bytes_are_an_image_or_refused(image):
    measures_or_refuses(image[1])


@pytest.mark.slow
@long
@given(wild.events() | wild.damaged(said("e")) | st.binary(max_size=60))
def test_very_many_bytes_are_an_event_or_refused(content):
    reads_or_refuses(content)


@pytest.mark.slow
@long
@given(wild.images())
def test_very_many_bytes_are_an_image_or_refused(image):
    measures_or_refuses(image[1])


@settings(quick, max_examples=25)
@given(wild.events() | wild.damaged(said("e")), st.just((".jpg", jpeg())) | wild.images())
def test_any_event_with_any_image_ends_in_one_place(tmp_path_factory, event, image):
    suffix, content = image
    takes_or_refuses(tmp_path_factory.mktemp("wild"), event, content, suffix)


@pytest.mark.slow
@settings(long, max_examples=150)
@given(wild.events() | wild.damaged(said("e")), st.just((".jpg", jpeg())) | wild.images())
def test_very_many_events_with_images_end_in_one_place(tmp_path_factory, event, image):
    suffix, content = image
    takes_or_refuses(tmp_path_factory.mktemp("wild"), event, content, suffix)


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    return Answered(tmp_path_factory.mktemp("answered"))


@settings(quick, max_examples=60)
@given(st.data())
def test_any_answer_is_good_or_comes_back(task, data):
    task.finish(data.draw(wild.answers(*task.names)))
    try:
        found = task.review()
    except LabelingError as error:
        pytest.fail(f"what a person drew is a problem of its image: {error}")
    assert found.passed == (not found.rejected)
    boxes = found.accepted.explode("boxes").drop_nulls("boxes").unnest("boxes")
    assert boxes.filter((boxes["x1"] >= boxes["x2"]) | (boxes["x2"] > 64) | (boxes["y2"] > 48)).is_empty()
    assert set(boxes["label"]) <= {"car", "bus"}
    if not found.passed:
        task.backend.reopen(task.task, found.rejected)
