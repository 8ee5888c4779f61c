"""Links, pipes, sockets and odd names in the inbox; and files that others change while they are looked at."""

import json
import os
from datetime import date

import pytest

from autoretrain_assets.feedback import glance, intake, marks, quarantine
from autoretrain_assets.feedback.inbox import pending
from autoretrain_tests.feedback.test_intake import NOW, RULES, Desk
from autoretrain_tests.hostile.case import said
from autoretrain_tests.hostile.desks import FIRST, put, run_all
from autoretrain_tests.hostile.names import layouts
from autoretrain_tests.hostile.parts import jpeg

SECRET = b"SECRET " * 9


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "home")


@pytest.fixture
def outside(tmp_path):
    """A folder with secrets that nobody may read or write, whose times tell whether somebody did."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name, content in {"secret.json": SECRET, "secret.jpg": jpeg() + SECRET}.items():
        (folder / name).write_bytes(content)
        os.utime(folder / name, (1_000_000_000, 1_700_000_000))
    return folder


def untouched(folder):
    return all((path.stat().st_atime, path.stat().st_mtime) == (1e9, 1.7e9) for path in folder.iterdir())


def refused(desk):
    facts = [json.loads(path.read_text()) for path in desk.quarantine.rglob("reason.json")]
    return {fact["file"]: fact["reason"] for fact in facts}


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_whatever_lies_there_ends_in_one_place_and_nothing_outside_is_read(desk, outside, layout):
    put(desk, "good", said("good"), jpeg())
    layout.lay(desk.inbox, outside)

    run_all(desk)
    again = run_all(desk)

    assert again == 0
    assert set(desk.table["event_id"]) == {"good", *layout.accepted}
    reasons = refused(desk)
    assert reasons.keys() == layout.refused.keys()
    assert all(part in reasons[name] for name, part in layout.refused.items())
    assert {name for name in desk.left() if not (desk.inbox / name).is_symlink()} == layout.stays
    assert untouched(outside)
    kept = [path for path in desk.quarantine.rglob("*") if path.is_file() and not path.is_symlink()]
    assert not any(b"SECRET" in path.read_bytes() for path in kept)


SWAPS = {
    "link": lambda path, outside: path.symlink_to(outside / "secret.jpg"),
    "pipe": lambda path, _: os.mkfifo(path),
    "folder": lambda path, _: path.mkdir(),
    "file": lambda path, _: path.write_bytes(jpeg() + b"more"),
    "nothing": lambda _path, _outside: None,
}


@pytest.mark.parametrize("swapped", ["e.json", "e.jpg"])
@pytest.mark.parametrize("kind", SWAPS)
@pytest.mark.parametrize("moment", ["take", "keep"])
def test_a_file_that_is_swapped_after_it_was_seen_is_left_to_the_next_pass(
    desk, outside, monkeypatch, swapped, kind, moment
):
    put(desk, "e", said("e", **({} if moment == "take" else {"source": ""})), jpeg())
    put(desk, "good", said("good"), jpeg())
    module, name = (intake, "take") if moment == "take" else (quarantine, "_copied")
    real = getattr(module, name)

    def late(first, *more):
        if (first.path if moment == "take" else first).stem == "e" and not done:
            done.append(True)
            (desk.inbox / swapped).unlink()
            SWAPS[kind](desk.inbox / swapped, outside)
        return real(first, *more)

    done = []
    monkeypatch.setattr(module, name, late)
    run_all(desk)

    assert done
    assert set(desk.table["event_id"]) == {"good"}
    assert refused(desk) == {}
    assert untouched(outside)
    assert not list(desk.quarantine.rglob(".*.tmp"))


def test_an_event_that_changes_its_day_under_an_untouched_mark_is_refused(desk):
    put(desk, "e", said("e"), jpeg())
    path = desk.inbox / "e.json"
    pending(desk.inbox, FIRST, NOW, RULES)
    seen = path.stat()
    with path.open("r+b") as file:
        file.write(said("e", captured_at="2026-03-03T10:00:00+00:00"))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    run_all(desk)

    assert desk.table.is_empty()
    assert "it was changed after it had appeared" in refused(desk)["e.json"]


@pytest.mark.parametrize("unreadable", ["e.json", "e.jpg"])
def test_what_may_not_be_read_is_moved_to_quarantine_and_the_day_goes_on(desk, monkeypatch, unreadable):
    put(desk, "e", said("e"), jpeg())
    put(desk, "good", said("good"), jpeg())
    content = (desk.inbox / unreadable).read_bytes()
    real = os.open
    glance._parsed.cache_clear()

    def closed(path, *more, **options):
        if str(path).endswith(unreadable):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *more, **options)

    monkeypatch.setattr(os, "open", closed)
    run_all(desk)
    monkeypatch.undo()

    assert set(desk.table["event_id"]) == {"good"}
    assert "may not be read" in refused(desk)["e.json"]
    assert desk.left() == []
    (folder,) = (path.parent for path in desk.quarantine.rglob("reason.json"))
    assert (folder / ("event.json" if unreadable == "e.json" else "e.jpg")).read_bytes() == content


def test_a_file_of_holes_is_kept_without_filling_the_disk(desk):
    put(desk, "e", said("e"), jpeg())
    put(desk, "f", said("f"), jpeg())
    for name in ("e.json", "f.jpg"):
        os.truncate(desk.inbox / name, 1 << 40)

    run_all(desk)

    assert len(refused(desk)) == 2
    assert desk.left() == []
    assert sum(path.stat().st_blocks * 512 for path in desk.quarantine.rglob("*")) < 1_000_000


@pytest.mark.parametrize("seconds", [-(2**40), -1, 2**31, 2**40])
@pytest.mark.parametrize("event", [said("e"), said("e", captured_at="never")])
def test_the_files_own_time_may_be_any(desk, seconds, event):
    put(desk, "e", event, jpeg())
    for path in desk.inbox.iterdir():
        os.utime(path, (seconds, seconds))

    run_all(desk)

    assert desk.table.height + len(refused(desk)) == 1
    assert desk.left() == []


def test_a_mended_event_goes_into_its_own_day(desk):
    put(desk, "e", said("e", captured_at="2026-03-02T10:00:00"), jpeg())
    run_all(desk)
    (folder,) = (path.parent for path in desk.quarantine.rglob("reason.json"))

    (folder / "e.jpg").rename(desk.inbox / "e.jpg")
    mended = (folder / "event.json").read_text().replace("10:00:00", "10:00:00Z")
    (desk.inbox / "e.json").write_text(mended)
    found = pending(desk.inbox, FIRST, NOW, RULES)
    run_all(desk)

    assert list(found) == [date(2026, 3, 2)]
    assert desk.table["event_id"].to_list() == ["e"]


def test_marks_tell_files_apart(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    mark = marks.mark_of(tmp_path / "a")
    assert marks.read(tmp_path / "a", mark) == b"1"
    (tmp_path / "a").write_bytes(b"12")
    with pytest.raises(marks.Replaced):
        marks.read(tmp_path / "a", mark)
    assert marks.mark_of(tmp_path / "a" / "b") is None


def test_of_a_linked_event_where_it_points_is_kept(desk):
    (desk.inbox / "x.json").symlink_to("/nowhere/a\nb")

    run_all(desk)

    (path,) = desk.quarantine.rglob("reason.json")
    assert json.loads(path.read_text())["link_to"] == "/nowhere/a\nb"
    assert [other.name for other in path.parent.iterdir()] == ["reason.json"]
