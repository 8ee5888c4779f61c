"""The commands that a person types; no logic of its own."""

import errno
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from autoretrain_assets.errors import AutoretrainError

app = typer.Typer(
    name="autoretrain",
    help="Keep an object detector good while its world changes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
label = typer.Typer(help="Labelling tasks in folders.", no_args_is_help=True)
app.add_typer(label, name="label")

HomeOption = Annotated[Path, typer.Option("--home", help="The home's folder.", envvar="AUTORETRAIN_HOME")]
Because = Annotated[str, typer.Option("--because", help="The reason; it stands in the release history.")]
By = Annotated[str, typer.Option("--by", help="Who decides.", envvar="USER")]
SetOption = Annotated[list[str], typer.Option("--set", help="Any setting: key.sub=value. May be repeated.")]


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
    from autoretrain_assets.commands import make_home

    for line in make_home(directory, weights, data, settings):
        typer.echo(line)


@app.command()
def run(home: HomeOption) -> None:
    """One pass of all that is due: events, finished tasks, and a retraining if there is reason for one."""
    from autoretrain_assets.commands import run_due

    for line in run_due(home):
        typer.echo(line)


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

    Example: autoretrain backfill --home street --from 2026-01-01 --to 2026-03-31 --mining
    """
    from autoretrain_assets.commands import backfill as run_again

    for line in run_again(home, first.date(), last.date(), mining_only):
        typer.echo(line)


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="The version to release, such as v0003.")],
    home: HomeOption,
    because: Because,
    by: By = "owner",
) -> None:
    """Release a version by hand, whatever its decision says; the reason is kept.

    Example: autoretrain promote v0003 --home street --because "the gate's test has no snow, we do"
    """
    from autoretrain_assets.commands import release

    typer.echo(release(home, version, because, by))


@app.command()
def rollback(
    home: HomeOption,
    because: Because,
    version: Annotated[str | None, typer.Argument(help="The version to go back to; none: the one before.")] = None,
    by: By = "owner",
) -> None:
    """Put an earlier version back into production; the reason is kept."""
    from autoretrain_assets.commands import roll_back

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
    from autoretrain_assets.commands import abandon as give_up

    typer.echo(give_up(home, version, because, by))


@label.command("list")
def label_list(home: HomeOption) -> None:
    """The tasks, and which are finished."""
    from autoretrain_assets.commands import label_lines

    for line in label_lines(home):
        typer.echo(line)


@label.command("done")
def label_done(
    task: Annotated[str, typer.Argument(help="The task's key, as its folder is called.")],
    home: HomeOption,
    by: By = "owner",
) -> None:
    """Say that a task in a folder is finished."""
    from autoretrain_assets.commands import finish_task

    finish_task(home, task, by, datetime.now(UTC))
    typer.echo(f"{task} is finished; the next run collects it.")


@app.command()
def replay(
    dataset: Annotated[Path, typer.Argument(help="A labelled YOLO dataset with a domains.csv.")],
    start: Annotated[
        str, typer.Option(help="The domain that the first model learns: NAME, or NAME:SHARE of its scenes.")
    ],
    then: Annotated[list[str], typer.Option(help="The domains that production meets, in order.")],
    more: Annotated[list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="Further domains of --then.")] = None,
    home: Annotated[Path | None, typer.Option(help="Where the replay's home is made; none: a temporary one.")] = None,
    weights: Annotated[Path | None, typer.Option(help="What the first model is fine-tuned from.")] = None,
    model: Annotated[Path | None, typer.Option(help="The first production model, taken as it is.")] = None,
    days: Annotated[int, typer.Option(min=1, help="Days for each domain.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Every random choice derives from it.")] = 0,
    operator_error: Annotated[
        float, typer.Option(min=0, max=1, help="Part of the model's errors that no operator reports.")
    ] = 0.2,
    annotator_error: Annotated[
        float, typer.Option(min=0, max=1, help="Part of the objects that are missed or misnamed.")
    ] = 0.0,
    json_file: Annotated[Path | None, typer.Option("--json", help="Where the result is written.")] = None,
    settings: SetOption = [],  # noqa: B006 - typer reads the default, nobody changes it
) -> None:
    """Play a labelled dataset through the loop as if it were production: the backtest of your own past.

    Example: autoretrain replay data/street --start day --then night rain --weights best.pt --home /tmp/backtest
    """
    from autoretrain_assets.replay.command import ReplayOptions, play

    options = ReplayOptions(
        dataset=dataset,
        start=start,
        then=[*then, *(more or [])],
        home=home,
        weights=weights,
        model=model,
        days=days,
        seed=seed,
        operator_error=operator_error,
        annotator_error=annotator_error,
        json_file=json_file,
        overrides=settings,
    )
    for line in play(options):
        typer.echo(line)


intake = typer.Typer(help="Take in events from productions elsewhere.", no_args_is_help=True)
app.add_typer(intake, name="intake")


@intake.command("serve")
def intake_serve(
    home: HomeOption,
    host: Annotated[str, typer.Option(help="The address to listen at; 0.0.0.0: every one of this machine.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any free one.")] = 8000,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Ask for no token; only at an address that no other machine reaches.")
    ] = False,
) -> None:
    """Take in events over HTTP until it is ended; senders must know the token in AUTORETRAIN_TOKEN.

    Example: AUTORETRAIN_TOKEN=$(openssl rand -hex 32) autoretrain intake serve --home street
    """
    from autoretrain_assets.door.server import serve

    serve(home, host, port, with_token=not no_token, say=typer.echo)


def main() -> None:
    """Run a command; an error that a person can mend is one sentence and a code, not a traceback."""
    try:
        app()
    except AutoretrainError as error:
        sys.stderr.write(f"autoretrain: {error}\n")
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        sys.stderr.write("autoretrain: the disk is full: make room and run the same command again; nothing is lost.\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
