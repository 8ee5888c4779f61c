"""What an asset's page shows: what is short enough stands in place, and a picture is never too long for that."""

import io
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from PIL import Image

from autoretrain_assets.assets import showing
from autoretrain_assets.pictures import data_uri, jpeg


def shown_by(instance, show):
    """The metadata value that an asset on this instance gets from `show`."""

    @dg.asset
    def one() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"it": show()})

    result = dg.materialize([one], instance=instance)
    return result.asset_materializations_for_node("one")[0].metadata["it"].value


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """An instance that keeps its logs in files, as a home's does."""
    with dg.instance_for_test(temp_dir=str(tmp_path_factory.mktemp("instance"))) as instance:
        yield instance


def wide(width=1000):
    return jpeg(Image.new("RGB", (width, 100), "#336699"))


def test_a_short_table_is_markdown_with_figures_to_three_places():
    frame = pl.DataFrame({"slice": ["new|old", None], "map50": [0.5, 0.00001], "images": [3, 0], "ok": [True, False]})

    assert showing.table(frame).value.splitlines() == [
        "|slice|map50|images|ok|",
        "|--|--:|--:|--|",
        "|new\\|old|0.500|3|yes|",
        "|–|1e-05|0|no|",
    ]
    assert showing.table(frame.clear()).value == "nothing"


def test_a_table_too_long_for_markdown_in_place_is_dagsters_own():
    frame = pl.DataFrame({"source": [f"camera {number}" for number in range(100)], "mean": [0.25] * 100})

    value = showing.table(frame)

    assert isinstance(value, dg.TableMetadataValue)
    assert len(value.records) == 100
    assert value.records[7].data == {"source": "camera 7", "mean": "0.250"}


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [(0.291, 0.93, "0.291→0.930"), (None, 0.93, "0.930"), (0.291, None, "0.291→–"), (None, None, None)],
)
def test_two_figures_are_one_text(before, after, text):
    frame = pl.DataFrame({"before": [before], "after": [after]}, schema={"before": pl.Float64, "after": pl.Float64})

    assert frame.select(showing.went("before", "after")).item() == text


def test_a_picture_is_a_file_that_the_webserver_serves(local):
    content = wide(200)

    text = shown_by(local, lambda: showing.picture(content, "a street"))

    assert len(text) < showing.IN_PLACE
    folder, name, kind = text.removeprefix("![a street](/logs/").removesuffix(")").split("/")
    served = local.compute_log_manager.get_captured_local_path([folder, name], kind)
    assert Path(served).read_bytes() == content


def test_strips_are_as_wide_as_the_page_at_most(local):
    text = shown_by(local, lambda: showing.strips([data_uri(wide()), data_uri(wide(300))], "champion, truth"))

    assert text.startswith("champion, truth\n\n![")
    names = [part.split("/")[-2] for part in text.split("(")[1:]]
    files = [local.compute_log_manager.get_captured_local_path([showing.FOLDER, name], "jpg") for name in names]
    assert [Image.open(file).width for file in files] == [showing.WIDTH, 300]


def test_where_logs_are_kept_elsewhere_the_address_holds_the_picture():
    content = wide(50)

    with dg.DagsterInstance.ephemeral() as instance:
        text = shown_by(instance, lambda: showing.picture(content, "a street"))

    assert text == f"![a street]({data_uri(content)})"
    assert Image.open(io.BytesIO(content)).size == (50, 100)
