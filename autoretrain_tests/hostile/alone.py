"""Judge the heavy cases in this process: `python -m autoretrain_tests.hostile.alone FOLDER`.

Memory is counted for each case from where it begins; address space is limited.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from autoretrain_tests.feedback.test_intake import Desk
from autoretrain_tests.hostile.case import Case, said
from autoretrain_tests.hostile.corpus import heavy
from autoretrain_tests.hostile.desks import put, run_all
from autoretrain_tests.hostile.parts import jpeg

ADDRESS_SPACE = 4 << 30


def main(root: Path) -> None:
    """Take each case in, a good event beside it, and print a line of JSON: what came of it, and what it cost."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for case in heavy():
        print(json.dumps({"name": case.name} | _judged(case, root / case.name)), flush=True)  # noqa: T201


def _judged(case: Case, root: Path) -> dict[str, Any]:
    desk = Desk(root)
    put(desk, case.name, *case.sent)
    put(desk, "good", said("good"), jpeg())
    Path("/proc/self/clear_refs").write_text("5")
    before, began = _peak_mb(), time.monotonic()
    run_all(desk)
    cost = {"seconds": time.monotonic() - began, "mb": _peak_mb() - before}
    return cost | {"accepted": sorted(desk.table["event_id"]), "reasons": desk.reasons()}


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
