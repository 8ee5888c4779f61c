"""A child process that reports through Dagster Pipes and does not outlive its run."""

import os
import signal
import subprocess
import warnings
from collections.abc import Sequence

import dagster as dg


def run_child(context: dg.AssetExecutionContext, command: Sequence[str]) -> int:
    """Run `command` in a session of its own until it ends; returns its exit code (negative: killed by that signal).

    When the run is interrupted the child's whole process group is killed. A killed run cannot do that:
    the child asks the kernel to be killed with it (training.worker).
    """
    warnings.filterwarnings("ignore", category=dg.PreviewWarning, module=r"dagster\._core\.pipes")
    with dg.open_pipes_session(
        context=context,
        context_injector=dg.PipesTempFileContextInjector(),
        message_reader=dg.PipesTempFileMessageReader(),
    ) as session:
        environment = os.environ | session.get_bootstrap_env_vars()
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
