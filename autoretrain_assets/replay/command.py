"""`autoretrain replay`: what its options mean, and the table that it prints."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autoretrain_assets import founding
from autoretrain_assets.config import parse_settings
from autoretrain_assets.config.settings import Settings
from autoretrain_assets.errors import InputError
from autoretrain_assets.files import write_json
from autoretrain_assets.replay.annotator import AnnotatorSettings
from autoretrain_assets.replay.operator import OperatorSettings
from autoretrain_assets.replay.run import Phase, Plan, Say, replay
from autoretrain_assets.replay.table import outcome_table


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """The options of the command."""

    dataset: Path
    start: str
    then: Sequence[str]
    home: Path | None
    weights: Path | None
    model: Path | None
    days: int
    seed: int
    operator_error: float
    annotator_error: float
    json_file: Path | None
    overrides: Sequence[str]


def play(options: ReplayOptions) -> Iterator[str]:
    """Replay, write the JSON, and yield the lines to print; progress goes to standard error."""
    with _place(options.home) as home:
        target = options.json_file or home / "replay.json"
        if options.json_file:
            _verify_target(target, home)
        outcome = replay(_plan(options, home), clock())
    write_json(target, outcome.as_json())
    yield from outcome_table(outcome)
    yield f"result: {target}"
    yield f"page: {home / 'replay.html'}"


def clock() -> Say:
    """A way to say how far the work is, with the seconds since the start."""
    began = time.monotonic()

    def say(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:7.1f} s  {line}\n")
        sys.stderr.flush()

    return say


@contextmanager
def _place(given: Path | None) -> Iterator[Path]:
    """Where the home is made: as given, or in a temporary folder, which goes again where nothing was made in it."""
    if given is not None:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="autoretrain-replay-"))
    try:
        yield folder / "home"
    finally:
        if not any(folder.iterdir()):
            folder.rmdir()


def _verify_target(target: Path, home: Path) -> None:
    """Refuse a place for the result that cannot be written: it is wanted only after hours."""
    place = target.absolute()
    try:
        if place.is_dir() or place in [home.absolute(), *home.absolute().parents]:
            raise InputError(f"--json {target} is a folder: name a file in it.")
        there = next(parent for parent in place.parents if parent.exists())
        # asked by writing: a read-only disk or a folder such as /proc does not say so in its permissions
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise InputError(f"--json {target} cannot be written ({error.strerror}): name a file elsewhere.") from None


def _plan(options: ReplayOptions, home: Path) -> Plan:
    if (options.weights is None) == (options.model is None):
        raise InputError("give --weights, to fine-tune the first model from, or --model, to take it as it is.")
    half = options.annotator_error / 2
    annotator = AnnotatorSettings(miss_rate=half, mislabel_rate=half)
    return Plan(
        dataset=options.dataset,
        start=options.start,
        phases=[Phase(domain, annotator) for domain in options.then],
        home=home,
        settings=_settings(options),
        model=options.model,
        days=options.days,
        operator=OperatorSettings(miss_rate=options.operator_error),
    )


def _settings(options: ReplayOptions) -> Settings:
    """The owner's settings; at what size a model that is taken as it is learnt, it says itself."""
    known = founding.loaded(options.model).settings if options.model else {}
    weights = [f"training.weights={options.weights.absolute()}"] if options.weights else []
    return parse_settings(json.dumps(known), [f"seed={options.seed}", *weights, *options.overrides], name="--set")
