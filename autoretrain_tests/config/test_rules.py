"""A rule of the gate: what it may be about. A typo must not become a slice that no image is in."""

import pytest
from pydantic import ValidationError

from autoretrain_assets.config.rules import ARMS, SIZES, Rule
from autoretrain_assets.evaluation import metrics
from autoretrain_assets.mining.selection import MINED, RANDOM


def rule(**facts):
    return Rule(**{"name": "it", "metric": "map50", "compare": "absolute", "at_least": 0.0} | facts)


@pytest.mark.parametrize(
    "name",
    [
        "all",
        "new",
        "old",
        "regression",
        "source:gate 3",
        "domain:night",
        "domain:a:b",
        "arm:random",
        "arm:import",
        "size:small",
    ],
)
def test_slices_that_there_are(name):
    assert rule(slice=name).slice == name


@pytest.mark.parametrize(
    "name", ["regresion", "", "All", "domain", "domain:", "source: ", "size:tiny", "size:", "arm:drawn", "night"]
)
def test_a_slice_that_there_is_not_is_refused_even_where_the_rule_is_optional(name):
    with pytest.raises(ValidationError) as caught:
        rule(slice=name, optional=True)

    told = str(caught.value)
    assert repr(name) in told
    assert (
        "all, new, old, regression, source:NAME, domain:NAME, arm:random|mined|import, size:small|medium|large" in told
    )


@pytest.mark.parametrize("facts", [{"label": "car"}, {"metric": "false_positives_per_image"}])
def test_a_slice_by_size_has_neither_classes_nor_false_positives(facts):
    with pytest.raises(ValidationError, match="by size"):
        rule(slice="size:small", optional=True, **facts)


def test_sizes_and_arms_are_those_that_are_measured():
    assert list(SIZES) == list(metrics.SIZES)
    assert {MINED, RANDOM} < set(ARMS)
