"""The version store: what lies in it, and getting it out again."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from autoretrain_assets.cli.options import HomeOption, JsonOption, group, say, say_json

store = group("store", "The version store.")


@store.command("verify")
def store_verify(
    home: HomeOption,
    versions: Annotated[list[str] | None, typer.Argument(help="Versions, such as v0003; without any, all.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read all that the store keeps and hold it against its hashes; exit code 1 where something is damaged.

    Example: autoretrain store verify --home street
    """
    from autoretrain_assets.commands import verification

    found = verification.verify(home, versions or [], datetime.now(UTC), _progress)
    if as_json:
        say_json(verification.as_json(found))
    else:
        say(verification.lines(found))
    if found.damage:
        raise typer.Exit(1)


def _progress(what: str, done: int, of: int) -> None:
    """One line that is written over, for whoever watches a terminal."""
    if sys.stderr.isatty() and (done == of or done % 100 == 0):
        sys.stderr.write(f"\r\x1b[K{what}: {done:,} of {of:,}" if done < of else "\r\x1b[K")
        sys.stderr.flush()
