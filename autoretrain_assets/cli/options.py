"""The application that every command belongs to, and the options that several share."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="autoretrain",
    help="Keep an object detector good while its world changes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

HomeOption = Annotated[Path, typer.Option("--home", help="The home's folder.", envvar="AUTORETRAIN_HOME")]
Because = Annotated[str, typer.Option("--because", help="The reason; it stands in the release history.")]
By = Annotated[str, typer.Option("--by", help="Who decides.", envvar="USER")]
SetOption = Annotated[list[str], typer.Option("--set", help="Any setting: key.sub=value. May be repeated.")]
