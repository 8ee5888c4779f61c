from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from autoretrain_assets.config.settings import Mining
from autoretrain_assets.errors import SettingsError
from autoretrain_assets.mining.selection import mine
from autoretrain_assets.schema import MINED_SAMPLES
from autoretrain_tests.mining.world import box, event, name_of, table

NONE = pl.Series("sha256", [], dtype=pl.String)
ONLY_MINED = {"random_share": 0.0, "reason_shares": {"operator": 1.0, "uncertain": 1.0, "flicker": 1.0}}


def select(*events, taken=NONE, seed=0, kept=None, **settings):
    return mine(table(*events), Mining(**settings), 60, taken, seed, kept=kept)


def images(samples):
    return set(samples["sha256"])


def names(*numbers):
    return {name_of(number) for number in numbers}


def unsure(number, **other):
    """The higher its number up to 34, the better its score."""
    return event(number, [box(0.01 * (number + 1))], **other)


def test_an_empty_day_and_an_empty_budget_give_an_empty_table():
    for samples in (select(), select(event(1, reported=True), budget_per_day=0)):
        assert samples.is_empty()
        assert dict(samples.schema) == dict(pl.DataFrame(schema=MINED_SAMPLES).schema)


def test_one_row_an_image_with_all_its_events():
    first = event(1, [box(0.3)], at=0, image="x", reported=True)
    second = event(2, [box(0.9)], at=0, image="x", source="cam", model_version="v0002")
    row = select(second, first, **ONLY_MINED).row(0, named=True)
    assert row["event_ids"] == ["e001", "e002"]
    assert row["reasons"] == ["operator", "uncertain"]
    assert row["predictions"] == [box(0.9)]
    assert row["model_version"] == "v0002"
    assert (row["arm"], row["score"]) == ("mined", 1.0)


def test_what_is_taken_is_left_out_and_still_forms_scenes():
    events = [unsure(20, at=0), unsure(21, at=50), unsure(22, at=100)]
    samples = select(*events, taken=pl.Series([name_of(21)]), **ONLY_MINED)
    assert images(samples) == names(20, 22)
    assert samples["group"].to_list() == ["cam/20250301T120000.000000"] * 2


def test_the_best_scores_fill_the_budget():
    assert images(select(*(unsure(n) for n in range(20, 34)), budget_per_day=3, **ONLY_MINED)) == names(31, 32, 33)


def test_a_reason_takes_no_more_than_its_part_and_its_places_stay_free():
    events = [*(unsure(n) for n in range(15, 35)), event(50, reported=True)]
    samples = select(*events, budget_per_day=10, random_share=0, reason_shares={"operator": 1.0, "uncertain": 0.3})
    assert images(samples) == names(50, 34, 33, 32)


def test_a_reason_that_is_not_named_is_not_used_but_remembered():
    events = [event(1, [box(0.3)], reported=True), event(2, reported=True)]
    samples = select(*events, random_share=0, reason_shares={"uncertain": 1.0})
    assert images(samples) == names(1)
    assert samples["reasons"].to_list() == [["operator", "uncertain"]]


def test_an_image_takes_the_place_of_the_reason_that_has_room():
    events = [event(1, reported=True), event(2, [box(0.3)], reported=True), event(3, [box(0.3)])]
    samples = select(*events, budget_per_day=2, random_share=0, reason_shares={"operator": 0.5, "uncertain": 0.5})
    assert samples.height == 2
    assert images(samples) < names(1, 2, 3)
    assert names(1, 2) & images(samples)


def test_no_reason_at_all_leaves_only_the_random_arm():
    samples = select(*(unsure(n) for n in range(20, 30)), budget_per_day=10, random_share=0.2, reason_shares={})
    assert samples["arm"].to_list() == ["random"] * 2


def test_an_unknown_reason_is_an_error_that_names_it():
    with pytest.raises(SettingsError, match="boredom"):
        select(event(1), reason_shares={"boredom": 1.0})


def test_a_source_takes_no_more_than_its_part_and_others_come_after_it():
    events = [*(unsure(n) for n in range(25, 35)), *(unsure(n, source="poor") for n in range(15, 20))]
    samples = select(*events, budget_per_day=8, max_source_share=0.5, **ONLY_MINED)
    assert images(samples) == names(34, 33, 32, 31, 19, 18, 17, 16)


def test_near_duplicates_of_a_source_leave_the_best():
    events = [unsure(20, phash=0b0), unsure(21, phash=0b111), unsure(22, phash=0b0, source="other")]
    assert images(select(*events, near_duplicate_distance=3, **ONLY_MINED)) == names(21, 22)


def test_a_chain_of_near_duplicates_leaves_its_ends():
    events = [unsure(22, phash=0b0), unsure(21, phash=0b11), unsure(20, phash=0b1111)]
    assert images(select(*events, near_duplicate_distance=2, **ONLY_MINED)) == names(22, 20)


