"""autoretrain.yaml: what is accepted, and how a mistake is explained."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.config import load_settings, parse_settings
from autoretrain_assets.config.settings import DEFAULT_RULES, Settings
from autoretrain_assets.config.template import render
from autoretrain_assets.errors import SettingsError


def test_an_empty_file_is_all_defaults():
    assert parse_settings("") == Settings()


def test_the_written_file_says_what_it_was_made_of():
    settings = parse_settings("seed: 7\ndataset: {classes: [car, 'no: 1', ümlaut]}\ndays: {first: 2026-01-02}\n")

    assert parse_settings(render(settings)) == settings


def test_the_written_file_explains_every_setting():
    text = render(Settings())

    for section in Settings.model_fields.values():
        assert section.description
        for field in getattr(section.annotation, "model_fields", {}).values():
            assert field.description
            assert field.description.split()[0] in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "seed: 1\nmining:\n  budget: 3\n",
            "line 3: mining.budget: there is no such setting; did you mean budget_per_day? known here: budget_per_day",
        ),
        ("sed: 1\n", "line 1: sed: there is no such setting"),
        ("training:\n  epochs: none\n", "line 2: training.epochs: must be a valid integer, it is 'none'."),
        ("training:\n  epochs: 1.5\n", "line 2: training.epochs: must be a valid integer, it is 1.5."),
        ("training:\n  epochs: 0\n", "line 2: training.epochs: must be greater than 0, it is 0."),
        ("training: 3\n", "line 1: training: must hold `key: value` lines."),
        ("dataset:\n  classes: car\n", "line 2: dataset.classes: must be a valid list."),
        (
            "labeling:\n  backend: paper\n",
            "line 2: labeling.backend: must be 'folder' or 'cvat', it is 'paper'.",
        ),
        ("labeling:\n  backend: cvat\n", "line 1: labeling: backend is cvat: write the server's address into"),
        (
            "labeling:\n  cvat:\n    url: ftp://there\n",
            "line 3: labeling.cvat.url: write the server's plain address, such as https://",
        ),
        (
            "labeling:\n  cvat:\n    url: https://me:s3cret@there\n",
            "line 3: labeling.cvat.url: take out what stands before",
        ),
        (
            "labeling:\n  cvat:\n    token: s3cret\n",
            "line 2: labeling.cvat: token: credentials come from the environment",
        ),
        ("labeling:\n  cvat:\n    assignees: [ann, ann]\n", "line 3: labeling.cvat.assignees: name each once"),
        (
            "release:\n  rules:\n  - {name: a, metric: map50, at_least: 0}\n",
            "line 3: release.rules.0.compare: is missing: write it there.",
        ),
        ("seed: 1\n\ttraining: 2\n", "line 2: not YAML"),
        ("- a\n- b\n", "must hold `key: value` lines"),
        ("seed: 1\nseed: 2\n", "line 2: not YAML"),
        ("mining:\n  uncertain_low: 0.9\n", "uncertain_low must be below uncertain_high"),
        (
            "release:\n  rules:\n  - {name: a, metric: map50, compare: ratio}\n",
            "line 3: release.rules.0: give at_least or at_most",
        ),
        ("release:\n  rules: []\n", "release.rules"),
        (
            "dataset: {classes: [car]}\nrelease: {rules: [{name: buses, metric: map50, label: buss, compare: absolute, at_least: 0}]}\n",
            "line 2: release: the rule 'buses' is about the class 'buss', which dataset.classes does not have: car",
        ),
        (
            "labeling: {refused_classes: [cow, car]}\ndataset: {classes: [car]}\n",
            "line 2: dataset: car stands in classes and in labeling.refused_classes: take it out of one",
        ),
    ],
)
def test_a_mistake_names_its_line_and_field(text, expected):
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)

    assert expected in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_rule_may_be_about_a_class_that_is_known_or_before_any_is():
    rule = "release: {rules: [{name: cars, metric: map50, label: car, compare: absolute, at_least: 0}]}"

    for text in (rule, f"dataset: {{classes: [car, bus]}}\n{rule}"):
        assert parse_settings(text).release.rules[0].label == "car"


def test_an_override_wins_and_is_checked():
    assert parse_settings("training: {epochs: 3}", ["training.epochs=5", "drift.min_images=4"]).training.epochs == 5
    with pytest.raises(SettingsError, match=r"training\.epoch: there is no such setting"):
        parse_settings("", ["training.epoch=5"])
    with pytest.raises(SettingsError, match=r"key\.sub=value"):
        parse_settings("", ["training.epochs"])


def test_a_file_that_changed_counts_as_it_is_now(tmp_path):
    path = tmp_path / "autoretrain.yaml"
    for seed in (1, 2, 1):
        path.write_text(f"seed: {seed}")
        assert load_settings(path).seed == seed


def test_a_mistake_in_a_copy_names_the_copy(tmp_path):
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text("sed: 1")
        with pytest.raises(SettingsError, match=f"{name}, line 1"):
            load_settings(tmp_path / name)


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(SettingsError, match="autoretrain init"):
        load_settings(tmp_path / "autoretrain.yaml")


def test_the_default_rules_ask_for_improvement_and_forbid_loss():
    assert any(rule.slice == "new" and rule.at_least is not None and rule.at_least > 0 for rule in DEFAULT_RULES)
    assert any(rule.slice == "old" and rule.at_least is not None and rule.at_least < 0 for rule in DEFAULT_RULES)


@given(st.text())
def test_any_text_is_settings_or_a_settings_error(text):
    try:
        parse_settings(text)
    except SettingsError:
        return
