"""The split of few groups: there is something to train on and something to measure by."""

import pytest

from autoretrain_assets.dataset.splits import both_sides, split_of


@pytest.mark.parametrize("share", [0.001, 0.2, 0.999])
@pytest.mark.parametrize("count", [2, 3, 50])
def test_several_groups_are_never_all_on_one_side(share, count):
    groups = [f"cvat/{number}" for number in range(count)]
    splits = both_sides(groups, share)
    assert set(splits.values()) == {"train", "test"}
    assert sum(splits[group] != split_of(group, share) for group in groups) <= 1


def test_enough_groups_stand_where_their_hash_says():
    groups = [f"cvat/{number}" for number in range(50)]
    assert both_sides(groups, 0.5) == {group: split_of(group, 0.5) for group in groups}


def test_one_group_and_an_owner_who_wants_no_test_are_left_alone():
    assert len(both_sides(["cvat/1"], 0.2)) == 1
    assert set(both_sides(["cvat/1", "cvat/2"], 0).values()) == {"train"}
