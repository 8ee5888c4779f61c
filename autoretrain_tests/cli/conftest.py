"""What tests of the command line share."""

import sys

import pytest

from autoretrain_assets.cli import main
from autoretrain_tests.cli.calling import Answer


@pytest.fixture
def autoretrain(monkeypatch, capsys):
    """Call the command in this process: what it does not turn into an exit fails the test as it is."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["autoretrain", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Answer(ended.value.code, *capsys.readouterr())

    return call
