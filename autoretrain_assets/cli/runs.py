"""Runs: what is due, and past days again."""

from datetime import datetime
from typing import Annotated

import typer

from autoretrain_assets.cli.options import HomeOption, app, say


@app.command()
def run(home: HomeOption) -> None:
    """One pass of all that is due: events, finished tasks, and a retraining if there is reason for one.

    It says what this pass did, a line for each day of capture (UTC) on which anything happened.

    Example: autoretrain run --home street
    """
    from autoretrain_assets.commands.runs import run_due

    say(run_due(home))


@app.command()
def backfill(
    home: HomeOption,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, as 2026-03-02.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    mining_only: Annotated[
        bool, typer.Option("--mining", help="Only choose anew what to label, by today's rules of mining.")
    ] = False,
) -> None:
    """Run past days again: late events are taken in, and what people were asked for stays.

    It says what changed, day by day.

    Example: autoretrain backfill --home street --from 2026-01-01 --to 2026-03-31 --mining
    """
    from autoretrain_assets.commands.runs import backfill as run_again

    say(run_again(home, first.date(), last.date(), mining_only))
