"""The client: what it samples, what it sends, and that nothing it is given breaks production."""

import json
import math
import threading
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoretrain_assets.config.settings import Feedback, Mining
from autoretrain_assets.feedback.event import parse
from autoretrain_assets.feedback.fitting import check_against_image
from autoretrain_assets.production import FeedbackClient
from autoretrain_assets.production.boxes import KINDS, MAX_PREDICTIONS
from autoretrain_tests.production.sending import IMAGE, SURE, UNSURE, Catching, accounted, kept, written

HEIGHT, WIDTH, _ = IMAGE.shape
MANY = 4000


def triggers(client, events, detections, times=MANY):
    client._writer._settle = lambda parcel, **_: events.append(parcel.event)  # no image is worth encoding here
    for _ in range(times):
        client.report(IMAGE, detections)
    assert client.flush()
    return [(event["trigger"], event["probability"]) for event in events]


def test_ordinary_traffic_is_sampled_at_its_rate_and_the_probability_is_noted(caught):
    client, events = caught(random_rate=0.2, seed=1, max_wait_seconds=60)
    sent = triggers(client, events, SURE)
    assert set(sent) == {("random", 0.2)}
    assert abs(len(sent) - 0.2 * MANY) < 4 * math.sqrt(MANY * 0.2 * 0.8)
    assert client.counts["sampled_out"] == MANY - len(sent)


def test_of_what_is_unsure_all_is_sent_and_the_random_sample_has_its_fair_part_of_it(caught):
    client, events = caught(random_rate=0.2, seed=1, max_wait_seconds=60)
    sent = triggers(client, events, UNSURE)
    assert set(sent) == {("random", 0.2), ("uncertain", None)}
    assert len(sent) == MANY
    assert abs(sent.count(("random", 0.2)) - 0.2 * MANY) < 4 * math.sqrt(MANY * 0.2 * 0.8)


@pytest.mark.parametrize(("rate", "sent"), [(0, 0), (1, 50)])
def test_a_rate_may_be_nothing_or_all(caught, rate, sent):
    client, events = caught(random_rate=rate, max_wait_seconds=60)
    assert triggers(client, events, SURE, 50) == [("random", 1)] * sent


def test_the_same_seed_draws_the_same_and_no_seed_draws_anew(caught):
    drawn = []
    for seed in (7, 7, 8, None, None):
        client, events = caught(random_rate=0.5, seed=seed, max_wait_seconds=60)
        triggers(client, events, SURE, 64)
        drawn.append([client._random.random() for _ in range(8)])
    assert drawn[0] == drawn[1]
    assert len({tuple(draws) for draws in drawn}) == 4


@pytest.mark.parametrize(
    ("confidence", "is_sent"), [(0.149, False), (0.15, True), (0.55, True), (0.551, False), (math.nan, False)]
)
def test_an_image_is_unsure_when_a_box_lies_in_the_band(caught, confidence, is_sent):
    client, events = caught(random_rate=0)
    client.report(IMAGE, [*SURE, ("car", confidence, 1, 1, 20, 20)])
    assert client.flush()
    assert bool(events) is is_sent


@pytest.mark.parametrize("stray", [("car", 0.3, 70, 1, 80, 20), ("a/b", 0.3, 1, 1, 20, 20), ("car", 0.3, 20, 1, 1, 20)])
def test_a_box_that_is_none_in_the_image_makes_it_not_unsure(caught, stray):
    client, events = caught(random_rate=0)
    client.report(IMAGE, [*SURE, stray])
    client.report(IMAGE, [*UNSURE, stray])
    assert client.flush()
    assert [[box["confidence"] for box in event["predictions"]] for event in events] == [[0.3]]
    assert client.counts["sampled_out"] == 1


def test_the_band_is_that_of_mining():
    mining = Mining()
    client = FeedbackClient("inbox", "cam")
    assert (client._low, client._high) == (mining.uncertain_low, mining.uncertain_high)
    client.close()


