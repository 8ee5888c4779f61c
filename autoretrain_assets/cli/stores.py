"""The version store: what lies in it, getting it out again, and moving to another."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from autoretrain_assets.cli.options import HomeOption, JsonOption, SetOption, Version, group, say, say_json

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

    shown = copy_store(
        home, to, settings, switch=switch, progress=lambda one: _progress(one.branch, one.number, one.of)
    )
    say(shown)


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


@store.command("checkout")
def store_checkout(
    version: Version,
    to: Annotated[Path, typer.Option("--to", help="A folder that is empty or absent, or an earlier try's.")],
    home: HomeOption,
) -> None:
    """A dataset version as ultralytics reads it, in a folder of its own; killed and run again, it goes on.

    Example: autoretrain store checkout v0003 --to /data/v0003 --home street
    """
    from autoretrain_assets.commands.checkout import checkout

    typer.echo(checkout(home, version, to, lambda line: typer.echo(line, err=True), _progress))


@store.command("recover")
def store_recover(
    directory: Annotated[Path, typer.Argument(help="The folder to go on in; it may hold the lost autoretrain.yaml.")],
    settings: SetOption = [],  # noqa: B006 - typer reads the default, nobody changes it
) -> None:
    """Go on with a store on a server whose home is lost: its versions, its production model, its history.

    Whatever is left of the lost home is refused from then on: two homes never write one store.

    Example: autoretrain store recover street

    Example: autoretrain store recover street --set store.backend=lakefs --set store.lakefs.repository=street \
--set store.lakefs.url=https://lakefs.example.org
    """
    from autoretrain_assets.commands import recovery

    say(recovery.recover(directory, settings))


@store.command("gc")
def store_gc(
    home: HomeOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")] = False,
    give_up: Annotated[
        list[datetime] | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="A day of events that is gone and has no backup."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Remove what nothing refers to: images that no event and no version names, and what dead writers left behind.

    Nothing of the last 24 hours is touched, and it may run while the loop is at work.

    Example: autoretrain store gc --home street --dry-run
    """
    from autoretrain_assets.commands import housekeeping

    done = housekeeping.tidy(home, datetime.now(UTC), dry_run=dry_run, given_up=[day.date() for day in give_up or []])
    if as_json:
        say_json(housekeeping.as_json(done))
    else:
        say(housekeeping.lines(done))


def _progress(what: str, done: int, of: int) -> None:
    """One line that is written over, for whoever watches a terminal."""
    if sys.stderr.isatty() and (done == of or done % max(1, of // 100) == 0):
        sys.stderr.write(f"\r\x1b[K{what}: {done:,} of {of:,}" if done < of else "\r\x1b[K")
        sys.stderr.flush()
