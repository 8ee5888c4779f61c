"""Locks: one holder at a time, and one that is gone holds nothing."""

import subprocess
import sys
import threading

import pytest

from autoretrain_assets.locks import held, is_held
from autoretrain_tests.holding import HOLD


@pytest.fixture
def lock(tmp_path):
    return tmp_path / "locks" / "one.lock"


@pytest.fixture
def holder(lock):
    """A process that holds the lock until it is killed."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_lock_that_nobody_ever_took_is_not_held_and_asking_does_not_make_it(lock):
    assert not is_held(lock)
    assert not lock.exists()


def test_it_is_held_for_the_block_and_its_file_stays(lock):
    with held(lock):
        assert is_held(lock)
    assert not is_held(lock)
    assert lock.exists()


def test_an_error_in_the_block_lets_go(lock):
    with pytest.raises(RuntimeError), held(lock):
        raise RuntimeError
    assert not is_held(lock)


def test_asking_does_not_take_it(lock):
    with held(lock):
        pass
    assert not is_held(lock)
    assert not is_held(lock)
    with held(lock):
        assert is_held(lock)
        assert is_held(lock)


def test_it_falls_with_its_killed_holder(lock, holder):
    assert is_held(lock)
    holder.kill()
    holder.wait()
    assert not is_held(lock)


def test_what_the_holder_starts_does_not_keep_it(lock):
    with held(lock):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert not is_held(lock)
    finally:
        child.communicate(b"\n")


def test_the_next_one_waits_until_it_falls(lock, holder):
    taken = threading.Event()

    def take():
        with held(lock):
            taken.set()

    waiting = threading.Thread(target=take)
    waiting.start()
    assert not taken.wait(0.3)
    holder.kill()
    assert taken.wait(30)
    waiting.join()
