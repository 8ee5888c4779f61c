"""The outcome of a replay as lines of text."""

from collections.abc import Iterator, Sequence

from autoretrain_assets.replay.outcome import Outcome, Outside, Round

FEW = 2
"""Reasons of a promotion that the table tells; the report has them all."""


def outcome_table(outcome: Outcome) -> Iterator[str]:
    """A row a version: decision, labels, seconds, and mAP50 on each domain's images that the loop never saw.

    After each figure stands its change against the model that was in production then.
    """
    domains = list(outcome.first_outside)
    header = ["version", "decision", "labels", "seconds", *(f"mAP50 {domain}" for domain in domains)]
    rows = [[outcome.first_version, "first", "", "", *_figures(outcome.first_outside, None, domains)]]
    known = {outcome.first_version: outcome.first_outside}
    for one in outcome.rounds:
        before = known.get(one.parent or "")
        known[one.version] = one.outside
        figures = _figures(one.outside, before, domains)
        rows.append([one.version, one.decision, f"+{one.labels_new}", f"{one.seconds:.0f}", *figures])
    yield from _aligned([header, *rows])
    for one in outcome.rounds:
        yield ""
        yield f"{one.version} was {'promoted' if one.decision == 'promote' else 'held'} ({one.trigger}):"
        yield from (f"  - {reason}" for reason in _telling(one))
    yield ""
    seconds = outcome.seconds.as_json()
    parts = ", ".join(f"{name} {seconds[name]:.0f} s" for name in ("training", "evaluation", "other"))
    yield f"in production: {outcome.production_version}; {seconds['total']:.0f} s in all: {parts}"


def _telling(one: Round) -> list[str]:
    """Of a hold every rule that failed; of a promotion the first rules, and that the others hold too."""
    if one.decision != "promote":
        return list(one.reasons)
    return [*one.reasons[:FEW], f"and the other {len(one.reasons) - FEW} rules hold"][: len(one.reasons)]


def _figures(outside: Outside, before: Outside | None, domains: Sequence[str]) -> list[str]:
    return [_figure(outside[domain]["map50"], before[domain]["map50"] if before else None) for domain in domains]


def _figure(value: float | None, before: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if before is None else f"{value:.3f} ({value - before:+.3f})"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
