from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.labeling.base import BatchImage, Report
from autoretrain_assets.labeling.cvat.jobs import Jobs
from autoretrain_assets.labeling.cvat.known import spread
from autoretrain_assets.labeling.cvat.naming import Part, by_urgency, part_of, split
from autoretrain_assets.labeling.cvat.wire import Job
from autoretrain_tests.labeling.cvat.batches import batch, known

KEYS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}", fullmatch=True)


@given(KEYS, st.integers(1, 50), st.integers(1, 50))
def test_a_task_is_found_by_its_name_and_says_whether_it_is_whole(key, number, of):
    part = Part(key, min(number, of), of)
    assert part_of(key, part.name) == (part, True)
    assert part_of(key, part.name_before) == (part, False)


def test_the_tasks_of_other_batches_and_of_people_are_left_alone():
    names = ["2025-06-01-ab123", "x2025-06-01-ab12", "2025-06-01-ab12 (copy)", "2025-06-01-ab12 1/2 again", ""]
    assert [part_of("2025-06-01-ab12", name) for name in names] == [None] * len(names)


def test_a_key_with_dots_means_itself_alone():
    assert part_of("a.b", "aXb") is None


@given(st.lists(st.integers()), st.integers(1, 9))
def test_stretches_hold_everything_once_and_are_as_equal_as_can_be(things, parts):
    found = split(things, parts)
    assert [thing for some in found for thing in some] == things
    assert len(found) == parts
    assert max(map(len, found)) - min(map(len, found)) <= 1


def test_what_operators_reported_comes_first_and_else_the_order_stays(tmp_path):
    names = ["plain", "reported", "unsure", "asked for"]
    more = {"reported": {"reports": [Report("missed", "car", 1, 2, 3, 4)]}, "asked for": {"reasons": ["operator"]}}
    images = [BatchImage(name, tmp_path, 1, 1, **more.get(name, {})) for name in names]
    assert [one.sha256 for one in by_urgency(images)] == ["reported", "asked for", "plain", "unsure"]


@given(st.integers(1, 40), st.integers(0, 12))
def test_known_images_lie_apart_among_the_others_and_never_at_the_end(tmp_path_factory, asked, some):
    folder = tmp_path_factory.getbasetemp()
    images = batch(folder, 1).images * asked
    some = min(some, asked // 2)
    mixed = spread(images, [known(folder, 200)] * some)
    is_known = [not isinstance(one, BatchImage) for one in mixed]
    assert (len(mixed), sum(is_known)) == (asked + some, some)
    assert not is_known[-1]
    assert not any(one and other for one, other in pairwise(is_known))


@pytest.mark.parametrize(("name", "is_it"), [("k-1", True), ("urgent: k-1 2/3", True), ("k-2", False), ("", True)])
def test_jobs_are_a_tasks_own_by_its_key_where_the_server_names_their_task(name, is_it):
    job = Job(1, 1, "annotation", "annotation", "new", 1, 0, 0, datetime.now(UTC), task_name=name)
    assert Jobs([job]).is_of("k-1") is is_it
