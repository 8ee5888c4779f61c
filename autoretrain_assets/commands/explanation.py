"""What was decided on a version, rule by rule, and who moved production since: in words, or as JSON values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autoretrain_assets import checkpoints
from autoretrain_assets.commands.versions import how_far, known
from autoretrain_assets.evaluation import stored
from autoretrain_assets.home import Home
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.release.gate import FAILS, NOT_ASKED, Decision, Verdict
from autoretrain_assets.words import many


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of a decision; `decision` is None where there is none, and `how_far` says why.

    `adopted`: the model was in production when its home was made, and no gate let it there. `moves` are the releases
    since it was measured, oldest first; all of them where it never was.
    """

    version: str
    decision: Mapping[str, Any] | None
    how_far: str
    adopted: bool
    moves: Sequence[registry.Release]
    in_production: str | None

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """The rules and how they went; none of a version that was abandoned."""
        return Decision.from_json(self.decision).verdicts if self.decision else []


def explain(root: Path, version: str) -> Explanation:
    """What was decided on a version, and what came after; raises InputError for an unknown one."""
    home = Home.open(root)
    known(home, version)
    decision = decisions.read(home.store, version) if decisions.is_made(home.store, version) else None
    now = registry.current(home.store)
    return Explanation(
        version=version,
        decision=decision,
        how_far="" if decision else how_far(home, version),
        adopted=checkpoints.is_made(home, version) and checkpoints.is_adopted(checkpoints.record(home, version)),
        moves=_moves(home, version),
        in_production=now.version if now else None,
    )


def lines(one: Explanation) -> Iterator[str]:
    """The decision in words, rule by rule, and who moved production since."""
    if one.decision is None:
        yield f"{one.version}: no decision yet: {one.how_far}"
        return
    outcome = one.decision["outcome"]
    if one.adopted:
        yield f"{one.version}: in production when this home was made, by no gate; by the rules it would be: {outcome}"
    else:
        yield f"{one.version}: {outcome}"
    yield from (f"  because {reason}" for reason in one.decision["reasons"])
    if outcome != decisions.ABANDONED:
        nothing = "nothing: it is the first model" if one.adopted else "nothing: no model was in production"
        yield f"measured against: {one.decision['champion'] or nothing}"
    yield from (_ruled(verdict) for verdict in one.verdicts)
    yield from _moved(one)


def as_json(one: Explanation) -> dict[str, Any]:
    """The same, as JSON values: of each rule also its verdict as a word. Times are ISO 8601 in UTC."""
    decision = one.decision or {"outcome": None, "reasons": [], "champion": None}
    return {
        "version": one.version,
        "outcome": decision["outcome"],
        "reasons": decision["reasons"],
        "measured_against": decision["champion"],
        "how_far": one.how_far or None,
        "adopted": one.adopted,
        "rules": [asdict(verdict) | {"verdict": verdict.word} for verdict in one.verdicts],
        "moves": [
            {"at": move.at.isoformat(), "version": move.version, "by": move.by, "because": move.because}
            for move in one.moves
        ],
        "in_production": one.in_production,
    }


def _ruled(verdict: Verdict) -> str:
    if verdict.word == NOT_ASKED:
        return f"  not asked  {verdict.rule}: {verdict.why}"
    figure = "no figure" if verdict.figure is None else f"{verdict.figure:.3f}"
    return (
        f"  {'FAILS' if verdict.word == FAILS else verdict.word}  {verdict.rule}: {figure}, asked {verdict.threshold} "
        f"({verdict.why}; {many(verdict.images, 'image')}, {many(verdict.boxes, 'box', 'boxes')})"
    )


def _moves(home: Home, version: str) -> list[registry.Release]:
    since = stored.measured_at(home.store, version) if stored.is_made(home.store, version) else None
    return [one for one in reversed(registry.history(home.store)) if since is None or one.at > since]


def _moved(one: Explanation) -> Iterator[str]:
    for move in one.moves:
        yield f"{move.at:%Y-%m-%d %H:%M} UTC: {move.version} into production, by {move.by}: {move.because}"
    if not one.moves:
        yield "production was not moved since"
    yield f"in production now: {one.in_production or 'nothing'}"
