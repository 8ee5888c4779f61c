import pytest
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.labeling.cvat.patience import LONGEST_S, patience

ASKED = patience(Cvat(retries=3))


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_what_does_no_harm_twice_is_asked_again_after_it_was_cut_off(method):
    again = ASKED.increment(method, "/", error=ProtocolError("cut"))
    assert again.total == 2
    with pytest.raises(MaxRetryError):
        again.increment(method, "/", error=ProtocolError("cut")).increment(
            method, "/", error=ProtocolError("cut")
        ).increment(method, "/", error=ProtocolError("cut"))


def test_who_was_silent_for_the_whole_time_limit_is_not_asked_again():
    with pytest.raises(ReadTimeoutError):
        ASKED.increment("GET", "/", error=ReadTimeoutError(None, "/", "silent"))


def test_what_makes_something_is_not_asked_again_after_it_was_cut_off():
    with pytest.raises(ProtocolError):
        ASKED.increment("POST", "/", error=ProtocolError("cut"))


@pytest.mark.parametrize(("method", "again"), [("GET", True), ("POST", False)])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_failed_is_asked_again_what_does_no_harm(method, again, status):
    assert ASKED.is_retry(method, status) is again


def test_of_too_many_requests_none_was_handled_so_that_any_is_asked_again():
    assert ASKED.is_retry("POST", 429)
    assert not patience(Cvat(retries=0)).is_retry("POST", 429)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409])
def test_an_answer_is_an_answer(status):
    assert not ASKED.is_retry("GET", status)


def test_pauses_grow_and_have_an_end():
    cut, pauses = patience(Cvat(retries=10)), []
    for _ in range(10):
        cut = cut.increment("GET", "/", error=ProtocolError("cut"))
        pauses.append(cut.get_backoff_time())
    assert pauses[1] < pauses[4] < pauses[-1] <= LONGEST_S
    assert ASKED.retry_after_max == LONGEST_S
