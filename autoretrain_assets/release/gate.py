"""The gate: evidence and rules in, promote or hold out. Pure, so that a decision can be made again from its inputs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import polars as pl

from autoretrain_assets.config.rules import Rule
from autoretrain_assets.words import many

PROMOTE, HOLD = "promote", "hold"
HOLDS, FAILS, NOT_ASKED = "holds", "fails", "not asked"
CHALLENGER, CHAMPION = "challenger", "champion"
TOLERANCE = 1e-9
"""A figure that meets its threshold up to the rounding of floats has met it."""
_WHOLE_SCENES = ": a scene (one source, one stretch of time) is wholly test or not at all, so label more of them"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule and how it went; `figure` is what was held against the threshold, None where it is undefined."""

    rule: str
    metric: str
    slice: str
    label: str | None
    compare: str
    threshold: str
    champion: float | None
    challenger: float | None
    figure: float | None
    images: int
    boxes: int
    passed: bool
    why: str

    @property
    def word(self) -> str:
        """How it went: holds, fails, or not asked, for a rule that does not apply passes without a figure."""
        if not self.passed:
            return FAILS
        return HOLDS if self.figure is not None else NOT_ASKED


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons` are sentences: of the rules that failed on a hold, of what was reached on a promotion."""

    outcome: str
    reasons: Sequence[str]
    verdicts: Sequence[Verdict]

    def as_json(self) -> dict[str, Any]:
        """The decision as JSON values; `from_json` undoes it."""
        return {
            "outcome": self.outcome,
            "reasons": list(self.reasons),
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Decision":
        """The decision that `as_json` wrote; what it does not know is left out."""
        names = {field.name for field in fields(Verdict)}
        verdicts = [Verdict(**{key: row[key] for key in names}) for row in content["verdicts"]]
        return cls(content["outcome"], list(content["reasons"]), verdicts)


def decide(metrics: pl.DataFrame, latency_ms: Mapping[str, float], rules: Sequence[Rule]) -> Decision:
    """Promote when every rule holds.

    `metrics` is a table of schema.METRICS whose `model` is challenger or champion; without a champion's rows
    a comparison does not apply and passes, and only absolute rules count. Too little evidence and an
    undefined figure fail, and say so.
    """
    models = set(metrics["model"])
    first = CHALLENGER in models and CHAMPION not in models
    verdicts = [_judge(rule, metrics, latency_ms, first) for rule in rules]
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if failed:
        return Decision(HOLD, [f"{verdict.rule}: {verdict.why}" for verdict in failed], verdicts)
    reached = [f"{verdict.rule}: {verdict.why}" for verdict in verdicts if verdict.figure is not None]
    opening = ["there is no champion to compare with: only absolute rules were asked"] if first else []
    return Decision(PROMOTE, opening + reached, verdicts)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the report has on a rule's metric, slice and class."""

    champion: float | None
    challenger: float | None
    images: int
    boxes: int


def _judge(rule: Rule, metrics: pl.DataFrame, latency_ms: Mapping[str, float], first: bool) -> Verdict:
    evidence = _evidence(rule, metrics, latency_ms)
    figure = _figure(rule, evidence)
    passed, why = _verdict(rule, evidence, figure, first)
    return Verdict(
        rule=rule.name,
        metric=rule.metric,
        slice=rule.slice,
        label=rule.label,
        compare=rule.compare,
        threshold=_threshold(rule),
        champion=evidence.champion,
        challenger=evidence.challenger,
        figure=figure,
        images=evidence.images,
        boxes=evidence.boxes,
        passed=passed,
        why=why,
    )


def _evidence(rule: Rule, metrics: pl.DataFrame, latency_ms: Mapping[str, float]) -> _Evidence:
    name, label = ("all", None) if rule.metric == "latency_ms" else (rule.slice, rule.label)
    rows = metrics.filter((pl.col("slice") == name) & pl.col("label").eq_missing(pl.lit(label, pl.String)))
    by_model = {row["model"]: row for row in rows.iter_rows(named=True)}
    images, boxes = (max((row[name] for row in by_model.values()), default=0) for name in ("images", "boxes"))
    values = latency_ms if rule.metric == "latency_ms" else {model: row[rule.metric] for model, row in by_model.items()}
    return _Evidence(_known(values.get(CHAMPION)), _known(values.get(CHALLENGER)), images, boxes)


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _figure(rule: Rule, evidence: _Evidence) -> float | None:
    if evidence.challenger is None or rule.compare == "absolute":
        return evidence.challenger
    if evidence.champion is None:
        return None
    if rule.compare == "difference":
        return evidence.challenger - evidence.champion
    return evidence.challenger / evidence.champion if evidence.champion > 0 else None


def _verdict(rule: Rule, evidence: _Evidence, figure: float | None, first: bool) -> tuple[bool, str]:
    if first and rule.compare != "absolute":
        return True, "does not apply without a champion"
    if evidence.images == 0 and rule.optional:
        return True, f"no test image in {rule.slice}, and the rule is optional"
    if evidence.boxes == 0 and rule.optional and rule.metric.startswith("map"):
        return True, f"no labelled box in {rule.slice}, and the rule is optional"
    if evidence.images < rule.min_images or evidence.boxes < rule.min_boxes:
        told = f"{many(evidence.images, 'test image')} with {many(evidence.boxes, 'box', 'boxes')} in {rule.slice}"
        hint = "" if evidence.images else _WHOLE_SCENES
        return False, f"too little evidence: {told}, the rule asks for {rule.min_images} and {rule.min_boxes}{hint}"
    if figure is None:
        what = rule.metric if rule.compare == "absolute" else f"the {rule.compare} of {rule.metric}"
        return False, f"{what} in {rule.slice} is undefined: it was not measured, or is zero"
    met = _is_met(rule, figure)
    return met, f"{_words(rule, evidence, figure)}, {'as' if met else 'but'} {_threshold(rule)} is asked"


def _is_met(rule: Rule, figure: float) -> bool:
    if rule.at_least is not None:
        return figure >= rule.at_least - TOLERANCE
    return rule.at_most is None or figure <= rule.at_most + TOLERANCE


def _threshold(rule: Rule) -> str:
    bound = f">= {rule.at_least:g}" if rule.at_least is not None else f"<= {rule.at_most:g}"
    return f"{bound} times" if rule.compare == "ratio" else bound


def _words(rule: Rule, evidence: _Evidence, figure: float) -> str:
    of = f"{rule.metric} in {rule.slice}" + (f" of {rule.label}" if rule.label else "")
    if rule.compare == "absolute":
        return f"{of} is {figure:.3f}"
    change = f"{figure:+.3f}" if rule.compare == "difference" else f"{figure:.2f} times"
    return f"{of} went from {evidence.champion:.3f} to {evidence.challenger:.3f} ({change})"
