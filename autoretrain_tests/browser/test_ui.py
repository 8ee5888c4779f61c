"""What an owner sees: Dagster's pages and the reports, in a real browser."""

from urllib.parse import quote

import pytest

from autoretrain_assets.assets import ASSETS
from autoretrain_tests.browser.conftest import CHROMIUM

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH: apt-get install chromium"),
]
SPECS = [spec for asset in ASSETS for spec in asset.specs]
WITH_PICTURES = {
    "raw_feedback", "mined_samples", "annotations", "labeled_dataset", "finetuned_checkpoint", "evaluation_report",
}  # fmt: skip


def name_of(spec):
    return spec.key.to_user_string()


def sees(page, text):
    """Wait until the words stand on the page."""
    sync_api.expect(page.get_by_text(text).first).to_be_visible(timeout=60_000)


def loaded_pictures(page):
    """The widths of the pictures in the metadata, when all are there (0: broken)."""
    page.locator(".dagster-markdown img").first.wait_for()
    page.wait_for_function("[...document.querySelectorAll('.dagster-markdown img')].every(image => image.complete)")
    return page.eval_on_selector_all(".dagster-markdown img", "images => images.map(image => image.naturalWidth)")


def test_the_lineage_names_all_ten_assets(page, server):
    groups = sorted({f"global@global:{spec.group_name}" for spec in SPECS})
    page.set_viewport_size({"width": 3600, "height": 1000})

    page.goto(f"{server}/asset-groups?expanded={quote(','.join(groups))}")

    assert len(SPECS) == 10
    for spec in SPECS:
        sees(page, name_of(spec))


@pytest.mark.parametrize("spec", SPECS, ids=name_of)
def test_an_asset_says_what_it_is_and_shows_what_it_made(page, server, spec):
    page.goto(f"{server}/assets/{name_of(spec)}")

    for line in spec.description.splitlines():
        if line.strip():
            sees(page, line.strip())
    sees(page, spec.group_name)
    if name_of(spec) in WITH_PICTURES:
        assert all(loaded_pictures(page))


def test_an_evaluation_shows_slices_classes_and_what_changed(page, server):
    page.goto(f"{server}/assets/evaluation_report?view=partitions&partition=v0002")

    for words in ("measured against", "v0001", "domain:night", "by class", "person", "latency"):
        sees(page, words)
    assert len([width for width in loaded_pictures(page) if width > 0]) == 3


@pytest.mark.parametrize(
    ("version", "words"),
    [("v0002", ["promote", "it runs", "holds"]), ("v0003", ["hold", "enough rain", "too little evidence", "fails"])],
)
def test_a_decision_shows_its_rules_and_its_verdict(page, server, version, words):
    page.goto(f"{server}/assets/release_decision?view=partitions&partition={version}")

    for word in [*words, "rule by rule"]:
        sees(page, word)


def test_the_log_of_a_training_has_its_epochs(page, server, training_run):
    page.goto(f"{server}/runs/{training_run}")
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
    sees(page, "promote")
    sees(page, "it runs")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
