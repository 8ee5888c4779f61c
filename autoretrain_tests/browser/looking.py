"""What a person's eyes do on a page: wait until words stand there, read a line of a table, see that pictures came."""

from collections.abc import Sequence

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")


def sees(page, *texts: str) -> None:
    """Wait until the words stand on the page."""
    for text in texts:
        sync_api.expect(page.get_by_text(text).first).to_be_visible(timeout=60_000)


def sees_in_line(page, name: str, *texts: str) -> None:
    """Wait until the line of a table that `name` begins holds the words."""
    line = page.get_by_role("row").filter(has=page.get_by_text(name, exact=True)).first
    for text in texts:
        sync_api.expect(line).to_contain_text(text, timeout=60_000)


def picture_widths(page) -> Sequence[int]:
    """Pixels of the pictures in the metadata, when all are there (0: broken)."""
    page.locator(".dagster-markdown img").first.wait_for()
    page.wait_for_function("[...document.querySelectorAll('.dagster-markdown img')].every(image => image.complete)")
    return page.eval_on_selector_all(".dagster-markdown img", "images => images.map(image => image.naturalWidth)")
