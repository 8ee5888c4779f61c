"""Homes: made."""

from pathlib import Path
from typing import Annotated

import typer

from autoretrain_assets.cli.options import SetOption, app, say


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="The new home's folder.")],
    weights: Annotated[Path, typer.Option(help="The model in production today: an ultralytics .pt.")],
    data: Annotated[
        Path | None,
        typer.Option(
            help="The data it was trained on: a YOLO data.yaml, a COCO .json, or a Pascal VOC folder. None: the model "
            "is first measured on what people label first."
        ),
    ] = None,
    images: Annotated[Path | None, typer.Option(help="Where the images of a COCO .json lie; none: beside it.")] = None,
    from_cvat: Annotated[
        str | None,
        typer.Option(
            metavar="PROJECT",
            help="Begin with the finished tasks of this project (name or id) on a CVAT server, and label there. "
            "Needs --set labeling.cvat.url=URL.",
        ),
    ] = None,
    from_lakefs: Annotated[
        str | None,
        typer.Option(
            metavar="REPO/REF[/PATH]",
            help="Begin with a data set in a lakeFS repository: as --data, or a folder with a data.yaml. REF is a "
            "branch, tag or commit; --images is then a folder there. Needs --set store.lakefs.url=URL.",
        ),
    ] = None,
    settings: SetOption = [],  # noqa: B006 - typer reads the default, nobody changes it
) -> None:
    """Make a home of your own: settings, folders, first dataset version, first production model.

    Example: autoretrain init street --weights best.pt --data street.yaml

    Example: autoretrain init street --weights best.pt --from-cvat street --set labeling.cvat.url=https://cvat.example.org

    Example: autoretrain init street --weights best.pt --from-lakefs data/main --set store.lakefs.url=https://lakefs.example.org
    """
    from autoretrain_assets.commands.homes import make_home

    say(make_home(directory, weights, data, settings, images, from_cvat, from_lakefs))
