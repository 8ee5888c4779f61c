"""autoretrain.yaml is changed at one place, and all else in it stays to the letter."""

import pytest

from autoretrain_assets.config import parse_settings
from autoretrain_assets.config.editing import edited
from autoretrain_assets.config.template import render
from autoretrain_assets.errors import SettingsError

TO_LAKEFS = ["store.lakefs.url=https://lakefs.example.org", "store.backend=lakefs"]
OWNERS = """\
# mine
dataset:
    classes: [car,   'bus']   # two
release:
  rules:
  - name: x   # odd
    metric: map50
    compare: absolute
    at_least: 1e-3
"""


def changed(before: str, after: str) -> list[str]:
    """The lines that are new."""
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_of_a_file_that_init_wrote_only_those_lines_change():
    before = render(parse_settings(""))
    after = edited(before, TO_LAKEFS)
    assert changed(before, after) == ['  backend: "lakefs"', '    url: "https://lakefs.example.org"']
    assert len(after.splitlines()) == len(before.splitlines())


@pytest.mark.parametrize(
    "store",
    [
        "",
        "store: {backend: git}   # here",
        "store:\n  # where\n  backend: git # mine\n  lakefs:\n    retries: 2",
        "store:\n    lakefs: {retries: 2} # more",
        "store: {lakefs: {}}",
        "store: {} # none",
        "store:\n  backend: 'git'\n  lakefs:\n    url: # nothing yet\n    retries: 2",
    ],
)
@pytest.mark.parametrize("below", ["", "\nretrain:\n  min_new_labels: 3  # few\n"])
def test_an_owners_own_way_of_writing_it_stays(store: str, below: str):
    before = OWNERS + store + below
    after = edited(before, TO_LAKEFS)
    assert parse_settings(after) == parse_settings(before, TO_LAKEFS)
    assert after.startswith(OWNERS)
    assert below in after
    assert all(comment in after for comment in ("# here", "# where", "# mine", "# more", "# none") if comment in before)


def test_line_ends_stay():
    assert edited("store:\r\n  backend: git\r\n", ["store.lakefs.retries=2"]).count("\r") == 2


def test_an_empty_file_and_one_without_a_last_line_end_are_added_to():
    assert parse_settings(edited("", ["store.lakefs.retries=2"])).store.lakefs.retries == 2
    assert (
        edited("dataset: {test_share: 0.2}", ["store.lakefs.retries=2"]).splitlines()[0] == "dataset: {test_share: 0.2}"
    )


@pytest.mark.parametrize("text", ["nothing: 1\n", "store: [\n"])
def test_what_cannot_be_read_is_refused(text: str):
    with pytest.raises(SettingsError):
        edited(text, TO_LAKEFS)


def test_what_is_written_once_for_two_places_is_left_to_its_owner():
    text = "automation: {retry_seconds: &few 7, start_seconds: *few}\n"
    with pytest.raises(SettingsError, match="by hand"):
        edited(text, ["automation.start_seconds=8"])
