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
