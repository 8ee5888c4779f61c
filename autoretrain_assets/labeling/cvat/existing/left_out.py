"""What of a project is not taken over: counted by its kind, a few of each named, with the way out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from autoretrain_assets.words import many

NAMED = 3
"""So many of a kind are named; the others are counted."""


class Kind(StrEnum):
    """Why an image is left out, as it is told."""

    OPEN = "of jobs that are not finished"
    KNOWN = "with known answers, which are there to measure people by"
    DELETED = "deleted there"
    WRONG = "with what cannot be read: mend it there"
    DISPUTED = "in two jobs that overlap, labelled differently: make them alike there"
    UNKNOWN = (
        "with labels that the model does not know: rename them there, or leave their boxes out by "
        "--set 'labeling.refused_classes=[{labels}]'"
    )
    UNUSABLE = "whose file is no image to learn from: take it out there"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One image that is not taken over: where it stands, and what is wrong with it where its kind does not say so."""

    kind: Kind
    where: str
    why: str = ""
    labels: frozenset[str] = frozenset()
    """Those that the model does not know, as the server names them."""


def lines(found: Sequence[LeftOut]) -> Iterator[str]:
    """A line for each kind that there is."""
    for kind in Kind:
        if own := [one for one in found if one.kind is kind]:
            told = kind.format(labels=", ".join(sorted({label for one in own for label in one.labels})))
            yield f"left out {many(len(own), 'image')} {told}{_named(own)}"


def _named(found: Sequence[LeftOut]) -> str:
    if found[0].kind in {Kind.OPEN, Kind.KNOWN}:
        return ""
    shown = "; ".join(f"{one.where}: {one.why}" if one.why else one.where for one in found[:NAMED])
    more = len(found) - NAMED
    return f" ({shown}{f'; and {more} more' if more > 0 else ''})"
