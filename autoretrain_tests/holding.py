"""A process that holds a lock until it is killed: `python -c HOLD PATH`; it says `held` when it does."""

HOLD = """
import sys, time
from pathlib import Path
from autoretrain_assets.locks import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
