"""A refused event comes back: into its own day, and wherever a kill falls it is lost nowhere and there once."""

import json
import os
from datetime import date

import pytest

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback import retrying
from autoretrain_assets.feedback.refusals import refusals
from autoretrain_assets.production import write_event
from autoretrain_tests.feedback.test_intake import event, jpeg
from autoretrain_tests.feedback.test_kills import Killer, run

DAY = date(2026, 3, 2)
OUTSIDE = {"kind": "bad_box", "x1": 500, "y1": 500, "x2": 510, "y2": 510}


@pytest.fixture(scope="module")
def killer():
    return Killer()


def refuse(root, name="e1"):
    """An event with a class that the home does not know, as it lies in quarantine."""
    boat = {"label": "boat", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}
    (root / "inbox").mkdir(parents=True, exist_ok=True)
    write_event(root / "inbox", event(name, predictions=[boat]), jpeg(1))
    run(root)
    return next(one for one in refusals(root / "quarantine") if one.id.startswith(name))


def mend(refused, **changes):
    file = refused.folder / "event.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def events(root):
    import polars as pl

    return pl.read_parquet(root / f"{DAY}.parquet")["event_id"].to_list()


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_mended_event_is_taken_in_on_its_own_day(tmp_path):
    refused = refuse(tmp_path)
    assert (refused.day, refused.field, refused.file) == (DAY, "predictions.label", "e1.json")
    mend(refused, predictions=[])
    retrying.retry(refused, tmp_path / "inbox")
    run(tmp_path)
    assert events(tmp_path) == ["e1"]
    assert refusals(tmp_path / "quarantine") == []
    assert files(tmp_path / "inbox") == []


def test_an_event_that_is_refused_again_has_its_new_reason(tmp_path):
    refused = refuse(tmp_path)
    mend(refused, predictions=[], captured_at="2026-03-02T10:00:00Z", verdicts=[OUTSIDE])
    retrying.retry(refused, tmp_path / "inbox")
    run(tmp_path)
    [again] = refusals(tmp_path / "quarantine")
    assert again.reason.startswith("verdicts.0: the box lies outside")
    assert again.file == "e1.json"


def test_an_event_that_nobody_mended_is_refused_again_as_it_was(tmp_path):
    refused = refuse(tmp_path)
    retrying.retry(refused, tmp_path / "inbox")
    run(tmp_path)
    assert [(one.id, one.reason) for one in refusals(tmp_path / "quarantine")] == [(refused.id, refused.reason)]


def test_a_folder_without_its_event_stays(tmp_path):
    refused = refuse(tmp_path)
    (refused.folder / "event.json").unlink()
    with pytest.raises(InputError, match=r"holds no event\.json: put the event there"):
        retrying.retry(refused, tmp_path / "inbox")
    assert len(refusals(tmp_path / "quarantine")) == 1


def test_a_reason_that_somebody_broke_is_no_error(tmp_path):
    refused = refuse(tmp_path)
    (refused.folder / "reason.json").write_text("[")
    [one] = refusals(tmp_path / "quarantine")
    assert "reason.json is gone or was changed" in one.reason


def test_a_kill_at_any_write_leaves_the_event_in_one_place(tmp_path, killer):
    def prepared(name):
        root = tmp_path / name
        refused = refuse(root)
        mend(refused, predictions=[])
        return root, refused

    root, refused = prepared("whole")
    assert not killer.run(root, None, lambda: retrying.retry(refused, root / "inbox"))
    writes, expected = killer.count, files(root / "inbox")
    assert writes > 5

    for at in range(1, writes + 1):
        root, refused = prepared(f"killed-{at}")
        assert killer.run(root, at, lambda root=root, refused=refused: retrying.retry(refused, root / "inbox")), at
        retrying.resume(root / "quarantine", root / "inbox")
        there, waiting = refusals(root / "quarantine"), files(root / "inbox")
        assert (len(there), waiting) in [(1, []), (0, expected)], (at, there, waiting)
        for one in there:
            retrying.retry(one, root / "inbox")
        assert files(root / "inbox") == expected, at
        run(root)
        assert (events(root), refusals(root / "quarantine"), files(root / "inbox")) == (["e1"], [], []), at
        assert list((root / "inbox" / retrying.STAGING).glob("*/*")) == [], at
        assert list((root / "quarantine" / retrying.LEFT).glob("*/*")) == [], at


def test_what_is_no_day_in_quarantine_is_passed_over(tmp_path):
    refused = refuse(tmp_path)
    (tmp_path / "quarantine" / "2026-13-01" / "x").mkdir(parents=True)
    (tmp_path / "quarantine" / "2026-03-09").write_text("notes")
    assert [one.id for one in refusals(tmp_path / "quarantine")] == [refused.id]


