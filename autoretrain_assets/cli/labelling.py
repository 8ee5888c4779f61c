"""Labelling: the tasks."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from autoretrain_assets.cli.options import By, HomeOption, group, say

label = group("label", "Labelling tasks in folders.")


@label.command("list")
def label_list(home: HomeOption) -> None:
    """The tasks, and which are finished.

    Example: autoretrain label list --home street
    """
    from autoretrain_assets.commands.labelling import label_lines

    say(label_lines(home))


@label.command("done")
def label_done(
    task: Annotated[str, typer.Argument(help="The task's key, as its folder is called.")],
    home: HomeOption,
    by: By = "owner",
) -> None:
    """Say that a task in a folder is finished, or finished anew after its labels were corrected.

    Example: autoretrain label done 2026-03-02-1f0c9b7e --home street --by ann
    """
    from autoretrain_assets.commands.labelling import finish_task

    typer.echo(finish_task(home, task, by, datetime.now(UTC)))
