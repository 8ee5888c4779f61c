"""Which of a day's events are compared, and with which model's reference."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Sample:
    """The distinct images of one model's events; `others` counts the events of other models that were left out.

    `model` is None where no model has a reference; `kind` says which events were asked for, such as "random".
    """

    model: str | None
    images: pl.DataFrame
    others: int
    kind: str

    def sentences(self) -> list[str]:
        """What was not compared, and why: silence must not look like a day that was tested."""
        if self.model is None:
            return ["no model has a reference yet: nothing to compare with."]
        told = []
        if self.others:
            told.append(f"{self.others} {self.kind} events of other models than {self.model} were left out.")
        if self.images.is_empty():
            of = f" of {self.model}" if self.others else ""
            told.append(f"no {self.kind} event{of} that day: nothing was tested.")
        return told


def draw(events: pl.DataFrame, triggers: Sequence[str], production: str | None, known: Callable[[str], bool]) -> Sample:
    """The events with one of `triggers` of the model that most of them are of, if it is `known`; else the next one.

    One model's alone, for two models see the same street differently: a promotion is not drift. An event that
    names no model counts as one of `production`, which is also the answer where no event is of a known model.
    """
    fair = events.filter(pl.col("trigger").is_in(list(triggers))).with_columns(
        pl.coalesce("model_version", pl.lit(production, pl.String)).alias("model_version")
    )
    counts = fair.drop_nulls("model_version").group_by("model_version").len()
    names = counts.sort("len", "model_version", descending=[True, False])["model_version"].to_list()
    model = next((name for name in [*names, production] if name is not None and known(name)), None)
    own = fair.filter(pl.col("model_version") == pl.lit(model, pl.String))
    images = own.unique("sha256", keep="first", maintain_order=True)
    return Sample(model, images, fair.height - own.height, " or ".join(triggers))
