"""The gate: promote when every rule holds, and never because something could not be measured."""

import json
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.config.rules import DEFAULT_RULES, Rule
from autoretrain_assets.release.gate import HOLD, PROMOTE, Decision, decide
from autoretrain_assets.schema import METRICS

FIGURES = ("map50", "map50_95", "false_positives_per_image")
LATENCY = {"champion": 10.0, "challenger": 10.0}


def measured(model, slice_="all", label=None, *, images=50, boxes=200, **figures):
    unset = dict.fromkeys(FIGURES, 0.5)
    return {"model": model, "slice": slice_, "label": label, "images": images, "boxes": boxes, **unset, **figures}


def table(*rows):
    return pl.DataFrame(list(rows), schema=METRICS)


def duel(before, after, metric="map50", slice_="all", **counts):
    return table(
        measured("champion", slice_, **counts, **{metric: before}),
        measured("challenger", slice_, **counts, **{metric: after}),
    )


def rule(metric="map50", compare="difference", **rest):
    bound = {} if {"at_least", "at_most"} & set(rest) else {"at_least": 0.0}
    return Rule(name="the rule", metric=metric, compare=compare, **bound, **rest)


def only(decision):
    assert len(decision.verdicts) == 1
    return decision.verdicts[0]


def judged(metrics, one, latency=LATENCY):
    return only(decide(metrics, latency, [one]))


@pytest.mark.parametrize(
    ("compare", "bound", "pair", "figure", "passed"),
    [
        ("difference", {"at_least": 0.03}, (0.50, 0.54), 0.04, True),
        ("difference", {"at_least": 0.03}, (0.50, 0.52), 0.02, False),
        ("difference", {"at_least": -0.03}, (0.50, 0.48), -0.02, True),
        ("difference", {"at_most": 0.0}, (0.50, 0.51), 0.01, False),
        ("ratio", {"at_least": 0.97}, (0.50, 0.49), 0.98, True),
        ("ratio", {"at_most": 1.5}, (0.20, 0.40), 2.0, False),
        ("absolute", {"at_least": 0.2}, (0.90, 0.19), 0.19, False),
        ("absolute", {"at_most": 0.2}, (0.90, 0.19), 0.19, True),
    ],
)
def test_a_figure_is_held_against_its_threshold(compare, bound, pair, figure, passed):
    verdict = judged(duel(*pair), rule(compare=compare, **bound))

    assert verdict.figure == pytest.approx(figure)
    assert (verdict.champion, verdict.challenger, verdict.passed) == (*pair, passed)
    assert (verdict.images, verdict.boxes) == (50, 200)


def test_a_decision_needs_every_rule_and_names_those_that_failed():
    rules = [
        Rule(name="better", metric="map50", compare="difference", at_least=0.1),
        Rule(name="not worse", metric="map50_95", compare="difference", at_least=-0.01),
    ]

    held = decide(duel(0.5, 0.9, "map50").with_columns(map50_95=pl.Series([0.5, 0.4])), LATENCY, rules)
    promoted = decide(duel(0.5, 0.9, "map50"), LATENCY, rules)

    assert held.outcome == HOLD
    assert [reason.split(":")[0] for reason in held.reasons] == ["not worse"]
    assert promoted.outcome == PROMOTE
    assert promoted.reasons


@given(tenths=st.integers(0, 9), step=st.integers(0, 9))
def test_a_threshold_that_is_just_met_is_met_in_spite_of_float_noise(tenths, step):
    before, after = tenths / 10, (tenths + step) / 10

    assert judged(duel(before, after), rule(at_least=step / 10)).passed
    assert judged(duel(before, after), rule(at_most=step / 10)).passed


def test_the_tolerance_forgives_noise_and_nothing_else():
    assert judged(duel(0.5, 0.5 - 1e-10), rule(at_least=0.0)).passed
    assert not judged(duel(0.5, 0.5 - 1e-8), rule(at_least=0.0)).passed


