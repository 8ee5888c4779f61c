"""A decision in words, and two versions side by side: never a difference that is the tests' own."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import polars as pl
import pytest

from autoretrain_assets.commands import comparison, explanation, versions
from autoretrain_assets.config.rules import DEFAULT_RULES
from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.evaluation.stored import Evaluation
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.release.gate import decide
from autoretrain_assets.schema import METRICS
from autoretrain_assets.store import artifacts
from autoretrain_tests.homes import NEXT, SHA256, commit_version, label, laid_out
from autoretrain_tests.tables import annotation


def metrics(**models):
    """A table of figures: each model's mAP50 over everything."""
    rows = [
        {
            "model": model,
            "slice": name,
            "label": None,
            "images": 9,
            "boxes": 40,
            "map50": value,
            "map50_95": value and value / 2,
        }
        for model, value in models.items()
        for name in ("all", "new", "old", "regression")
    ]
    return pl.DataFrame(rows, schema=METRICS)


def measure(home, version, against, **models):
    """A measured version, decided on by the default rules."""
    table = metrics(**models)
    latency = {"challenger": 5.0, "champion": 5.0}
    measured = Evaluation(version, against, datetime.now(UTC), table.height, latency, table)
    artifacts.put(home.store, version, measured.as_files() | {"record.json": b"{}"}, f"Evaluation {version}")
    decision = decide(table, latency, DEFAULT_RULES)
    decisions.write(home.store, version, {**decision.as_json(), "champion": against})


@pytest.fixture
def home(tmp_path):
    """v0001 in production; v0002 measured against it; v0003 only a dataset."""
    home = laid_out(tmp_path / "home", "dataset.test_share=0.5")
    for number, version in enumerate(("v0001", "v0002", "v0003")):
        rows = [annotation(f"{version}-{name}", seconds=900 * name + 90000 * number) for name in range(8)]
        label(home, *rows, day=NEXT.replace(day=4 + number))
        commit_version(home, version, tmp_path)
    measure(home, "v0001", None, challenger=0.5)
    registry.promote(home.store, "v0001", SHA256, "it was there", "owner")
    measure(home, "v0002", "v0001", challenger=0.4, champion=0.5)
    return home


def explained(root, version):
    return explanation.lines(explanation.explain(root, version))


def test_a_decision_is_told_rule_by_rule(home):
    lines = list(explained(home.root, "v0002"))
    assert lines[0] == "v0002: hold"
    assert "measured against: v0001" in lines
    [ruled] = [line for line in lines if "good enough at all" in line]
    assert ruled.startswith("  holds  good enough at all: 0.400, asked >= 0.2")
    assert [line for line in lines if line.startswith("  FAILS  better on what is new: -0.100")]
    assert lines[-2:] == ["production was not moved since", "in production now: v0001"]


def test_who_moved_production_since_is_told(home):
    registry.promote(home.store, "v0002", SHA256, "we need it", "ann")
    lines = list(explained(home.root, "v0002"))
    assert [line for line in lines if line.endswith("UTC: v0002 into production, by ann: we need it")]
    assert lines[-1] == "in production now: v0002"


def test_a_version_without_a_decision_says_how_it_goes_on(home):
    [line] = explained(home.root, "v0003")
    assert line.startswith("v0003: no decision yet: its dataset was made; `autoretrain run` goes on")
    with pytest.raises(InputError, match="v0003 was not measured, so it has no page"):
        versions.report(home.root, "v0003")
    with pytest.raises(InputError, match="no version v0009: known are v0001, v0002, v0003"):
        list(explained(home.root, "v0009"))


def test_an_abandoned_version_says_who_gave_it_up(home):
    decisions.abandon(home.store, "v0003", "its boxes were NaN", "ann", {})
    assert list(explained(home.root, "v0003"))[:2] == [
        "v0003: abandoned",
        "  because its boxes were NaN (by ann)",
    ]


def test_the_page_that_is_there_is_named(home):
    home.reports.mkdir()
    (home.reports / "v0002.html").write_text("page")
    assert versions.report(home.root, "v0002") == str(home.reports / "v0002.html")


