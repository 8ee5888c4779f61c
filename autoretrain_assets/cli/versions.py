"""Versions: what was decided on them, and on which figures."""

import typer

from autoretrain_assets.cli.options import HomeOption, JsonOption, Version, app, say, say_json


@app.command()
def explain(version: Version, home: HomeOption, as_json: JsonOption = False) -> None:
    """The decision on a version, rule by rule: figure, threshold, why, against which model, and what came after.

    A rule is not asked where there was no model to compare with, or, where it is optional, nothing to measure.

    Example: autoretrain explain v0003 --home street
    """
    from autoretrain_assets.commands import explanation

    found = explanation.explain(home, version)
    if as_json:
        say_json(explanation.as_json(found))
        return
    say(explanation.lines(found))


@app.command()
def compare(first: Version, second: Version, home: HomeOption, as_json: JsonOption = False) -> None:
    """Two versions' figures side by side, slice by slice and class by class, and whether they may be compared.

    Example: autoretrain compare v0002 v0003 --home street
    """
    from autoretrain_assets.commands.comparison import compare as compared
    from autoretrain_assets.commands.comparison import shown

    both = compared(home, first, second)
    if as_json:
        say_json({"note": both.note, "comparable": both.comparable, "rows": both.rows.to_dicts()})
        return
    say(shown(both, first, second))


@app.command()
def report(version: Version, home: HomeOption) -> None:
    """The path of a version's page.

    Example: xdg-open "$(autoretrain report v0003 --home street)"
    """
    from autoretrain_assets.commands.versions import report as page

    typer.echo(page(home, version))
