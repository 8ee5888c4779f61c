"""A home's versions are brought into another store, and the home goes on there."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autoretrain_assets.commands import copied
from autoretrain_assets.commands.moving import Move
from autoretrain_assets.config.store import Backend
from autoretrain_assets.errors import InputError
from autoretrain_assets.files import write_text
from autoretrain_assets.home import BRANCHES, SETTINGS
from autoretrain_assets.locks import held, is_held
from autoretrain_assets.resources import by_hand, turns
from autoretrain_assets.store import claims, places
from autoretrain_assets.store.copying import Brought
from autoretrain_assets.words import many

Progress = Callable[[Brought], None]


def copy_store(root: Path, to: Backend, overrides: Sequence[str], *, switch: bool, progress: Progress) -> Iterator[str]:
    """Bring every version, tag and release into the other store, prove them, and have the home go on there.

    `overrides` are settings of store.*, which the home has from then on. What broke off goes on from there. Raises
    InputError where they are there already, a run is at work when the home would go over, or the server is not named;
    SettingsError where autoretrain.yaml cannot be changed; StoreError where another home writes the other store;
    Conflict where that holds anything else; IntegrityError where a copy is not like its original. Then the home stays
    as it is.
    """
    move = Move.of(root, to, overrides)
    with _alone(move.root / "work" / "locks" / "copying.lock", why="another copy of this home's store is at work"):
        if switch:
            move.settings()  # what cannot be changed is told before anything is copied
        places.note(move.root, move.left.backend)
        claims.refuse_others(claims.claim(move.copying.target), move.root)
        copied.verify_known(move.copying.source, move.copying.target)
        yield f"from {move.place(move.left)} to {move.place(move.wanted)}"
        yield from _bring(move, progress)
        yield from _prove(move)
        if not switch:
            yield "nothing is switched: without --no-switch the same command has the home go on there"
            return
        yield from _move_over(move, progress)
    yield f"the versions of this home are in {move.place(move.wanted)}"
    yield from move.what_is_left()


def _bring(move: Move, progress: Progress) -> Generator[str, None, bool]:
    """Copy what is not there yet, a line for each branch of which something came; answers whether any did."""
    brought = dict.fromkeys(BRANCHES, 0)
    for one in move.copying.run(BRANCHES):
        brought[one.branch] += 1
        progress(one)
    yield from (f"{branch}: {many(count, 'commit')}" for branch, count in brought.items() if count)
    return any(brought.values())


def _prove(move: Move) -> Iterator[str]:
    copying = move.copying
    yield copied.verify(copying.target)
    if others := copying.left_behind((*BRANCHES, claims.BRANCH)):
        yield f"left where they are, for no version needs them: {', '.join(others)}"


def _move_over(move: Move, progress: Progress) -> Iterator[str]:
    """Bring what came meanwhile while nobody writes, then let the other store count."""
    why = "a run is at work, or production is being moved"
    with _alone(*turns(move.root), by_hand(move.root), why=f"all that was there is copied, but {why}"):
        if (yield from _bring(move, progress)):
            yield from _prove(move)
        yield copied.verify_same(move.copying.source, move.copying.target)
        # Killed between the two, neither store is written to: what says so knows the way by these settings.
        write_text((move.root / SETTINGS).resolve(), move.settings())
        places.keep(move.root, move.wanted.backend)


@contextmanager
def _alone(*locks: Path, why: str) -> Iterator[None]:
    with ExitStack() as stack:
        for lock in locks:
            if is_held(lock):
                raise InputError(f"{why}: wait for its end, then run the same command again.")
            stack.enter_context(held(lock))
        yield
