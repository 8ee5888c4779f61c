"""Production moved by hand: what is there already, what is damaged, and what nothing is before."""

import json
import shutil

import pytest

from autoretrain_assets import checkpoints
from autoretrain_assets.commands import releases
from autoretrain_assets.errors import InputError
from autoretrain_assets.production import ModelUnavailableError, ProductionModel
from autoretrain_assets.release import registry
from autoretrain_tests.homes import SHA256, WEIGHTS, decide, laid_out


@pytest.fixture
def home(tmp_path):
    """v0001 in production by the gate, and served."""
    home = laid_out(tmp_path / "home")
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "it is better", "gate")
    checkpoints.publish(home)
    return home


def log(home):
    return [(one.version, one.because, one.by) for one in registry.history(home.store)]


def files(home):
    return {path: path.stat().st_mtime_ns for path in home.root.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_what_is_in_production_already_is_said_so_and_nothing_is_written(home):
    before = files(home)
    said = releases.release(home.root, "v0001", "I like it", "me")
    assert said == "v0001 is in production already, by gate: nothing done"
    assert files(home) == before
    assert log(home) == [("v0001", "it is better", "gate")]


def rotten(home):
    (home.production / "weights.pt").write_bytes(b"rot")


def torn(home):
    (home.production / "model.json").write_text('{"version": "v0')


def gone(home):
    home.production.unlink()
    shutil.rmtree(home.root / "production-releases")


def resized(home):
    file = home.production / "model.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"imgsz": 32}))


@pytest.mark.parametrize("damage", [rotten, torn, gone, resized])
def test_damaged_production_comes_back_by_the_promotion_of_what_is_there(home, damage):
    damage(home)
    said = releases.release(home.root, "v0001", "damaged", "me")
    assert said.startswith("v0001 is in production already, by gate: ")
    assert said.endswith("is put there anew")
    served = ProductionModel(home.production).current()
    assert (served.version, served.weights.read_bytes(), served.imgsz) == ("v0001", WEIGHTS, 640)
    assert log(home) == [("v0001", "it is better", "gate")]


@pytest.mark.parametrize(("damage", "named"), [(rotten, "v0001"), (torn, "VERSION"), (gone, "")])
def test_who_serves_is_told_the_command_that_mends_it(home, damage, named):
    damage(home)
    way_out = f"`autoretrain promote {named} --because damaged`" if named else "`autoretrain run`"
    with pytest.raises(ModelUnavailableError, match=way_out):
        ProductionModel(home.production).current()


def test_rollbacks_walk_back_and_the_last_one_names_the_way_forward(home):
    for version in ("v0002", "v0003"):
        decide(home, version, "hold", None)
        releases.release(home.root, version, "we need it", "me")
    back = [releases.roll_back(home.root, None, "worse", "me") for _ in range(2)]
    assert back[0] == "v0002 is in production, by me: worse; one more rollback goes to v0001"
    way_forward = "to move it, name a version to `autoretrain promote`, such as v0002"
    assert back[1] == f"v0001 is in production, by me: worse; none is before it: {way_forward}"
    with pytest.raises(InputError, match="no release before the current one: " + way_forward):
        releases.roll_back(home.root, None, "worse still", "me")
    assert [version for version, *_ in log(home)] == ["v0001", "v0002", "v0003", "v0002", "v0001"]
