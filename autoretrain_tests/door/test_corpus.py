"""All hostile input comes to the door: what it takes lies whole in the inbox, and intake has an answer to each."""

import json
from datetime import UTC, datetime

import pytest

from autoretrain_assets import due
from autoretrain_tests.door.asking import door
from autoretrain_tests.door.serving import body
from autoretrain_tests.door.test_hostile import ANSWERS, is_harmless
from autoretrain_tests.homes import take_in
from autoretrain_tests.hostile import events, times
from autoretrain_tests.hostile.corpus import light

pytestmark = pytest.mark.slow
NOT_OF_FORM = ("outside the image", "none of the classes", "before days.first", "future")
"""Reasons that need more than the event: its image, the home's classes, a clock."""


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """The door's desk, and each case with the door's answer."""
    desk = door(tmp_path_factory.mktemp("corpus") / "home", "days.first=2000-01-01")
    return desk, [(case, desk.post(content=body(case.event, case.image or b""))) for case in light()]


def test_every_case_has_an_answer_and_none_is_a_failure_of_the_door(answered):
    desk, answers = answered
    assert {answer.status_code for _, answer in answers} <= ANSWERS
    assert all(answer.json()["error"] for _, answer in answers if answer.status_code >= 400)
    is_harmless(desk, answers[0][1])


def test_what_intake_would_accept_the_door_takes(answered):
    _, answers = answered
    assert [case.name for case, answer in answers if case.reason is None and answer.status_code != 202] == []


def test_what_has_not_the_form_of_an_event_the_door_refuses(answered):
    _, answers = answered
    form = {case.name for case in (*events.cases(), *times.cases()) if case.reason and not is_about_more(case.reason)}
    assert [case.name for case, answer in answers if case.name in form and answer.status_code < 400] == []


def test_what_the_door_took_intake_accepts_or_keeps_with_its_reason(answered):
    desk, answers = answered
    taken = {answer.json()["event_id"] for _, answer in answers if answer.status_code == 202}
    fine = {answer.json()["event_id"] for case, answer in answers if case.reason is None}
    take_in(desk.home, *due.events(desk.home, datetime.now(UTC)))
    accepted = set(desk.home.raw_feedback.query()["event_id"])
    kept = [json.loads(path.read_text()) for path in desk.home.quarantine.rglob("reason.json")]
    refused = {reason["file"].removesuffix(".json") for reason in kept}
    assert fine <= accepted
    assert accepted | refused == taken
    assert not accepted & refused


def is_about_more(reason):
    """Whether the event alone cannot tell, or it is about the image's name, which the door gives."""
    names_the_image = reason.startswith("image:") and "twice" not in reason
    return names_the_image or any(part in reason for part in NOT_OF_FORM)
