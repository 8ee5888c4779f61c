"""Dagster's daemon for tests that cannot wait half a minute for each of its looks at the backfills."""

from dagster._daemon import controller
from dagster._daemon.cli import main

if __name__ == "__main__":
    controller.DEFAULT_DAEMON_INTERVAL_SECONDS = 2
    main()
