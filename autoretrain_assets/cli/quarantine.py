"""Quarantine: the events that were refused."""

from datetime import datetime
from typing import Annotated

import typer

from autoretrain_assets.cli.options import HomeOption, JsonOption, group, say, say_json

quarantine = group("quarantine", "Events that were refused: why, and how they come back.")

DAY_HELP = "Only those of this day (UTC), as 2026-03-02: of capture, or of arrival where the event's form was refused."
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=DAY_HELP)]
Reason = Annotated[str | None, typer.Option(help="Only those refused for this field, such as predictions.label.")]


@quarantine.command("list")
def quarantine_list(
    home: HomeOption,
    day: Day = None,
    reason: Reason = None,
    ids: Annotated[bool, typer.Option("--ids", help="Each event by its id instead of counts.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The refused events by day and reason, counted.

    Example: autoretrain quarantine list --home street --reason captured_at --ids
    """
    from autoretrain_assets.commands import quarantine as found

    events = found.refused(home, day.date() if day else None, reason)
    if as_json:
        say_json([found.facts(one) for one in events])
    elif not events:
        say([found.nothing(home)])
    else:
        say((f"{one.day}  {one.id}: {one.reason}" for one in events) if ids else found.counted(events))


@quarantine.command("show")
def quarantine_show(
    event: Annotated[str, typer.Argument(help="The event's id, as `list --ids` says it.")],
    home: HomeOption,
    as_json: JsonOption = False,
) -> None:
    """One refused event: why, where it lies, and how to mend it.

    Example: autoretrain quarantine show gate-7-000123-1f0c9b7e44aa --home street
    """
    from autoretrain_assets.commands import quarantine as found

    one = found.named(home, event)
    if as_json:
        say_json(found.facts(one))
        return
    say(found.explained(home, one))


@quarantine.command("retry")
def quarantine_retry(
    home: HomeOption,
    events: Annotated[list[str] | None, typer.Argument(help="Ids, as `list --ids` says them.")] = None,
    day: Day = None,
    reason: Reason = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is in quarantine.")] = False,
) -> None:
    """Put refused events back into the inbox, as you mended them; the next run judges them anew.

    What is refused again comes back into quarantine with its new reason. Exit code 1 where one could not be put back.

    Example: autoretrain quarantine retry --home street --day 2026-03-02
    """
    from autoretrain_assets.commands.quarantine import retried

    stays = False
    for one in retried(home, events or [], day.date() if day else None, reason, everything):
        say([one.text])
        stays |= one.stays
    if stays:
        raise typer.Exit(1)
