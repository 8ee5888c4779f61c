"""`autoretrain run` with remote inboxes: what arrives there is taken in, and one that is away is a line."""

import subprocess
import sys

from autoretrain_assets.commands import runs
from autoretrain_tests.feedback.remotes import in_folder
from autoretrain_tests.homes import DAY, laid_out, send


def test_a_run_takes_in_what_arrived_anywhere_and_tells_of_what_is_away(tmp_path):
    remote, away = in_folder(tmp_path / "far"), f"file://{tmp_path}/nowhere"
    remote.send("far", captured_at=f"{DAY}T10:00:00+00:00")
    listed = f"[{away}, {remote.url}]"
    home = laid_out(tmp_path / "home", f"feedback.allowed_inboxes={listed}", f"feedback.inboxes={listed}")
    send(home, "near")

    run = runs.run_due(home.root)
    lines = [next(run) for _ in range(3)]

    assert lines[0] == f"{away} does not exist: make it, or mend feedback.inboxes."
    assert lines[1] == f"{remote.url}: 1 event brought"
    assert lines[2].startswith(f"{DAY}: 2 new events")
    assert sorted(home.raw_feedback.read(DAY)["event_id"]) == ["far", "near"]


def test_without_a_remote_inbox_nothing_is_imported_for_it(tmp_path):
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC;"
        "from autoretrain_assets.config.settings import Feedback; from autoretrain_assets.feedback.remote import drain;"
        f"assert drain(Path({str(tmp_path)!r}), Feedback(), datetime.now(UTC)) == [];"
        "assert not {'fsspec', 's3fs', 'aiobotocore'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
