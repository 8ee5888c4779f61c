"""Intake: events from productions elsewhere."""

from typing import Annotated

import typer

from autoretrain_assets.cli.options import HomeOption, group

intake = group("intake", "Take in events from productions elsewhere.")


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

    With CVAT_WEBHOOK_SECRET set, a CVAT server may tell here what people finished: see `autoretrain label webhook`.

    Example: AUTORETRAIN_TOKEN=$(openssl rand -hex 32) autoretrain intake serve --home street
    """
    from autoretrain_assets.door.server import serve

    serve(home, host, port, with_token=not no_token, say=typer.echo)