@pytest.mark.parametrize("kind", KINDS)
def test_an_operators_word_is_always_sent_with_what_the_model_found(caught, kind):
    client, events = caught(random_rate=0)
    client.verdict(IMAGE, kind, (5, 5, 90, 30), "bus", SURE)
    assert client.flush()
    assert [(event["trigger"], event["probability"]) for event in events] == [("operator", None)]
    assert events[0]["verdicts"] == [{"kind": kind, "label": "bus", "x1": 5, "y1": 5, "x2": 64, "y2": 30}]
    assert [box["label"] for box in events[0]["predictions"]] == ["car"]


@pytest.mark.parametrize(
    ("kind", "box", "label"),
    [
        ("missed", (1, 1, 9, 9), None),
        ("boring", (1, 1, 9, 9), "car"),
        ("missed", (9, 1, 1, 9), "car"),
        ("missed", (), "a"),
    ],
)
def test_a_word_that_says_nothing_is_lost_and_counted(caught, kind, box, label):
    client, events = caught()
    client.verdict(IMAGE, kind, box, label)
    assert client.flush()
    assert events == []
    assert sum(client.losses.values()) == 1


def test_boxes_are_clipped_or_dropped_and_counted(caught):
    client, events = caught(random_rate=1)
    good, out = ("car", 0.5, 1, 1, 20, 20), ("car", 1.004, -3, 1, 99, 20)
    broken = [
        ("car", math.nan, 1, 1, 20, 20),
        ("car", 87, 1, 1, 20, 20),
        ("car", 0.5, math.inf, 1, 20, 20),
        ("car", 0.5, 20, 1, 1, 20),
        ("car", 0.5, 70, 1, 80, 20),
        ("a/b", 0.5, 1, 1, 20, 20),
        (3, 0.5, 1, 1, 20, 20),
        ("car", 0.5, 1),
    ]
    client.report(IMAGE, [good, out, *broken])
    assert client.flush()
    assert [list(box.values()) for box in events[0]["predictions"]] == [["car", 1, 0, 1, 64, 20], list(good)]
    assert (client.counts["boxes_dropped"], client.counts["boxes_clipped"]) == (8, 1)


def test_of_too_many_boxes_the_surest_stay_and_the_event_fits_whatever_they_are_called(caught):
    client, events = caught(random_rate=1)
    label = "\U0001f600" * 128
    client.report(IMAGE, [(label, 1 / 3 + n / 1e4, 0.1234567890123456, 1 / 3, 2e1 / 3, 1e2 / 3) for n in range(900)])
    assert client.flush()
    assert len(events[0]["predictions"]) == MAX_PREDICTIONS
    assert min(box["confidence"] for box in events[0]["predictions"]) > 1 / 3 + 399 / 1e4
    assert len(json.dumps(events[0])) < Feedback().max_event_bytes


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=2))), "2026-03-02T10:00:00.000000+00:00"),
        ("2026-03-02T12:00:00+02:00", "2026-03-02T10:00:00.000000+00:00"),
        ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00.000000+00:00"),
        (datetime(2026, 3, 2, 12), None),  # noqa: DTZ001 - a time without a zone is what is tested
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))), None),
        ("noon", None),
        (1772445600, None),
    ],
)
def test_a_time_has_a_zone_or_is_lost(caught, given, said):
    client, events = caught(random_rate=1)
    client.report(IMAGE, SURE, captured_at=given)
    assert client.flush()
    assert [event["captured_at"] for event in events] == ([said] if said else [])
    assert client.losses == ({} if said else {"captured_at": 1})


