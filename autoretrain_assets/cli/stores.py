"""The version store."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from autoretrain_assets.cli.options import HomeOption, SetOption, group, say

if TYPE_CHECKING:
    from autoretrain_assets.store.copying import Brought

store = group("store", "The version store.")


@store.command("copy")
def store_copy(
    home: HomeOption,
    to: Annotated[Literal["git", "lakefs"], typer.Option(help="Where to: git (in the home) or lakefs.")],
    settings: SetOption = [],  # noqa: B006 - typer reads the default, nobody changes it
    switch: Annotated[bool, typer.Option("--switch/--no-switch", help="Have the home go on there.")] = True,
) -> None:
    """Bring every version, tag and release into the other store, prove them, and have the home go on there.

    What is cut off goes on from there. The store that is left stays until you remove it.

    Example: autoretrain store copy --to lakefs --home street --set store.lakefs.url=https://lakefs.example.org
    """
    from autoretrain_assets.commands.copying import copy_store

    say(copy_store(home, to, settings, switch=switch, progress=_show))


def _show(brought: "Brought") -> None:
    """How far it is, on one line of a terminal; a script hears of it at the end."""
    if sys.stderr.isatty():
        end = "\n" if brought.number == brought.of else ""
        typer.echo(f"\r{brought.branch}: commit {brought.number} of {brought.of}{end}", err=True, nl=False)
