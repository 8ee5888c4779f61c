"""What was tidied, in words and as JSON."""

from collections.abc import Iterator

from autoretrain_assets.commands.housekeeping.tidying import Tidied
from autoretrain_assets.store.tidying import Leftovers
from autoretrain_assets.words import many

MB = 1e6


def lines(done: Tidied) -> Iterator[str]:
    """A line for the images, those for the store, and how much room that made."""
    went = "removed" if done.is_done else "would be removed"
    yield f"frames/: {many(done.frames, 'image')} that nothing refers to, {_mb(done.frames_size)}: {went}"
    if done.store is None:
        yield "versions: they are on a lakeFS server, whose own garbage collection removes old objects (docs/lakefs.md)"
    else:
        yield from _store(done.store, went, "folded" if done.is_done else "would be folded")
    yield f"room {'made' if done.is_done else 'to be made'}: {_mb(done.size)}"


def as_json(done: Tidied) -> dict[str, object]:
    """The same for scripts; sizes are in bytes."""
    store = done.store and {
        "unfinished_files": len(done.store.files),
        "builds": len(done.store.builds),
        "lost_objects": done.store.lost,
        "packs": done.store.packs,
        "packs_folded": done.store.is_folded,
        "bytes": done.store.size,
    }
    frames = {"images": done.frames, "bytes": done.frames_size}
    return {"frames": frames, "store": store, "bytes": done.size, "removed": done.is_done}


def _store(found: Leftovers, went: str, folded: str) -> Iterator[str]:
    left = many(len(found.files) + len(found.builds), "file")
    yield f"store.git: {many(found.lost, 'object')} that no version needs, and {left} of writers that are gone: {went}"
    if found.is_folded:
        yield f"store.git: {many(found.packs, 'pack')}: {folded} into fewer"


def _mb(size: int) -> str:
    return f"{size / MB:.1f} MB"
