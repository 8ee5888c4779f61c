"""Labelling: the tasks."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from autoretrain_assets.cli.options import By, HomeOption, app

label = typer.Typer(help="Labelling tasks in folders.", no_args_is_help=True)
app.add_typer(label, name="label")


@label.command("list")
def label_list(home: HomeOption) -> None:
    """The tasks, and which are finished."""
    from autoretrain_assets.commands.labelling import label_lines

    for line in label_lines(home):
        typer.echo(line)


@label.command("done")
def label_done(
    task: Annotated[str, typer.Argument(help="The task's key, as its folder is called.")],
    home: HomeOption,
    by: By = "owner",
) -> None:
    """Say that a task in a folder is finished."""
    from autoretrain_assets.commands.labelling import finish_task

    finish_task(home, task, by, datetime.now(UTC))
    typer.echo(f"{task} is finished; the next run collects it.")
