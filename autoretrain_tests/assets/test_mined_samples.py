from datetime import timedelta

import dagster as dg
import polars as pl
import pytest
from PIL import Image

from autoretrain_assets.assets.mined_samples import mined_samples
from autoretrain_assets.config import parse_settings
from autoretrain_assets.founding import lay_out
from autoretrain_assets.pictures import jpeg
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.schema import CVAT_TASKS
from autoretrain_tests.mining.world import START, box, event, table

DAY = START.date()
MIDNIGHT = (START + timedelta(days=1)).replace(hour=0)
SETTINGS = """
dataset: {classes: [car]}
mining: {budget_per_day: 4, random_share: 0.25, reason_shares: {operator: 1.0, uncertain: 1.0}}
"""


@pytest.fixture
def home(tmp_path):
    return lay_out(tmp_path / "home", parse_settings(SETTINGS))


def seen(home, number, **other):
    """An event whose image is among the home's."""
    content = jpeg(Image.new("RGB", (16, 12), (number, 99, 255 - number)))
    return event(number, [box(0.3)], **other) | {"sha256": home.frames.put(content, "jpg")}


def mine_day(home, day, *events):
    """Mine the day of these events and give all that was chosen to people, as a pass over the day does."""
    home.raw_feedback.write(day, table(*events))
    found = {"home": HomeResource(root=str(home.root))}
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([mined_samples], partition_key=day.isoformat(), resources=found, instance=instance)
    samples = home.mined_samples.read(day)
    task = {"key": "task", "state": "open", "opened_at": START, "images": samples["sha256"].to_list()}
    home.cvat_tasks.write(day, pl.DataFrame([task], schema=CVAT_TASKS))
    return samples


def test_a_day_that_comes_in_parts_stays_within_its_budget(home):
    events = [seen(home, number) for number in range(9)]

    parts = [mine_day(home, DAY, *events[:some]) for some in (3, 6, 9, 9)]

    assert [part.height for part in parts] == [3, 4, 4, 4]
    assert parts[-1].filter(arm="random").height == 1


def test_a_report_reaches_the_row_of_an_image_that_people_label_already(home):
    first = seen(home, 1)
    before = mine_day(home, DAY, first)

    after = mine_day(home, DAY, first, seen(home, 1, reported=True) | {"event_id": "e900", "model_version": "v0002"})

    assert before["reasons"].to_list() == [["uncertain"]]
    assert after["reasons"].to_list() == [["operator", "uncertain"]]
    assert after["event_ids"].to_list() == [["e001", "e900"]]
    assert after["model_version"].to_list() == ["v0001"]


def around_midnight(home, *seconds):
    return [seen(home, 100 + at, captured_at=MIDNIGHT + timedelta(seconds=at)) for at in seconds]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "the later day first"])
def test_a_scene_across_midnight_has_one_name(home, order):
    halves = [(DAY, around_midnight(home, -50, -20)), (MIDNIGHT.date(), around_midnight(home, 10, 60))]

    samples = pl.concat([mine_day(home, *(halves[at][0], *halves[at][1])) for at in order])

    assert samples["captured_at"].dt.date().n_unique() == 2
    assert samples["sha256"].is_unique().all()
    assert samples["group"].n_unique() == 1


def test_a_late_start_of_a_scene_keeps_the_name_it_has_on_the_next_day(home):
    start, late = around_midnight(home, -30, -80)
    mine_day(home, MIDNIGHT.date(), *around_midnight(home, 10))
    home.raw_feedback.write(DAY, table(start))
    name = mine_day(home, MIDNIGHT.date(), *around_midnight(home, 10))["group"].item()

    assert set(mine_day(home, DAY, start, late)["group"]) == {name}


def test_a_source_that_never_pauses_is_cut_once_a_day(tmp_path):
    home = lay_out(tmp_path / "home", parse_settings(SETTINGS + "scenes: {gap_seconds: 30000}"))
    groups = []
    for day in range(4):
        times = [START + timedelta(days=day, hours=hours) for hours in (-12, -4, 4)]
        events = [seen(home, 10 * day + at, captured_at=time) for at, time in enumerate(times)]
        groups.append(set(mine_day(home, DAY + timedelta(days=day), *events)["group"]))

    assert [len(names) for names in groups] == [1, 1, 1, 1]
    assert len(groups[1] | groups[2] | groups[3]) == 3
