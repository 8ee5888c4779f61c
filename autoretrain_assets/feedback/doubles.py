"""A name that stands twice in one object of JSON: which of two values counts, readers decide differently."""

import json
import re
from collections import Counter
from typing import Any

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.reasons import MAX_SHOWN

_SPACED = re.compile(rb'"\s+:')


def refuse_doubles(document: bytes, different: int = 0) -> None:
    """Raise InputError with the name that stands twice in one object of `document`, which is known to be JSON.

    `different` says how many names its objects have at least, each counted once in its object. Where no more
    stand there, none stands twice, and the document need not be read again.
    """
    places = document.count(b'":') + len(_SPACED.findall(document))
    if places != different:
        _DECODER.decode(document.decode())


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise InputError(f"{twice[:MAX_SHOWN]}: stands twice in one object, keep one")


_DECODER = json.JSONDecoder(object_pairs_hook=_each_once)
