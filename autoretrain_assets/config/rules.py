"""The rules of the gate, and the ones that a home begins with."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, field_validator, model_validator

from autoretrain_assets.config.section import Section

Metric = Literal["map50_95", "map50", "false_positives_per_image", "latency_ms"]

WHOLE = ("all", "new", "old", "regression")
NAMED = ("source", "domain")
ARMS = ("random", "mined", "import")
SIZES = ("small", "medium", "large")
SLICES = ", ".join([*WHOLE, *(f"{kind}:NAME" for kind in NAMED), f"arm:{'|'.join(ARMS)}", f"size:{'|'.join(SIZES)}"])
"""The slices of the sealed test, as an owner reads of them."""


class Rule(Section):
    """One condition of the gate; all must hold for a promotion."""

    name: str = Field(description="What the owner calls it; it stands in the decision.")
    metric: Metric = Field(description="map50_95, map50, false_positives_per_image or latency_ms.")
    slice: str = Field("all", description=f"{SLICES}.")
    label: str | None = Field(None, description="One class; none: all of them.")
    compare: Literal["difference", "ratio", "absolute"] = Field(
        description="challenger - champion, challenger / champion, or the challenger alone."
    )
    at_least: float | None = Field(None, description="The figure must not be below this.")
    at_most: float | None = Field(None, description="The figure must not be above this.")
    min_images: int = Field(0, ge=0, description="With fewer test images the rule fails for lack of evidence.")
    min_boxes: int = Field(0, ge=0, description="With fewer labelled boxes the rule fails for lack of evidence.")
    optional: bool = Field(
        False,
        description="true: a slice without a test image, for mAP without a labelled box, passes instead of failing.",
    )

    @field_validator("slice")
    @classmethod
    def _is_a_slice(cls, name: str) -> str:
        # A typo is a slice without an image: an optional rule would pass for ever, any other hold for ever.
        kind, _, rest = name.partition(":")
        known = {"arm": rest in ARMS, "size": rest in SIZES} | dict.fromkeys(NAMED, bool(rest.strip()))
        if name not in WHOLE and not known.get(kind, False):
            raise ValueError(f"there is no slice {name!r}; there are {SLICES}")
        return name

    @model_validator(mode="after")
    def _one_bound(self) -> "Rule":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least or at_most, and only one of them")
        return self

    @model_validator(mode="after")
    def _is_measured(self) -> "Rule":
        if self.slice.startswith("size:") and (self.label is not None or not self.metric.startswith("map")):
            raise ValueError("a slice by size has only the mAP of all classes together: leave label out")
        return self


def check_labels(rules: Sequence[Rule], classes: Sequence[str]) -> None:
    """Raise ValueError where a rule is about a class that is none of `classes`; where none is known yet, any may be."""
    strange = next((rule for rule in rules if rule.label is not None and rule.label not in classes), None)
    if classes and strange is not None:
        raise ValueError(
            f"the rule {strange.name!r} is about the class {strange.label!r}, which dataset.classes does not have: "
            f"{', '.join(classes)}"
        )


DEFAULT_RULES = [
    Rule(name="better on what is new", metric="map50", slice="new", compare="difference",
         at_least=0.03, min_images=5, min_boxes=20),
    Rule(name="boxes as tight on what is new", metric="map50_95", slice="new", compare="difference",
         at_least=0.01, min_images=5, min_boxes=20),
    Rule(name="good enough on what is new", metric="map50", slice="new", compare="absolute", at_least=0.25),
    Rule(name="no worse on what it knew", metric="map50", slice="old", compare="difference",
         at_least=-0.03, min_images=5, min_boxes=20),
    Rule(name="boxes no looser on what it knew", metric="map50_95", slice="old", compare="difference",
         at_least=-0.05, min_images=5, min_boxes=20),
    Rule(name="no worse on reported failures", metric="map50", slice="regression", compare="difference",
         at_least=-0.02, optional=True),
    Rule(name="good enough at all", metric="map50", slice="all", compare="absolute", at_least=0.2, min_images=5),
    Rule(name="no more false alarms on what it knew", metric="false_positives_per_image", slice="old",
         compare="difference", at_most=1.0),
    Rule(name="no slower", metric="latency_ms", slice="all", compare="ratio", at_most=2.0),
]  # fmt: skip
