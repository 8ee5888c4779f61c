"""What a bad network, or a server in trouble, does to a request."""

from autoretrain_tests.lakefs.proxy import Fault, Passing

PIECES = 20
"""In which a slow answer comes."""


def unheard(passing: Passing) -> None:
    """The connection ends before the server hears of the request."""
    passing.cut()


def unanswered(passing: Passing) -> None:
    """The server does it, and its answer is lost."""
    passing.pass_on()
    passing.cut()


def half_sent(passing: Passing) -> None:
    """The connection ends in the middle of what is sent."""
    if passing.length:
        passing.send(passing.length // 2)
    passing.cut()


def half_answered(passing: Passing) -> None:
    """The connection ends in the middle of the answer."""
    status, headers, body = passing.pass_on()
    passing.answer(status, headers, body[: len(body) // 2], len(body) or 1)
    passing.cut()


def half_chunked(passing: Passing) -> None:
    """The same where the answer did not say how long it would be."""
    status, headers, body = passing.pass_on()
    passing.head(status, {**headers, "Transfer-Encoding": "chunked"})
    passing.wfile.write(b"%x\r\n%s" % (len(body) + 1, body[: len(body) // 2]))
    passing.cut()


def garbage(passing: Passing) -> None:
    """The server does it, and something else answers."""
    passing.pass_on()
    passing.answer(200, {}, b"<html>Welcome to this network \xff</html>")


def saying(status: int, **headers: str) -> Fault:
    """Nothing is done, and that is the answer; a header's underscore is a dash."""

    def fault(passing: Passing) -> None:
        passing.swallow()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        passing.answer(status, named, b'{"message": "something stands between"}')

    return fault


def late(seconds: float) -> Fault:
    """It reaches the server only then, whether or not somebody still waits for the answer."""

    def fault(passing: Passing) -> None:
        passing.proxy.closing.wait(seconds)
        passing.answer(*passing.pass_on())

    return fault


def slow(seconds: float) -> Fault:
    """The answer takes so long, in many pieces."""

    def fault(passing: Passing) -> None:
        status, headers, body = passing.pass_on()
        passing.head(status, {**headers, "Content-Length": str(len(body))})
        size = len(body) // PIECES + 1
        for start in range(0, len(body), size):
            passing.proxy.closing.wait(seconds / PIECES)
            passing.wfile.write(body[start : start + size])

    return fault


def cut_after(size: int) -> Fault:
    """The connection ends after so many bytes of the answer."""

    def fault(passing: Passing) -> None:
        status, headers, body = passing.pass_on()
        passing.answer(status, headers, body[:size], len(body))
        passing.cut()

    return fault


def deaf_to_parts(passing: Passing) -> None:
    """Whoever wishes for a part gets all of it."""
    del passing.headers["Range"]
    passing.answer(*passing.pass_on())
