"""An answer that is no error: all works, and is hardly meant so."""


class Doubt(str):
    """What was found, and the way out: a text like any other answer."""

    __slots__ = ()