def test_an_event_says_who_when_and_by_which_model(caught):
    version = iter(["v0001", "v0002", "a/b"])
    client, events = caught(random_rate=1, model_version=lambda: next(version))
    for _ in range(4):
        client.report(IMAGE, SURE, domain="night")
    assert client.flush()
    assert [(event["source"], event["model_version"], event["domain"]) for event in events] == [
        ("cam", "v0001", "night"),
        ("cam", "v0002", "night"),
    ]
    assert abs(datetime.fromisoformat(events[0]["captured_at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert client.losses == {"model_version": 1, "unexpected": 1}


@pytest.mark.parametrize(
    "settings",
    [
        {"random_rate": 2},
        {"source": "a/b"},
        {"buffer_bytes": 0},
        {"random_rate": math.nan},
        {"unsure_between": (0.5, 0.1)},
        *({"max_wait_seconds": seconds} for seconds in (None, math.nan, math.inf, -1)),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_at_once(settings):
    with pytest.raises(ValueError, match="FeedbackClient"):
        FeedbackClient("inbox", **{"source": "cam"} | settings)


def test_places_stay_what_they_were_when_a_process_goes_into_another_folder(tmp_path, inbox, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with FeedbackClient("inbox", "cam", random_rate=1, buffer="buffer") as client:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        client.report(IMAGE, SURE)
        assert client.flush()
        assert len(written(inbox)) == 1
        inbox.rename(tmp_path / "away")
        client.report(IMAGE, SURE)
        assert not client.flush(0.1)
    assert len(kept(tmp_path)) == 1


def test_many_threads_share_a_client_and_every_event_has_an_id_of_its_own(caught):
    client, events = caught(random_rate=1, max_wait_seconds=60)
    threads = [threading.Thread(target=lambda: [client.report(IMAGE, SURE) for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.flush(60)
    assert len({event["event_id"] for event in events}) == client.counts["sent"] == 400


class Evil:
    """Fails whatever is done with it."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    __float__ = __len__ = __iter__ = __str__ = __repr__ = __eq__ = __getattribute__
    __hash__ = None


plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=5), st.builds(Evil)
)
wild = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
)
number = st.floats() | st.integers(-(2**70), 2**1100) | wild
box = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(["car", "\ud800", ""]) | wild,
        **dict.fromkeys(("confidence", "x1", "y1", "x2", "y2"), number),
    },
)


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    client = FeedbackClient(tmp_path_factory.mktemp("steady") / "inbox", "cam", random_rate=0.5, max_wait_seconds=60)
    client._writer._sender = sender = Catching()
    yield client, sender.events
    client.close()


@given(
    image=wild | st.just(IMAGE),
    detections=wild | st.lists(box, max_size=4),
    captured_at=st.none() | wild,
    event_id=st.none() | wild,
    domain=st.none() | wild,
)
def test_nothing_that_is_reported_raises_and_whatever_is_sent_has_a_valid_form(
    steady, image, detections, captured_at, event_id, domain
):
    client, events = steady
    client.report(image, detections, captured_at, event_id, domain)
    client.verdict(image, domain, detections, captured_at, detections, event_id)
    assert client.flush()
    assert accounted(client) == client.counts["reported"]
    while events:
        check_against_image(parse(json.dumps(events.pop()).encode()), WIDTH, HEIGHT, [])


@given(
    boxes=st.lists(box | st.tuples(st.just("car"), *[st.floats(-5, 70)] * 5), max_size=5), kind=st.sampled_from(KINDS)
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_wild_boxes_make_events_that_intake_takes(steady, boxes, kind):
    client, events = steady
    client.verdict(IMAGE, kind, [1, 2, 3, 4], "car", boxes)
    assert client.flush()
    for event in events:
        check_against_image(parse(json.dumps(event).encode()), WIDTH, HEIGHT, [])
    events.clear()


def test_an_array_of_numpys_numbers_is_as_good_as_plain_ones(caught):
    client, events = caught(random_rate=1)
    client.report(IMAGE, [(np.str_("car"), np.float32(0.5), np.int64(1), np.float16(1), np.uint8(20), np.float64(20))])
    assert client.flush()
    assert [box["label"] for box in events[0]["predictions"]] == ["car"]
