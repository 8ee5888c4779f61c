"""`make demo`: draw the street, train on daylight, let night fall, then label the rain sloppily."""

import shutil
import sys
from pathlib import Path

from autoretrain_assets.config import parse_settings
from autoretrain_assets.errors import AutoretrainError, Interrupted
from autoretrain_assets.files import write_json
from autoretrain_assets.replay import camera
from autoretrain_assets.replay.annotator import SLOPPY
from autoretrain_assets.replay.command import clock
from autoretrain_assets.replay.run import Phase, Plan, replay
from autoretrain_assets.replay.table import outcome_table

FOLDER = Path(".autoretrain")
MODEL = Path(__file__).parent / "tiny.yaml"

SETTINGS = """
training: {epochs: 15, min_steps: 0, imgsz: 160, batch: 8}
mining: {budget_per_day: 60}
drift: {min_images: 6}
retrain: {min_new_labels: 90, min_new_labels_on_drift: 90}
automation: {owners: ["team:street"]}
"""


def main(seed: int = 0) -> None:
    """Play the demo into .autoretrain/demo of the current folder, anew each time."""
    home, world = FOLDER / "demo", FOLDER / "street"
    for folder in (home, world):
        shutil.rmtree(folder, ignore_errors=True)
    say = clock()
    say("drawing a street: three cameras, by day, by night and in the rain")
    camera.draw(world, seed)
    settings = parse_settings(SETTINGS, [f"seed={seed}", f"training.weights={MODEL}"])
    plan = Plan(world, "day", [Phase("night"), Phase("rain", SLOPPY)], home, settings)
    outcome = replay(plan, say)
    write_json(home / "replay.json", outcome.as_json())
    lines = [
        "",
        *outcome_table(outcome),
        "",
        f"The page with pictures: {home.absolute() / 'replay.html'}",
        "Every run and asset in Dagster's pages: make ui",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    except (AutoretrainError, Interrupted) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from None
