"""Releases: production moved by hand, versions given up."""

from typing import Annotated

import typer

from autoretrain_assets.cli.options import Because, By, HomeOption, app


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="The version to release, such as v0003.")],
    home: HomeOption,
    because: Because,
    by: By = "owner",
) -> None:
    """Release a version by hand, whatever its decision says; the reason is kept.

    The one that is in production already is put there anew where its files are damaged; else nothing is done.

    Example: autoretrain promote v0003 --home street --because "the gate's test has no snow, we do"
    """
    from autoretrain_assets.commands.releases import release

    typer.echo(release(home, version, because, by))


@app.command()
def rollback(
    home: HomeOption,
    because: Because,
    version: Annotated[str | None, typer.Argument(help="The version to go back to; none: the one before.")] = None,
    by: By = "owner",
) -> None:
    """Put an earlier version back into production; the reason is kept.

    Example: autoretrain rollback --home street --because "it misses buses at night"
    """
    from autoretrain_assets.commands.releases import roll_back

    typer.echo(roll_back(home, version, because, by))


@app.command()
def abandon(
    version: Annotated[str, typer.Argument(help="The version that cannot be trained or measured.")],
    home: HomeOption,
    because: Because,
    by: By = "owner",
) -> None:
    """Give a version up that fails again and again, so that the next one is made; its labels stay.

    Example: autoretrain abandon v0004 --home street --because "its boxes were NaN; corrected in v0005"
    """
    from autoretrain_assets.commands.releases import abandon as give_up

    typer.echo(give_up(home, version, because, by))
