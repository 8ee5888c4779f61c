"""The state of a home: how it stands, and whether all of it works."""

from datetime import UTC, datetime

import typer

from autoretrain_assets.cli.options import HomeOption, JsonOption, app, say, say_json


@app.command()
def status(home: HomeOption, as_json: JsonOption = False) -> None:
    """How a home stands: production, tasks, labels, drift, decisions, quarantine, runs, and what to do next.

    Example: autoretrain status --home street
    """
    from autoretrain_assets.commands import status as states

    if as_json:
        say_json(states.as_json(home, datetime.now(UTC)))
        return
    say(states.status(home, datetime.now(UTC)))


@app.command()
def check(home: HomeOption, as_json: JsonOption = False) -> None:
    """Is everything as it should be? A line for each thing; what is wrong comes with its way out and exit code 1.

    What works and is hardly meant so is a doubt, and no reason for another exit code.

    Example: autoretrain check --home street
    """
    from autoretrain_assets.commands.checks import check as looked_at

    findings = looked_at(home, datetime.now(UTC))
    if as_json:
        say_json([{"name": one.name, "ok": one.ok, "doubtful": one.doubtful, "text": one.text} for one in findings])
    else:
        say(one.line for one in findings)
    if not all(one.ok for one in findings):
        raise typer.Exit(1)
