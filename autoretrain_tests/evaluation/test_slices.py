import polars as pl

from autoretrain_assets.evaluation.slices import slice_images

TEST = pl.DataFrame(
    {
        "sha256": ["a", "b"],
        "slices": [["regression"], []],
        "source": ["cam", "cam"],
        "domain": ["night", None],
        "arm": ["random", "import"],
    },
    schema_overrides={"slices": pl.List(pl.String)},
)


def test_slices_of_a_manifest():
    rows = set(slice_images(TEST, pl.Series(["b"])).iter_rows())

    assert rows == {
        ("a", "all"), ("b", "all"), ("a", "new"), ("b", "old"), ("a", "regression"), ("a", "domain:night"),
        ("a", "source:cam"), ("b", "source:cam"), ("a", "arm:random"), ("b", "arm:import"),
    }  # fmt: skip


def test_without_a_champion_everything_is_new():
    assert set(slice_images(TEST, None).filter(pl.col("slice").is_in(["old", "new"]))["slice"]) == {"new"}