def test_a_reported_image_is_not_dropped_for_one_that_nobody_reported():
    sure = [box(0.35, x=40.0 * n) for n in range(60)]
    samples = select(event(1, sure, phash=7), event(2, phash=7, reported=True), **ONLY_MINED)
    assert images(samples) == names(2)


def test_the_random_arm_draws_from_what_was_sent_at_random():
    events = [
        *(event(n, reported=True) for n in range(20)),
        *(event(n, trigger="random") for n in range(20, 24)),
    ]
    samples = select(*events, budget_per_day=10, random_share=0.3)
    drawn = samples.filter(arm="random")
    assert drawn.height == 3
    assert images(drawn) < names(20, 21, 22, 23)
    assert drawn["reasons"].to_list() == [[]] * 3
    assert samples.filter(arm="mined").height == 7


def test_the_random_arm_falls_back_to_all_and_depends_on_the_seed():
    events = [event(n) for n in range(40)]
    draws = [frozenset(images(select(*events, budget_per_day=50, random_share=0.1, seed=seed))) for seed in range(5)]
    assert all(len(draw) == 5 for draw in draws)
    assert len(set(draws)) > 1


def test_the_random_arm_is_uniform():
    events = [event(n, [box(0.3)] if n < 10 else [], reported=n < 5) for n in range(20)]
    day = table(*events)
    settings = Mining(budget_per_day=5, random_share=1.0)
    drawn = pl.concat([mine(day, settings, 60, NONE, seed).select("sha256") for seed in range(60)])
    counts = drawn["sha256"].value_counts()["count"]
    # 15 each in the mean, standard deviation 3.4: 5 to 25 is three of them.
    assert counts.len() == 20
    assert counts.is_between(5, 25).all()


def test_later_events_push_out_only_as_many_as_they_bring():
    early = [event(n, trigger="random") for n in range(30)]
    late = [event(30, trigger="random")]
    before, after = (images(select(*day, budget_per_day=10, random_share=1.0)) for day in (early, early + late))
    assert len(before - after) <= 1


def test_a_near_duplicate_of_the_random_arm_is_mined_only_when_reported():
    drawn = event(1, trigger="random", phash=0)
    settings = {"budget_per_day": 10, "random_share": 0.1}
    assert images(select(drawn, unsure(20, phash=1), **settings)) == names(1)
    assert images(select(drawn, event(2, phash=1, reported=True), **settings)) == names(1, 2)


def test_what_is_in_a_task_stays_and_counts_towards_the_budget_of_each_arm():
    settings = {"budget_per_day": 10, "random_share": 0.3, "reason_shares": {"uncertain": 1.0}}
    events = [unsure(n) for n in range(30)]
    kept = select(*events[:8], **settings)
    samples = select(*events, kept=kept, **settings)
    assert images(kept) < images(samples)
    assert dict(samples["arm"].value_counts().iter_rows()) == {"random": 3, "mined": 7}


def test_a_larger_random_share_gives_no_second_budget():
    events = [unsure(n) for n in range(30)]
    kept = select(*events, budget_per_day=10, **ONLY_MINED)
    assert_frame_equal(select(*events, kept=kept, budget_per_day=10, random_share=0.5), kept)


def test_what_is_in_a_task_counts_towards_the_parts_of_its_reason_and_its_source():
    settings = {"budget_per_day": 10, "random_share": 0, "max_source_share": 0.4}
    settings["reason_shares"] = {"operator": 1.0, "uncertain": 0.3}
    early = [unsure(n) for n in (20, 21)]
    late = [*(unsure(n, source=f"cam{n}") for n in (30, 31, 32)), *(event(n, reported=True) for n in range(40, 45))]
    samples = select(*early, *late, kept=select(*early, **settings), **settings)
    assert images(samples.filter(source="cam")) > names(20, 21)
    assert samples.filter(source="cam").height == 4
    assert images(samples.filter(pl.col("source") != "cam")) == names(32)


def test_an_image_in_a_task_that_is_reported_later_frees_the_place_of_its_other_reason():
    settings = {"budget_per_day": 4, "random_share": 0, "reason_shares": {"operator": 0.25, "uncertain": 0.25}}
    kept = select(unsure(30), **settings)
    told = event(90, image=30, reported=True, at=3000)
    samples = select(unsure(30), unsure(29), told, kept=kept, **settings)
    assert images(samples) == names(29, 30)
    assert samples.filter(sha256=name_of(30)).select("reasons", "score", "event_ids").row(0) == (
        ["operator", "uncertain"],
        1.0,
        ["e030", "e090"],
    )


