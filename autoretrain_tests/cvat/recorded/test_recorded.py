"""Every recorded exchange, asked of the stand-in in order: the same statuses and bodies."""

import hashlib
import hmac
import json

import pytest

from autoretrain_tests.cvat.recorded import reading
from autoretrain_tests.cvat.recorded.deviations import DEVIATIONS, excused
from autoretrain_tests.cvat.recorded.hearing import Ear
from autoretrain_tests.cvat.recorded.reading import HOOK, ORIGIN
from autoretrain_tests.cvat.recorded.replay import Replay
from autoretrain_tests.cvat.recorded.sameness import differences
from autoretrain_tests.cvat.standin import StandIn

pytestmark = pytest.mark.skipif(not reading.FOLDER.is_dir(), reason=f"no recordings in {reading.FOLDER}")


@pytest.fixture(scope="module")
def played():
    """All that was asked, with our answers; and what the webhook heard of it."""
    with StandIn() as server, Ear() as ear:
        answers = list(Replay(server, ear.url).answers(reading.exchanges()))
        server.sender.settle()
        told = [(heard, _as_recorded(heard.content, server.url, ear.url)) for heard in ear.heard]
    return answers, told


def _as_recorded(content: bytes, url: str, hook: str):
    return json.loads(content.decode().replace(url, ORIGIN).replace(hook, HOOK))


@pytest.mark.parametrize("number", range(len(reading.exchanges())), ids=[said.place for said in reading.exchanges()])
def test_the_stand_in_answers_as_the_real_one_did(played, number):
    said, status, body = played[0][number]
    assert status == said.status, body
    assert list(differences(said.path.partition("?")[0], said.response, body)) == []


def test_webhooks_hear_the_same_in_the_same_order(played):
    recorded = reading.deliveries()
    assert [told["event"] for _, told in played[1]] == [delivery["body"]["event"] for delivery in recorded]
    found = [
        line
        for number, (delivery, (_, told)) in enumerate(zip(recorded, played[1], strict=True))
        for line in differences(f"delivery {number}", delivery["body"], told)
    ]
    assert found == []


def test_webhooks_are_signed(played):
    for heard, _ in played[1]:
        digest = hmac.new(b"s3cret", heard.content, hashlib.sha256).hexdigest()
        assert heard.headers["X-Signature-256"] == f"sha256={digest}"
        assert heard.headers["Content-Type"] == "application/json"


def test_every_deviation_is_met(played):
    """What is no deviation any more must not stay in the list."""
    met = {why for said, _, body in played[0] for why in _excuses(said.path.partition("?")[0], said.response, body)}
    assert met == set(DEVIATIONS.values())


def _excuses(place, recorded, ours):
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for name in recorded.keys() & ours.keys():
            yield from _excuses(f"{place}.{name}", recorded[name], ours[name])
    elif isinstance(recorded, list) and isinstance(ours, list):
        for number, (left, right) in enumerate(zip(recorded, ours, strict=False)):
            yield from _excuses(f"{place}[{number}]", left, right)
    elif recorded != ours and (why := excused(place)):
        yield why
