"""The demo, as a newcomer runs it: one model is promoted, one is held, and both by the gate alone."""

import json
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_demo_promotes_one_and_holds_the_other(tmp_path):
    command = [sys.executable, "-m", "autoretrain_assets.replay.demo"]
    played = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert played.returncode == 0, played.stderr
    home = tmp_path / ".autoretrain" / "demo"
    outcome = json.loads((home / "replay.json").read_text())
    night, rain = outcome["rounds"]
    assert (night["decision"], night["trigger"]) == ("promote", "drift")
    assert rain["decision"] == "hold"
    assert outcome["production"]["version"] == night["version"]
    before, after = outcome["first"]["outside"], outcome["production"]["outside"]
    assert after["night"]["map50"] > before["night"]["map50"] + 0.3
    assert after["day"]["map50"] > before["day"]["map50"] - 0.03
    assert str(home / "replay.html") in played.stdout
    assert (home / "reports" / f"{rain['version']}.html").is_file()
    assert "Warning" not in played.stderr
