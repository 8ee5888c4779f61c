import os
import subprocess
import sys

import pytest

from autoretrain_assets.errors import InputError
from autoretrain_assets.images import measure
from autoretrain_assets.yolo import runtime


def test_a_broken_image_is_refused_in_a_process_that_trains_too():
    runtime.start()
    with pytest.raises(InputError, match="of no known kind"):
        measure(b"no image", max_pixels=100)


def test_the_switches_are_set_before_ultralytics_reads_them():
    code = "from autoretrain_assets.yolo import runtime; u = runtime.start(2); from ultralytics.utils import checks; "
    code += "print(checks.AUTOINSTALL, checks.ONLINE); import torch; print(torch.get_num_threads())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "2"]


@pytest.mark.parametrize(("owners", "policy"), [({}, "PASSIVE"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE")])
def test_threads_that_wait_leave_the_cores_to_others_unless_the_owner_says_otherwise(owners, policy):
    known = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", "from autoretrain_assets.yolo import runtime; runtime.start()"],
        env=known | owners | {"OMP_DISPLAY_ENV": "TRUE"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"OMP_WAIT_POLICY = '{policy}'" in done.stderr