def test_a_folder_that_holds_more_than_files_stays_whole(tmp_path):
    refused = refuse(tmp_path)
    (refused.folder / "notes").mkdir()
    (refused.folder / "notes" / "why.txt").write_text("x")
    with pytest.raises(InputError, match="notes is no file and would be lost: move it elsewhere"):
        retrying.retry(refused, tmp_path / "inbox")
    assert (refused.folder / "notes" / "why.txt").is_file()
    assert files(tmp_path / "inbox") == []


@pytest.mark.parametrize("name", ["mine", "-0123456789ab", "longer-than-that-but-no-digest"])
def test_a_folder_with_a_name_that_is_no_events_stays(tmp_path, name):
    refused = refuse(tmp_path)
    refused.folder.rename(refused.folder.with_name(name))
    [renamed] = refusals(tmp_path / "quarantine")
    with pytest.raises(InputError, match="name it as it was"):
        retrying.retry(renamed, tmp_path / "inbox")
    assert len(refusals(tmp_path / "quarantine")) == 1


def test_each_of_many_is_retried_with_no_more_looks_than_the_first(tmp_path, monkeypatch):
    many = [refuse(tmp_path, f"e{number}") for number in range(6)]
    looks = []
    for place, name in ((os, "scandir"), (os, "listdir")):
        monkeypatch.setattr(place, name, _counted(getattr(place, name), looks))
    counts = []
    for refused in many:
        looks.clear()
        retrying.retry(refused, tmp_path / "inbox")
        counts.append(len(looks))
    assert counts[0] > 0
    assert len(set(counts)) == 1


def _counted(look, looks):
    def counting(*path):
        looks.append(path)
        return look(*path)

    return counting


def test_no_empty_folder_of_a_retry_remains(tmp_path):
    refused = refuse(tmp_path)
    mend(refused, predictions=[])
    retrying.retry(refused, tmp_path / "inbox")
    assert not (tmp_path / "inbox" / retrying.STAGING).exists()
    assert not (tmp_path / "quarantine" / retrying.LEFT).exists()
    run(tmp_path)
    assert retrying.resume(tmp_path / "quarantine", tmp_path / "inbox") == []
    assert not (tmp_path / "inbox" / retrying.RETRIED).exists()


def test_two_who_retry_the_same_leave_one_event_and_the_second_is_told(tmp_path):
    refused = refuse(tmp_path)
    retrying.retry(refused, tmp_path / "inbox")
    with pytest.raises(InputError, match="retried already"):
        retrying.retry(refused, tmp_path / "inbox")
    assert files(tmp_path / "inbox") == [f"retried/{DAY}/{refused.id}/{name}" for name in ("e1.jpg", "e1.json")]


def test_a_retry_after_one_that_was_cut_off_finishes_that_one(tmp_path, monkeypatch):
    """Killed once the folder had left quarantine: the files are whole in the inbox's staging, and nowhere else."""
    refused = refuse(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(retrying, "_hand_over", _killed)
        with pytest.raises(KeyboardInterrupt):
            retrying.retry(refused, tmp_path / "inbox")
    with pytest.raises(InputError, match="retried already"):
        retrying.retry(refused, tmp_path / "inbox")
    assert files(tmp_path / "inbox") == [f"retried/{DAY}/{refused.id}/{name}" for name in ("e1.jpg", "e1.json")]


def test_an_inbox_that_is_gone_is_not_made_and_the_event_stays(tmp_path):
    refused = refuse(tmp_path)
    (tmp_path / "inbox").rename(tmp_path / "unmounted")
    with pytest.raises(InputError, match="is gone: make its folder again, or mount it, then retry"):
        retrying.retry(refused, tmp_path / "inbox")
    assert not (tmp_path / "inbox").exists()
    assert [one.id for one in refusals(tmp_path / "quarantine")] == [refused.id]


def test_a_retry_that_was_cut_off_waits_for_an_inbox_that_is_gone(tmp_path, monkeypatch):
    refused = refuse(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(retrying, "_hand_over", _killed)
        with pytest.raises(KeyboardInterrupt):
            retrying.retry(refused, tmp_path / "inbox")
    (tmp_path / "inbox").rename(tmp_path / "unmounted")
    assert retrying.resume(tmp_path / "quarantine", tmp_path / "inbox") == []
    (tmp_path / "unmounted").rename(tmp_path / "inbox")
    assert retrying.resume(tmp_path / "quarantine", tmp_path / "inbox") == [refused.id]
    assert files(tmp_path / "inbox") == [f"retried/{DAY}/{refused.id}/{name}" for name in ("e1.jpg", "e1.json")]


def _killed(*_):
    raise KeyboardInterrupt
