"""Every kind of remote inbox keeps one promise: what is sent there arrives here once, whole, and is gone there."""

from datetime import UTC, datetime, timedelta

import pytest

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.feedback.remote import drain
from autoretrain_assets.locks import held
from autoretrain_tests.feedback.remotes import in_memory
from autoretrain_tests.feedback.test_hostile import FIRST
from autoretrain_tests.feedback.test_intake import NOW, RULES, Desk, jpeg


def sent_now():
    """The stores stamp what they are given with today's time."""
    return datetime.now(UTC)


def take_in(desk):
    for day in list(pending(desk.inbox, FIRST, NOW, RULES)):
        desk.run(day=day)


def left_here(desk):
    return [name for name in desk.left() if name not in {"lock", "home"}]


def test_an_empty_inbox_is_no_error_and_no_word(remote, desk):
    assert remote.drain(desk) == []
    assert left_here(desk) == []


def test_events_of_all_folders_arrive_with_their_images_and_are_gone_there(remote, desk):
    remote.send("e1", seed=1)
    remote.send("e2", "2026-03-03", seed=2, captured_at="2026-03-03T10:00:00Z")
    remote.send("e3", "deep/er", seed=3)

    assert remote.drain(desk) == [f"{remote.url}: 3 events brought"]
    assert left_here(desk) == ["e1.jpg", "e1.json", "e2.jpg", "e2.json", "e3.jpg", "e3.json"]
    assert remote.left() == []
    take_in(desk)
    assert sorted(desk.table["event_id"]) == ["e1", "e2", "e3"]
    assert desk.reasons() == []
    assert remote.drain(desk) == []
    assert [path.name for path in (desk.inbox / "remote").iterdir()] == []


def test_an_event_waits_for_its_image_and_is_refused_without_it_in_the_end(remote, desk):
    remote.say("e1")

    assert remote.drain(desk, sent_now()) == [f"{remote.url}: 1 event waits for its image"]
    assert (remote.left(), left_here(desk)) == (["e1.json"], [])
    remote.put("2026-03-02/e1.jpg", jpeg())
    assert remote.drain(desk, sent_now()) == [f"{remote.url}: 1 event brought"]
    take_in(desk)
    assert desk.table["event_id"].to_list() == ["e1"]

    remote.say("e2")
    assert remote.drain(desk, sent_now() + timedelta(hours=1)) == [f"{remote.url}: 1 event brought"]
    take_in(desk)
    assert desk.reasons() == ["image: there is no file 'e2.jpg' beside the event"]
    assert remote.left() == []


def test_an_image_that_two_events_share_goes_with_the_last_of_them(remote, desk):
    remote.send("e1")
    remote.say("e2", image="e1.jpg")
    remote.say("e3", image="late.jpg")
    remote.put("2026-03-02/e4.json", b"{")

    remote.drain(desk, sent_now())
    take_in(desk)

    assert sorted(desk.table["event_id"]) == ["e1", "e2"]
    assert remote.left() == ["e3.json"]


def test_an_event_that_cannot_be_read_brings_the_image_that_is_called_as_it_is(remote, desk):
    remote.put("e1.json", b"{")
    remote.put("e1.png", b"pixels")

    remote.drain(desk)
    take_in(desk)

    assert [path.read_bytes() for path in desk.quarantine.rglob("e1.png")] == [b"pixels"]
    assert remote.left() == []


def test_an_empty_event_is_refused_as_any_other(remote, desk):
    remote.put("e1.json", b"")

    remote.drain(desk)
    take_in(desk)

    assert len(desk.reasons()) == 1
    assert remote.left() == []


def test_an_event_sent_twice_is_one_row(remote, desk):
    for folder in ("a", "b"):
        remote.send("e1", folder, seed=1)
    remote.drain(desk)
    remote.send("e1", "a", seed=1)
    remote.drain(desk)
    take_in(desk)
    remote.send("e1", "c", seed=1)
    remote.drain(desk)
    take_in(desk)

    assert desk.table["event_id"].to_list() == ["e1"]
    assert (desk.reasons(), left_here(desk), remote.left()) == ([], [], [])


def test_a_name_that_is_used_again_takes_nothing_away_from_the_first(remote, desk):
    remote.send("e1", seed=1, image="latest.jpg")
    remote.drain(desk)
    remote.send("e2", seed=2, image="latest.jpg")
    remote.drain(desk)
    take_in(desk)

    assert sorted(desk.table["event_id"]) == ["e1", "e2"]
    assert desk.table["sha256"].n_unique() == 2


