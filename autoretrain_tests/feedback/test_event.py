"""An event's JSON: what is wrong is told with its field and the way out, and no name stands twice."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.event import parse
from autoretrain_tests.hostile.case import fields, prediction, said, verdict

SPACE = st.text(" \t\r\n", max_size=2)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"predictions": [prediction(x1="1")]}, "predictions.0.x1: must be a finite number of pixels"),
        ({"predictions": [prediction(x1=float("nan"))]}, "predictions.0.x1: must be a finite number of pixels"),
        ({"predictions": [prediction(x2=1)]}, "predictions.0: x1 < x2 and y1 < y2 must hold"),
        ({"predictions": [7]}, "predictions.0: must be an object"),
        ({"predictions": {}}, "predictions: must be a list of at most 10000 items"),
        ({"verdicts": [verdict(kind="?")]}, "verdicts.0.kind: must be false_positive, missed, wrong_class or bad_box"),
        ({"trigger": "now"}, "trigger: must be operator, uncertain or random"),
        ({"source": "a/b"}, "source: must be text of 1 to 128 characters, none of them /, \\ or a control character"),
        ({"event_id": "a\n"}, "event_id: must be text of 1 to 128 characters of A-Z a-z 0-9 . _ : -"),
        ({"x - at `$.image": 1}, "x - at `$.image: no event has this field, leave it out or mend its name"),
    ],
)
def test_a_reason_names_the_field_and_the_way_out(changes, reason):
    with pytest.raises(InputError) as raised:
        parse(said("e", **changes))

    assert str(raised.value) == reason


@given(st.data())
def test_a_name_that_stands_twice_anywhere_is_refused_however_it_is_written(data):
    event = fields("e", predictions=[prediction()] * 2, model_version=data.draw(st.sampled_from([None, 'a":', "b"])))
    chosen = data.draw(st.sampled_from([event, event["predictions"][0], event["verdicts"][0]]))
    name = data.draw(st.sampled_from(sorted(chosen)))
    spelled = data.draw(st.sampled_from([name, f"\\u{ord(name[0]):04x}{name[1:]}"]))
    colon = f"{data.draw(SPACE)}:{data.draw(SPACE)}"
    once = json.dumps(chosen)
    twice = f'{once[:-1]}, "{spelled}"{colon}{json.dumps(chosen[name])}}}'

    parse(json.dumps(event).encode())
    with pytest.raises(InputError, match=f"{name}: stands twice"):
        parse(json.dumps(event).replace(once, twice, 1).encode())


@pytest.mark.parametrize("colon", [":", " : ", "\t:", "\r\n:\n"])
@pytest.mark.parametrize("more", [{}, {"domain": None, "probability": None}, {"verdicts": [], "source": 'a":"b'}])
def test_names_that_stand_once_are_fine_however_they_are_spaced(colon, more):
    assert parse(json.dumps(fields("e") | more, separators=(",", colon)).encode()).event_id == "e"
