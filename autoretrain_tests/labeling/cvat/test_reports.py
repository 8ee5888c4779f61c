import pytest

from autoretrain_assets.labeling.cvat.reports import score

ITEMS = [{"score": 0.5, "name": "boxes"}, {"score": None, "name": "not computed"}, {"score": 1, "name": "labels"}]


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ({"accuracy": 0.25, "precision": 1}, 0.25),
        ({"accuracy": 0}, 0.0),
        ({"accuracy": None}, None),
        ({"requirements": {"items": ITEMS}}, 0.75),
        ({"requirements": {"items": []}}, None),
        ({"requirements": None}, None),
        ({}, None),
    ],
)
def test_the_score_of_a_report_is_found_in_those_of_old_and_new_servers(summary, expected):
    assert score(summary) == expected
