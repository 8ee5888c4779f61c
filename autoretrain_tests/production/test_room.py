"""The room costs a production process nothing: standard library only, and imported in a moment."""

import ast
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from autoretrain_assets import production

ROOM = Path(production.__file__).parent
HEAVY = {"autoretrain_assets.errors", "cv2", "dagster", "numpy", "polars", "pydantic", "torch", "urllib.request"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
def test_it_imports_the_standard_library_and_itself_also_where_it_imports_late(path):
    foreign = {name for name in imported(path) if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in foreign if not name.startswith("autoretrain_assets.production")} == set()


def test_importing_it_loads_nothing_heavy():
    asked = "import sys, autoretrain_assets.production; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert HEAVY & set(loaded) == set()


def test_importing_it_takes_less_than_a_tenth_of_a_second():
    def seconds(code):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bare = min(seconds("pass") for _ in range(5))
    assert min(seconds("import autoretrain_assets.production") for _ in range(5)) - bare < 0.1