def test_a_page_that_is_gone_is_written_anew(home, monkeypatch):
    artifacts.put(home.store, "v0002", {"pictures.json": b"[]"}, "pictures")
    drawn = []
    monkeypatch.setattr("autoretrain_assets.assets.reporting.write_page", lambda *given: drawn.append(given) or "page")
    assert versions.report(home.root, "v0002") == "page"
    [(_, version, decision)] = drawn
    assert (version, decision["outcome"]) == ("v0002", "hold")


def test_models_that_were_measured_together_are_compared_by_that(home):
    both = comparison.compare(home.root, "v0001", "v0002")
    assert both.comparable
    assert both.note == "both were measured together, on the test of v0002"
    row = both.rows.row(by_predicate=pl.col("slice") == "all", named=True)
    assert (row["left map50"], row["right map50"]) == (0.5, 0.4)


def test_models_of_different_tests_are_not_compared_without_a_word(home):
    measure(home, "v0003", "v0002", challenger=0.6, champion=0.4)
    both = comparison.compare(home.root, "v0001", "v0003")
    assert not both.comparable
    assert both.note.startswith("NOT COMPARABLE: v0001 was measured on")
    assert "Measured together were: v0003 with v0002" in both.note
    assert next(iter(comparison.shown(both, "v0001", "v0003"))) == both.note


def test_only_what_was_measured_is_compared(home):
    with pytest.raises(InputError, match="v0003 was not measured: of v0001, v0002 there are figures"):
        comparison.compare(home.root, "v0001", "v0003")


def test_a_rule_that_does_not_apply_was_not_asked(home):
    verdicts = decide(metrics(challenger=0.5), {}, DEFAULT_RULES).verdicts
    content = {"outcome": "hold", "reasons": ["x"], "champion": None, "verdicts": [asdict(one) for one in verdicts]}
    decisions.write(home.store, "v0002", content)
    lines = list(explained(home.root, "v0002"))
    assert "  not asked  no slower: does not apply without a champion" in lines
    assert not [line for line in lines if "no figure" in line]


def test_a_rule_that_fails_for_want_of_a_figure_says_so(home):
    measure(home, "v0002", "v0001", challenger=None, champion=0.5)
    assert [line for line in explained(home.root, "v0002") if line.startswith("  FAILS  good enough at all: no figure")]


def test_the_model_that_init_took_over_was_let_in_by_no_gate(home):
    artifacts.put(home.store, "v0001", {"record.json": b'{"adopted": true}'}, "adopted")
    lines = list(explained(home.root, "v0001"))
    assert lines[0] == "v0001: in production when this home was made, by no gate; by the rules it would be: promote"
    assert "measured against: nothing: it is the first model" in lines
    assert explanation.as_json(explanation.explain(home.root, "v0001"))["adopted"]


def test_a_script_is_told_the_same(home):
    registry.promote(home.store, "v0002", SHA256, "we need it", "ann")
    told = json.loads(json.dumps(explanation.as_json(explanation.explain(home.root, "v0002"))))
    assert (told["outcome"], told["measured_against"], told["in_production"]) == ("hold", "v0001", "v0002")
    assert {rule["rule"]: rule["verdict"] for rule in told["rules"]}["better on what is new"] == "fails"
    assert [(move["version"], move["by"]) for move in told["moves"]] == [("v0002", "ann")]
    undecided = explanation.as_json(explanation.explain(home.root, "v0003"))
    assert (undecided["outcome"], undecided["rules"]) == (None, [])
    assert undecided["how_far"].startswith("its dataset was made")


def test_a_page_whose_figures_lost_their_record_is_no_error_of_the_store(home):
    with pytest.raises(IntegrityError, match=r"v0002 was measured, but pictures\.json of it is gone"):
        versions.report(home.root, "v0002")


def test_a_version_beside_itself_is_nothing_to_compare(home):
    both = comparison.compare(home.root, "v0002", "v0002")
    assert list(comparison.shown(both, "v0002", "v0002")) == ["v0002 is one version: there is nothing to compare"]
    assert both.rows.height == 4


def test_versions_without_a_figure_in_common_say_so(home):
    measure(home, "v0002", "v0001", challenger=None, champion=None)
    both = comparison.compare(home.root, "v0001", "v0002")
    assert list(comparison.shown(both, "v0001", "v0002"))[1:] == ["they have no figure in common"]
