"""Homes: made."""

from pathlib import Path
from typing import Annotated

import typer

from autoretrain_assets.cli.options import SetOption, app


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="The new home's folder.")],
    weights: Annotated[Path, typer.Option(help="The model in production today: an ultralytics .pt.")],
    data: Annotated[Path, typer.Option(help="The data it was trained on: a YOLO data.yaml.")],
    settings: SetOption = [],  # noqa: B006 - typer reads the default, nobody changes it
) -> None:
    """Make a home of your own: settings, folders, first dataset version, first production model.

    Example: autoretrain init street --weights best.pt --data street.yaml
    """
    from autoretrain_assets.commands.homes import make_home

    for line in make_home(directory, weights, data, settings):
        typer.echo(line)
