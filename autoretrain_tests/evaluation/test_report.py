"""The evaluation's page and files: whole in themselves, and safe with any name."""

import re
from datetime import UTC, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from autoretrain_assets.config.rules import Rule
from autoretrain_assets.evaluation.report import compared, page
from autoretrain_assets.evaluation.stored import Evaluation
from autoretrain_assets.release.gate import decide
from autoretrain_assets.schema import METRICS

NAMES = {"champion": 0.4321, "challenger": 0.5432}
WICKED = "source:<script>alert(1)</script>"


def metrics(*models):
    keys = [("all", None), ("all", "car"), (WICKED, None), ("size:large", None)]
    rows = [
        {"model": model, "slice": name, "label": label, "images": 7, "boxes": 9, "map50": NAMES[model]}
        for model in models
        for name, label in keys
    ]
    undefined = pl.col("slice") == "size:large"
    return pl.DataFrame(rows, schema=METRICS).with_columns(map50=pl.when(~undefined).then("map50"))


def evaluation(*models):
    champion = "v0002" if "champion" in models else None
    latency = dict.fromkeys(models, 12.5)
    return Evaluation("v0003", champion, datetime(2026, 3, 2, tzinfo=UTC), 7, latency, metrics(*models))


def html(one, **rest):
    pictures = [("the night street", "data:image/jpeg;base64,AAAA")]
    return page(one, pictures=pictures, training={"epochs": 12}, classes=[("car", "#e4572e")], **rest)


def test_files_bring_the_evaluation_back():
    one = evaluation("challenger", "champion")

    back = Evaluation.from_files(*(one.as_files()[name] for name in ("metrics.parquet", "evaluation.json")))

    assert_frame_equal(back.metrics, one.metrics)
    assert (back.version, back.champion, back.measured_at, back.images, back.latency_ms) == (
        one.version,
        one.champion,
        one.measured_at,
        one.images,
        one.latency_ms,
    )


def test_both_models_stand_side_by_side_and_an_absent_champion_is_null():
    both, alone = compared(metrics("challenger", "champion")), compared(metrics("challenger"))

    assert both.select("champion map50", "map50").row(0) == (0.4321, 0.5432)
    assert both.select("slice", "label").equals(alone.select("slice", "label"))
    assert alone["champion map50"].null_count() == alone.height


@pytest.mark.parametrize("models", [("challenger",), ("challenger", "champion")])
def test_a_page_needs_nothing_but_itself(models):
    text = html(evaluation(*models))

    addresses = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)|url\(([^)]*)\)""", text)
    assert addresses
    assert all("".join(pair).startswith("data:") for pair in addresses)
    assert "0.543" in text
    assert ("0.432" in text) == ("champion" in models)


def test_names_from_outside_cannot_write_html():
    text = html(evaluation("challenger", "champion"))

    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_an_undefined_figure_is_a_dash():
    text = html(evaluation("challenger"))
    row = re.search(r"<tr><td>size:large</td>.*?</tr>", text, re.DOTALL)

    assert row
    assert "\N{EN DASH}" in row[0]
    assert not re.search(r"nan|None", row[0])


def test_a_decision_stands_rule_by_rule_and_is_absent_before_it_was_made():
    one = evaluation("challenger", "champion")
    rules = [Rule(name="much better", metric="map50", compare="difference", at_least=0.3)]
    decision = decide(one.metrics, one.latency_ms, rules).as_json()

    before, after = html(one), html(one, decision=decision)

    assert "much better" not in before
    assert all(word in after for word in ("hold", "much better", "&gt;= 0.3", "0.111"))


def test_a_rule_that_does_not_apply_was_not_asked_and_what_init_took_over_passed_no_gate():
    one = evaluation("challenger")
    rules = [
        Rule(name="much better", metric="map50", compare="difference", at_least=0.3),
        Rule(name="perfect", metric="map50", compare="absolute", at_least=1),
    ]
    decision = decide(one.metrics, one.latency_ms, rules).as_json()

    text = html(one, decision=decision, adopted=True)

    assert re.search(r"much better.*?not asked<br>does not apply without a champion", text, re.DOTALL)
    assert re.search(r"perfect.*?>fails<", text, re.DOTALL)
    assert '<span class="verdict">taken over</span>' in text
    assert "no rule was asked for its release" in text
    assert "taken over" not in html(one, decision=decision)