def test_what_is_too_large_is_never_read_further_and_told(remote, desk):
    remote.send("big")
    remote.put("2026-03-02/big.jpg", bytes(5_000))
    remote.put("long.json", b" " * 5_000)

    told = remote.drain(desk, max_image_bytes=4_000, max_event_bytes=4_000)

    assert told == [
        f"{remote.url}: 1 event brought",
        (
            f"{remote.url}: left there: 'long.json' is over feedback.max_event_bytes, "
            "'2026-03-02/big.jpg' is over feedback.max_image_bytes, so its event comes without it"
        ),
    ]
    assert remote.left() == ["big.jpg", "long.json"]
    take_in(desk)
    assert desk.reasons() == ["image: there is no file 'big.jpg' beside the event"]


def test_a_pass_without_time_brings_something_and_the_next_ones_the_rest(remote, desk):
    for number in range(3):
        remote.send(f"e{number}", seed=number)

    told = [remote.drain(desk, seconds=1e-9) for _ in range(3)]
    remote.drain(desk)

    more = f"{remote.url}: 1 event brought, and more are there"
    assert told == [[more], [more], [f"{remote.url}: 1 event brought"]]
    assert remote.left() == []


def test_a_missing_inbox_is_told_with_its_address(remote, desk):
    remote.url = remote.url.replace("://", "://no").replace("://no/", ":///no/")

    [told] = remote.drain(desk)

    assert "does not exist: make it, or mend feedback.inboxes" in told
    assert remote.url in told


def test_without_a_remote_inbox_nothing_is_made(desk):
    remote = in_memory("none")
    assert remote.drain(desk, inboxes=[]) == []
    assert list(desk.inbox.iterdir()) == []


def test_two_passes_do_not_meet(desk):
    remote = in_memory("busy")
    remote.send("e1")

    with held(desk.inbox / ".remote" / "lock"):
        assert remote.drain(desk) == ["another pass is at the remote inboxes"]
    assert remote.left() == ["e1.jpg", "e1.json"]


def test_an_inbox_is_not_moved_into_itself(desk):
    for url in (f"file://{desk.inbox}", f"file://{desk.inbox.parent}", f"file://{desk.inbox}/2026-03-02"):
        remote = in_memory("unused")
        remote.url = url
        [told] = remote.drain(desk)
        assert "is where the home's own inbox is" in told


@pytest.mark.slow
def test_an_inbox_may_be_a_whole_bucket(s3, desk):
    s3.url = s3.url.removesuffix("/inbox")
    assert s3.drain(desk) == []
    s3.put("e1.json", b"{")

    assert s3.drain(desk) == [f"{s3.url}: 1 event brought"]


def test_an_inbox_that_is_gone_is_not_made_anew(tmp_path):
    rules = Feedback(inboxes=["s3://street/inbox"])
    [sentence] = drain(tmp_path / "gone", rules, datetime.now(UTC))
    assert sentence.endswith("make or mount it")
    assert not (tmp_path / "gone").exists()


def test_a_file_that_may_not_be_read_stops_nobody_but_itself(desk, monkeypatch):
    remote = in_memory("denied")
    for number, name in enumerate("abc"):
        remote.send(name, seed=number)
    reads = type(remote.files).cat_file

    def read(files, path, **options):
        if path.endswith("a.json"):
            raise PermissionError("no")
        return reads(files, path, **options)

    monkeypatch.setattr(type(remote.files), "cat_file", read)
    brought, stays = remote.drain(desk)
    assert brought == f"{remote.url}: 2 events brought"
    assert "left there: '2026-03-02/a.json'" in stays
    assert "permission denied (no)" in stays
    assert [name for name in left_here(desk) if name in {"b.json", "c.json"}] == ["b.json", "c.json"]

    monkeypatch.undo()
    assert remote.drain(desk) == [f"{remote.url}: 1 event brought"]
    assert remote.left() == []


def test_events_that_wait_do_not_hold_up_one_that_is_whole(desk):
    remote = in_memory("waiting")
    for number in range(5):
        remote.say(f"a{number}")
    remote.send("z")

    assert remote.drain(desk, sent_now(), seconds=1e-9) == [f"{remote.url}: 1 event brought, and more are there"]
    assert "z.json" not in remote.left()


def test_an_event_whose_image_is_called_otherwise_is_not_left_behind_by_those_that_keep_coming(desk):
    remote = in_memory("otherwise")
    remote.send("first", image="frame-1.jpg")
    for number in range(3):
        remote.send(f"z{number}", seed=number)

    assert remote.drain(desk, seconds=1e-9) == [f"{remote.url}: 1 event brought, and more are there"]
    assert "first.json" not in remote.left()


def test_an_inbox_of_another_home_is_left_to_that(remote, desk, tmp_path):
    other = Desk(tmp_path / "other")
    remote.send("e1")
    remote.drain(desk)
    remote.send("e2", seed=2)

    [told] = remote.drain(other)

    assert "is emptied by another home already" in told
    assert "remove .autoretrain-home there" in told
    assert remote.left() == ["e2.jpg", "e2.json"]
    assert remote.drain(desk) == [f"{remote.url}: 1 event brought"]
