"""The training mix: all that is new or labelled anew, a seeded share of what is old, nothing of the test."""

import polars as pl

from autoretrain_assets.dataset.mix import learned, training_mix

MANIFEST = pl.DataFrame(
    {
        "sha256": [f"old{n:02d}" for n in range(40)] + [f"new{n:02d}" for n in range(10)] + ["test"],
        "split": ["train"] * 50 + ["test"],
    }
)
KNOWN = MANIFEST["sha256"].head(40)


def test_without_a_champion_all_of_train_is_new():
    assert training_mix(MANIFEST, None, 1.0, seed=0).height == 50


def test_each_new_image_brings_its_share_of_old_ones():
    mix = training_mix(MANIFEST, KNOWN, 1.5, seed=0)["sha256"]

    assert mix.str.starts_with("new").sum() == 10
    assert mix.str.starts_with("old").sum() == 15
    assert "test" not in mix


def test_the_draw_is_seeded():
    draws = [training_mix(MANIFEST, KNOWN, 1.0, seed)["sha256"].to_list() for seed in (1, 1, 2)]

    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


def test_no_more_old_images_than_there_are():
    assert training_mix(MANIFEST, KNOWN, 100.0, seed=0).height == 50


def test_an_image_that_is_labelled_anew_is_to_be_learned_anew():
    champion = pl.DataFrame({"sha256": ["a", "b"], "boxes_hash": ["1", "2"]})
    corrected = pl.DataFrame({"sha256": ["a", "b", "c"], "boxes_hash": ["1", "other", "3"]})

    assert learned(champion, champion).to_list() == ["a", "b"]
    assert learned(champion, corrected).to_list() == ["a"]
