"""`--set key.sub=value`: every setting can be named, also one within a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.config import parse_settings
from autoretrain_assets.config.settings import DEFAULT_RULES
from autoretrain_assets.errors import SettingsError

ENOUGH = "good enough at all"
TWO_RULES = """
release:
  rules:
  - {name: own, metric: map50, compare: absolute, at_least: 0.5}
  - {name: quick, metric: latency_ms, compare: ratio, at_most: 2}
"""


def rules(text, *overrides):
    return {rule.name: rule for rule in parse_settings(text, overrides).release.rules}


@pytest.mark.parametrize("part", [ENOUGH, str([rule.name for rule in DEFAULT_RULES].index(ENOUGH))])
def test_a_default_rule_is_changed_by_its_name_or_its_number(part):
    changed = rules("", f"release.rules.{part}.at_least=0.1")

    assert changed.pop(ENOUGH).at_least == 0.1
    assert list(changed.values()) == [rule for rule in DEFAULT_RULES if rule.name != ENOUGH]


@pytest.mark.parametrize("part", ["quick", "1"])
def test_a_rule_of_the_file_is_changed_by_its_name_or_its_number(part):
    changed = rules(TWO_RULES, f"release.rules.{part}.at_most=3", "release.rules.0.slice=old")

    assert (changed["quick"].at_most, changed["own"].slice, len(changed)) == (3, "old", 2)


def test_a_whole_rule_and_the_whole_list_can_be_replaced():
    rule = "{name: mine, metric: map50, compare: absolute, at_least: 0}"

    assert list(rules(TWO_RULES, f"release.rules.quick={rule}")) == ["own", "mine"]
    assert list(rules(TWO_RULES, f"release.rules=[{rule}]")) == ["mine"]


@pytest.mark.parametrize("part", ["good enough", "2", "-1", ""])
def test_a_rule_that_there_is_not_lists_those_there_are(part):
    with pytest.raises(SettingsError, match=rf"--set .*: there is no '{part}' here; there are own, quick\."):
        parse_settings(TWO_RULES, [f"release.rules.{part}.at_least=0.1"])


def test_a_plain_list_is_addressed_too():
    assert parse_settings("", ["drift.triggers.random=operator"]).drift.triggers == ["operator"]
    with pytest.raises(SettingsError, match="there is no '0' here; there are none"):
        parse_settings("", ["dataset.classes.0=car"])


@pytest.mark.parametrize(
    ("override", "because"),
    [
        ("training.epochs=none", "--set training.epochs: must be a valid integer, it is 'none'."),
        ("training.epoch=3", "--set training.epoch: there is no such setting; did you mean epochs?"),
        ("store.lakefs.repository=Street", "--set store.lakefs.repository: 'Street' cannot name a repository: use 3"),
        ("store.lakefs.storage_namespace=bucket", "--set store.lakefs.storage_namespace: 'bucket' is no place"),
    ],
)
def test_what_is_wrong_with_an_override_is_not_laid_to_the_file(override, because):
    text = "training:\n  epochs: 2\nstore:\n  lakefs:\n    repository: street\n"
    with pytest.raises(SettingsError) as refused:
        parse_settings(text, [override])
    assert str(refused.value).startswith(because)


def test_one_of_several_named_shares_leaves_the_others():
    assert parse_settings("", ["mining.reason_shares.flicker=0.1"]).mining.reason_shares == {
        "operator": 1.0,
        "uncertain": 0.7,
        "flicker": 0.1,
    }


@given(
    st.lists(st.sampled_from(["release", "rules", "0", "9", "name", ENOUGH, "training", "epochs", "", "x"]), min_size=1)
)
def test_any_path_is_settings_or_a_settings_error(parts):
    try:
        parse_settings("training: {epochs: 3}", [f"{'.'.join(parts)}=1"])
    except SettingsError:
        return
