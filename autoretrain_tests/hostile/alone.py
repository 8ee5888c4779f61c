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
from autoretrain_tests.hostile.memory import Peak
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
    peak, began = Peak(), time.monotonic()
    run_all(desk)
    cost = {"seconds": time.monotonic() - began, "mb": peak.mb()}
    return cost | {"accepted": sorted(desk.table["event_id"]), "reasons": desk.reasons()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
