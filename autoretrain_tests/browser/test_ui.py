"""What an owner finds on Dagster's pages and in the reports of what the loop left, in a real browser."""

from urllib.parse import quote

import pytest

from autoretrain_assets.assets import ASSETS
from autoretrain_assets.assets.checks import EVALUATION_REPORT, LABELED_DATASET, RAW_FEEDBACK
from autoretrain_assets.assets.label_checks import ANNOTATIONS
from autoretrain_tests.browser.conftest import CHROMIUM, OWNER
from autoretrain_tests.browser.looking import picture_widths, sees, sees_in_line, sync_api

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH: apt-get install chromium"),
]
SPECS = [spec for asset in ASSETS for spec in asset.specs]
CHECKS = [*RAW_FEEDBACK, *ANNOTATIONS, *LABELED_DATASET, *EVALUATION_REPORT]
WITH_PICTURES = {
    "raw_feedback", "mined_samples", "cvat_tasks", "annotations", "labeled_dataset", "finetuned_checkpoint", "evaluation_report",
}  # fmt: skip

FOUND = {
    "day_has_events": "2026-03-04: 24 events accepted.",
    "quarantine_share": "2026-03-04: 0 of 24 new events refused: 0.00; at most 0.1 is asked.",
    "answers_sent_back": "2026-03-04: 0 of 24 answers sent back: 0.00; at most 0.2 is asked.",
    "labels_agree_with_known_answers": "2026-03-04: no label was measured.",
    "classes_are_known": "2026-03-04: no class was proposed.",
    "scenes_are_apart": "v0003: 0 of 28 scenes on both sides.",
    "every_class_is_there": "v0003: all 3 classes are in train and in test.",
    "no_day_is_blocked": "v0003: no day was measured.",
    "confidence_is_calibrated": "v0003: ",
}
"""What each check last found of the played home."""


def name_of(spec):
    return spec.key.to_user_string()


def test_the_lineage_names_all_ten_assets(page, server):
    groups = sorted({f"global@global:{spec.group_name}" for spec in SPECS})
    page.set_viewport_size({"width": 3600, "height": 1000})

    page.goto(f"{server}/asset-groups?expanded={quote(','.join(groups))}")

    assert len(SPECS) == 10
    sees(page, *(name_of(spec) for spec in SPECS))
    sync_api.expect(page.get_by_text("Loading...")).to_have_count(0)


@pytest.mark.parametrize("spec", SPECS, ids=name_of)
def test_an_asset_says_what_it_is_whose_it_is_and_shows_what_it_made(page, server, spec):
    page.goto(f"{server}/assets/{name_of(spec)}")

    lines = (line.strip().replace("`", "") for line in spec.description.splitlines())
    sees(page, *filter(None, lines))
    sees(page, spec.group_name, OWNER.removeprefix("team:"))
    if name_of(spec) in WITH_PICTURES:
        assert all(picture_widths(page))


def test_a_day_says_how_many_samples_were_chosen_from_how_many_and_why(page, server, ui_home):
    day = ui_home.mined_samples.days()[0]
    samples, events = ui_home.mined_samples.read(day), ui_home.raw_feedback.read(day)

    page.goto(f"{server}/assets/mined_samples?view=partitions&partition={day}")

    sees_in_line(page, "dagster/row_count", str(samples.height))
    sees_in_line(page, "chosen from", str(events["sha256"].n_unique()))
    sees_in_line(page, "by reason", *samples["reasons"].explode().unique())
    assert all(picture_widths(page))


def test_the_runs_tell_why_each_retraining_was_started(page, server, training_run):
    page.goto(f"{server}/runs")

    sees(page, training_run.tags["autoretrain/why"], "autoretrain/trigger: labels", "partition: v0002")


def test_a_retraining_shows_its_reason_its_five_steps_and_its_checks(page, server, training_run):
    page.goto(f"{server}/runs/{training_run.run_id}")

    sees(page, "5 assets", "4 checks", "finetuned_checkpoint", "evaluation_report")
    page.get_by_role("button", name="View tags and config").click()
    sees(page, training_run.tags["autoretrain/why"])


def test_an_evaluation_shows_slices_classes_and_what_changed(page, server):
    page.goto(f"{server}/assets/evaluation_report?view=partitions&partition=v0002")

    sees(page, "domain:night", "by class", "person", "latency")
    sees_in_line(page, "measured against", "v0001")
    assert len([width for width in picture_widths(page) if width > 0]) == 3


@pytest.mark.parametrize(
    ("version", "labels", "words"),
    [
        ("v0002", 21, ["promote", "it runs", "holds", "not asked"]),
        ("v0003", 24, ["hold", "enough rain", "too little evidence", "fails"]),
    ],
    ids=["v0002", "v0003"],
)
def test_a_decision_shows_its_rules_its_verdict_and_why_it_came(page, server, version, labels, words):
    page.goto(f"{server}/assets/release_decision?view=partitions&partition={version}")

    sees(page, *words, "rule by rule", f"{labels} new labelled images: 5 are enough")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_says_what_it_asks_and_what_it_found(page, server, check):
    page.goto(f"{server}/assets/{check.asset_key.to_user_string()}?view=checks&checkDetail={check.name}")

    sees(page, check.description, FOUND[check.name])


def test_the_log_of_a_training_has_its_epochs(page, server, training_run):
    page.goto(f"{server}/runs/{training_run.run_id}")
    page.get_by_placeholder("Filter…").last.fill("epoch")

    sees(page, "epoch 1/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_is_one_file_and_all_of_it_shows(page, ui_home, scheme):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(color_scheme=scheme)

    page.goto((ui_home.reports / "v0002.html").as_uri())

    assert [url for url in asked if not url.startswith("data:")] == [(ui_home.reports / "v0002.html").as_uri()]
    assert all(page.eval_on_selector_all("img", "images => images.map(image => image.naturalWidth)"))
    sees(page, "promote", "it runs")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