@pytest.mark.parametrize("undefined", [None, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("compare", ["difference", "ratio", "absolute"])
@pytest.mark.parametrize("bound", [{"at_least": -1e9}, {"at_most": 1e9}])
def test_an_undefined_figure_fails_and_says_so(undefined, compare, bound):
    verdict = judged(duel(0.5, undefined), rule(compare=compare, **bound))

    assert (verdict.passed, verdict.figure) == (False, None)
    assert "undefined" in verdict.why


@pytest.mark.parametrize("before", [None, math.nan, 0.0])
def test_a_ratio_to_nothing_fails(before):
    assert not judged(duel(before, 0.5), rule(compare="ratio", at_least=0.0)).passed


@pytest.mark.parametrize("missing", ["champion", "challenger"])
def test_a_model_that_was_not_measured_on_the_slice_fails_the_comparison(missing):
    both = pl.concat([duel(0.5, 0.9), duel(0.5, 0.9, slice_="new")])
    metrics = both.filter((pl.col("model") != missing) | (pl.col("slice") == "all"))

    assert not judged(metrics, rule(slice="new")).passed


@pytest.mark.parametrize(
    ("asked", "passed"),
    [({"min_images": 50, "min_boxes": 200}, True), ({"min_images": 51}, False), ({"min_boxes": 201}, False)],
)
def test_too_little_evidence_fails_and_says_how_much_there_was(asked, passed):
    verdict = judged(duel(0.5, 0.9), rule(**asked))

    assert verdict.passed is passed
    assert passed or ("evidence" in verdict.why and "50" in verdict.why and "200" in verdict.why)


def test_a_slice_without_an_image_fails_unless_the_rule_is_optional():
    metrics = duel(0.5, 0.9)

    assert not judged(metrics, rule(slice="regression")).passed
    assert judged(metrics, rule(slice="regression", optional=True)).passed


def test_optional_excuses_an_absent_slice_but_neither_a_bad_figure_nor_a_small_slice():
    assert not judged(duel(0.5, 0.4), rule(optional=True)).passed
    assert not judged(duel(0.5, 0.9), rule(optional=True, min_images=51)).passed


def test_a_rule_of_one_class_reads_that_class():
    rows = [measured(model, label="bus", map50=value) for model, value in (("champion", 0.9), ("challenger", 0.1))]
    metrics = pl.concat([duel(0.5, 0.9), table(*rows)])

    assert judged(metrics, rule()).passed
    assert not judged(metrics, rule(label="bus")).passed


def test_without_a_champion_comparisons_do_not_apply_and_floors_do():
    alone = table(measured("challenger", map50=0.3))
    compared, floor = rule(at_least=0.5), rule(compare="absolute", at_least=0.2)

    decision = decide(alone, {"challenger": 10.0}, [compared, floor])

    assert decision.outcome == PROMOTE
    assert any("no champion" in reason for reason in decision.reasons)
    assert decide(alone, {"challenger": 10.0}, [compared, rule(compare="absolute", at_least=0.4)]).outcome == HOLD


def test_latency_is_the_models_own_whatever_the_slice():
    slower = {"champion": 10.0, "challenger": 25.0}
    asked = rule("latency_ms", "ratio", at_most=2.0)

    assert judged(duel(0.5, 0.5), asked, slower).figure == pytest.approx(2.5)
    assert not judged(duel(0.5, 0.5), asked, slower).passed
    assert judged(duel(0.5, 0.5), asked, {"champion": 10.0, "challenger": 20.0}).passed
    assert not judged(duel(0.5, 0.5), asked, {"champion": 10.0}).passed


def test_latency_is_judged_where_the_rules_slice_has_no_image():
    tenfold = {"champion": 10.0, "challenger": 100.0}
    asked = rule("latency_ms", "ratio", at_most=2.0, slice="regression", optional=True)

    assert not judged(duel(0.5, 0.5), asked, tenfold).passed


def test_nothing_measured_is_a_hold_even_where_every_rule_compares():
    assert decide(table(), {}, [rule()]).outcome == HOLD


def test_optional_does_not_excuse_a_challenger_that_was_not_measured_where_the_champion_was():
    metrics = pl.concat([duel(0.5, 0.9), table(measured("champion", "regression"))])

    assert not judged(metrics, rule(slice="regression", optional=True)).passed


def reported(champion, challenger, **counts):
    """All that the default rules read, and one slice of reported failures: its false positives an image."""
    everything = [
        measured(model, name, map50=value, map50_95=value)
        for name in ("all", "new", "old")
        for model, value in (("champion", 0.5), ("challenger", 0.6))
    ]
    undefined = {"map50": None, "map50_95": None, "boxes": 0, "images": 1} | counts
    rows = [
        measured(model, "regression", **undefined, false_positives_per_image=value)
        for model, value in (("champion", champion), ("challenger", challenger))
    ]
    return table(*everything, *rows)


def test_a_reported_false_alarm_on_an_empty_street_holds_nobody_for_ever():
    assert decide(reported(1.0, 0.0), LATENCY, DEFAULT_RULES).outcome == PROMOTE


@pytest.mark.parametrize("metric", ["map50", "map50_95"])
def test_optional_excuses_a_slice_without_a_labelled_box_from_map_and_says_so(metric):
    empty = duel(None, None, metric, "regression", images=1, boxes=0)

    verdict = judged(empty, rule(metric, slice="regression", optional=True))

    assert verdict.passed
    assert "no labelled box in regression" in verdict.why
    assert not judged(empty, rule(metric, slice="regression")).passed


def test_optional_excuses_no_box_from_map_alone():
    alarms = duel(0.0, 3.0, "false_positives_per_image", "regression", images=1, boxes=0)

    assert not judged(alarms, rule("false_positives_per_image", slice="regression", at_most=0.5, optional=True)).passed


any_figure = st.none() | st.floats(0, 1) | st.just(math.nan)
any_rule = st.builds(
    lambda metric, compare, side, bound, images, optional: Rule(
        name=f"{metric} {compare}",
        metric=metric,
        compare=compare,
        min_images=images,
        optional=optional,
        **{side: bound},
    ),
    st.sampled_from([*FIGURES, "latency_ms"]),
    st.sampled_from(["difference", "ratio", "absolute"]),
    st.sampled_from(["at_least", "at_most"]),
    st.floats(-2, 2),
    st.sampled_from([0, 10]),
    st.booleans(),
)


@st.composite
def contests(draw):
    """Metrics, latencies and rules; each of them may lack something."""
    models = ["challenger", "champion"] if draw(st.booleans()) else ["challenger"]
    rows = [
        measured(model, images=draw(st.sampled_from([0, 9, 10])), **{name: draw(any_figure) for name in FIGURES})
        for model in models
    ]
    latency = {model: draw(st.floats(0.1, 100)) for model in models}
    return table(*rows), latency, draw(st.lists(any_rule, min_size=1, max_size=5))


@given(contest=contests())
def test_a_decision_promotes_exactly_when_all_verdicts_pass_and_survives_json(contest):
    decision = decide(*contest)

    assert [verdict.rule for verdict in decision.verdicts] == [one.name for one in contest[2]]
    assert (decision.outcome == PROMOTE) == all(verdict.passed for verdict in decision.verdicts)
    assert all(verdict.why for verdict in decision.verdicts)
    written = json.dumps(decision.as_json(), allow_nan=False)
    assert Decision.from_json(json.loads(written)) == decision


@given(contest=contests(), gain=st.floats(0, 1))
def test_a_better_challenger_is_never_held_where_a_worse_one_was_promoted(contest, gain):
    metrics, latency, rules = contest
    one_way = [one for one in rules if (one.at_least is None) == one.metric.startswith(("false", "latency"))]
    own = pl.col("model") == "challenger"
    better = metrics.with_columns(
        pl.when(own).then(pl.col("map50", "map50_95") + gain).otherwise(pl.col("map50", "map50_95")),
        pl.when(own)
        .then(pl.max_horizontal(pl.col("false_positives_per_image") - gain, 0.0))
        .otherwise("false_positives_per_image")
        .alias("false_positives_per_image"),
    )
    faster = {**latency, "challenger": latency["challenger"] / (1 + gain)}

    before, after = decide(metrics, latency, one_way), decide(better, faster, one_way)

    assert not (before.outcome == PROMOTE and after.outcome == HOLD)


def test_the_default_rules_promote_a_repair_and_hold_a_wreck():
    def versus(new, old):
        champion = [measured("champion", name, map50=0.5, map50_95=0.3) for name in ("all", "new", "old")]
        repaired = {"all": (new + old) / 2, "new": new, "old": old}
        return table(
            *champion,
            *(measured("challenger", name, map50=value, map50_95=value - 0.2) for name, value in repaired.items()),
        )

    assert decide(versus(new=0.7, old=0.49), LATENCY, DEFAULT_RULES).outcome == PROMOTE
    assert decide(versus(new=0.7, old=0.40), LATENCY, DEFAULT_RULES).outcome == HOLD
    assert decide(versus(new=0.51, old=0.50), LATENCY, DEFAULT_RULES).outcome == HOLD
