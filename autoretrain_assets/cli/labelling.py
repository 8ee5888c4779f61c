"""Labelling: the tasks."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from autoretrain_assets.cli.options import By, HomeOption, JsonOption, group, say, say_json

label = group("label", "Labelling tasks.")


@label.command("list")
def label_list(home: HomeOption, as_json: JsonOption = False) -> None:
    """The tasks, and which are finished.

    Example: autoretrain label list --home street
    """
    from autoretrain_assets.commands import labelling

    found = labelling.tasks(home)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    say(labelling.lines(found))


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


@label.command("again")
def label_again(task: Annotated[str, typer.Argument(help="The task's key.")], home: HomeOption) -> None:
    """Have a task that is gone made anew by the next run, of the same images; one that is there stays as it is.

    Example: autoretrain label again 2026-03-02-1f0c9b7e --home street
    """
    from autoretrain_assets.commands.again import open_again

    typer.echo(open_again(home, task))


@label.command("webhook")
def label_webhook(
    url: Annotated[str, typer.Argument(help="Where the CVAT server reaches `autoretrain intake serve`.")],
    home: HomeOption,
) -> None:
    """Have the CVAT server tell at once what people finish; needs CVAT_WEBHOOK_SECRET, here and at the door.

    Example: CVAT_WEBHOOK_SECRET=$(openssl rand -hex 32) autoretrain label webhook https://door.example.org
    """
    import os

    from autoretrain_assets.commands.labelling import listen

    typer.echo(listen(home, url, os.environ))
