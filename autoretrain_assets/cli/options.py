"""The application that every command belongs to, and the options that several share."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

HOME_VARIABLE = "AUTORETRAIN_HOME"
EXIT_CODES = """\
Exit codes: 0 done; 1 something is wrong that is none of these, or `check` or `store verify` found something;
2 an argument, a file or autoretrain.yaml cannot be used; 3 stored bytes are not the ones that were stored;
4 the version store refused; 5 the labelling backend refused; 6 training failed; 7 a remote inbox refused.
What went wrong is one sentence on stderr."""


def _markup() -> Literal["rich"] | None:
    """Boxes and colours are for a terminal, and for whoever did not ask for none (no-color.org)."""
    on_a_terminal = sys.stdout.isatty() and sys.stderr.isatty()
    return "rich" if on_a_terminal and not os.environ.get("NO_COLOR") else None


app = typer.Typer(
    name="autoretrain",
    help="Keep an object detector good while its world changes.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=_markup(),
)


def group(name: str, text: str) -> typer.Typer:
    """A group of commands, such as `autoretrain label …`."""
    commands = typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=_markup())
    app.add_typer(commands, name=name)
    return commands


def _one_home(home: Path) -> Path:
    """Say so where the environment names another home than the command: what it starts elsewhere uses that one."""
    other = os.environ.get(HOME_VARIABLE)
    if other and Path(other).resolve() != home.resolve():
        typer.echo(f"autoretrain: {HOME_VARIABLE} names {other}; --home wins: {home} is used.", err=True)
    return home


HomeOption = Annotated[
    Path, typer.Option("--home", help="The home's folder.", envvar=HOME_VARIABLE, callback=_one_home)
]
Because = Annotated[str, typer.Option("--because", help="The reason; it stands in the release history.")]
By = Annotated[str, typer.Option("--by", help="Who decides.", envvar="USER")]
SetOption = Annotated[list[str], typer.Option("--set", help="Any setting: key.sub=value. May be repeated.")]
JsonOption = Annotated[bool, typer.Option("--json", help="The same as JSON, for scripts.")]
Version = Annotated[str, typer.Argument(help="A version, such as v0003.")]


def say(lines: Iterable[str]) -> None:
    """Print lines as they come."""
    for line in lines:
        typer.echo(line)


def say_json(content: Any) -> None:
    """Print JSON with sorted keys, for scripts."""
    from autoretrain_assets.files import json_text

    typer.echo(json_text(content), nl=False)