@pytest.mark.parametrize("arm", ["mined", "random"])
def test_a_near_duplicate_of_what_is_in_a_task_is_left_out_unless_it_alone_was_reported(arm):
    settings = ONLY_MINED if arm == "mined" else {"random_share": 0.5}
    first, second = unsure(20, phash=0), unsure(21, phash=1)
    kept = select(first, **settings)
    assert kept["arm"].to_list() == [arm]
    assert_frame_equal(select(first, second, kept=kept, **settings), kept)
    both = select(first, unsure(21, phash=1, reported=True), kept=kept, **settings)
    assert images(both) == names(20, 21)
    told = [unsure(20, phash=0, reported=True), unsure(21, phash=1, reported=True)]
    assert images(select(*told, kept=kept, **settings)) == names(20)


def test_a_late_start_does_not_rename_a_scene_of_which_something_is_in_a_task():
    kept = select(unsure(21, at=50), **ONLY_MINED)
    samples = select(unsure(20, at=0), unsure(21, at=50), unsure(22, at=100), kept=kept, **ONLY_MINED)
    assert samples["group"].to_list() == ["cam/20250301T120050.000000"] * 3


days = st.lists(
    st.builds(
        dict,
        boxes=st.lists(st.floats(0.05, 1).map(box), max_size=2),
        image=st.integers(0, 9),
        source=st.sampled_from(["a", "b"]),
        at=st.integers(0, 200),
        phash=st.integers(0, 31),
        reported=st.booleans(),
        trigger=st.sampled_from(["operator", "uncertain", "random"]),
    ),
    max_size=14,
)


rules = st.builds(
    Mining,
    budget_per_day=st.integers(0, 12),
    random_share=st.floats(0, 1),
    max_source_share=st.floats(0, 1),
    reason_shares=st.dictionaries(st.sampled_from(["operator", "uncertain", "flicker"]), st.floats(0, 1)),
    near_duplicate_distance=st.integers(0, 3),
)


def day_of(shots):
    """Events of images that are each of one source, one moment and one hash, whatever events they come in."""
    first = {}
    same = [first.setdefault(shot["image"], shot) for shot in shots]
    return [
        event(number, **shot | {name: one[name] for name in ("source", "at", "phash")})
        for number, (shot, one) in enumerate(zip(shots, same, strict=True))
    ]


def pairs_alike(samples, distance):
    same = samples.join(samples, on="source", suffix="_other").filter(pl.col("sha256") < pl.col("sha256_other"))
    return same.filter((pl.col("phash") ^ pl.col("phash_other")).bitwise_count_ones() <= distance)


@settings(max_examples=40)
@given(days, rules, st.randoms())
def test_limits_hold_whatever_the_order_of_events(shots, rules, chance):
    events = day_of(shots)
    samples = mine(table(*events), rules, 60, NONE, 7)
    assert_frame_equal(samples, mine(table(*chance.sample(events, len(events))), rules, 60, NONE, 7))
    mined, drawn = samples.filter(arm="mined"), samples.filter(arm="random")
    budget = rules.budget_per_day
    size = round(budget * rules.random_share)
    assert samples["sha256"].is_unique().all()
    assert drawn.height <= size
    assert mined.height <= budget - size
    assert all(count <= budget * rules.max_source_share + 1e-6 for count in mined["source"].value_counts()["count"])
    assert all(earlier <= later for earlier, later in pairwise(samples["captured_at"]))
    assert pairs_alike(mined, rules.near_duplicate_distance).is_empty()
    assert pairs_alike(drawn, rules.near_duplicate_distance).is_empty()


@pytest.mark.slow
@settings(max_examples=60)
@given(days, rules, st.randoms(), st.lists(st.integers(0, 14), max_size=5))
def test_a_day_in_whatever_passes_stays_within_its_budget_and_a_pass_without_news_changes_nothing(
    shots, rules, chance, cuts
):
    events = day_of(shots)
    chance.shuffle(events)
    kept = mine(table(), rules, 60, NONE, 7)
    for arrived in [*sorted(cuts), len(events)]:
        samples = mine(table(*events[:arrived]), rules, 60, NONE, 7, kept=kept)
        assert_frame_equal(samples, mine(table(*events[:arrived]), rules, 60, NONE, 7, kept=samples))
        stays = ["sha256", "predictions", "model_version", "arm", "group"]
        kept_now = samples.join(kept, on="sha256", how="semi").sort("sha256")
        assert_frame_equal(kept_now.select(stays), kept.sort("sha256").select(stays))
        kept = samples
    size = round(rules.budget_per_day * rules.random_share)
    assert kept["sha256"].is_unique().all()
    assert kept.height <= rules.budget_per_day
    assert kept.filter(arm="random").height <= size
    assert kept.filter(arm="mined").height <= rules.budget_per_day - size
    alike = pairs_alike(kept, rules.near_duplicate_distance)
    assert alike.filter(~pl.any_horizontal(pl.col("reasons", "reasons_other").list.contains("operator"))).is_empty()
