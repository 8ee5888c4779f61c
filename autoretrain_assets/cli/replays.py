"""Replays: a labelled past as if it were production."""

from pathlib import Path
from typing import Annotated

import typer

from autoretrain_assets.cli.options import SetOption, app, say


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
    say(play(options))
