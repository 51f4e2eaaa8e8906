# A small trained run, and a way to call the command line in this process.
"""A small trained run, and a way to call the command line in this process."""

import shutil
from types import SimpleNamespace

import pytest
from digits import train, write_digits

from aekit.cli import run


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A run of a VAE on real digits, and its source."""
    folder = tmp_path_factory.mktemp("trained")
    source = write_digits(folder)
    return SimpleNamespace(run=train(source, folder / "run", epochs=2), source=source)


@pytest.fixture
def copied(trained, tmp_path):
    """A copy of that run, to be damaged."""
    shutil.copytree(trained.run.path, tmp_path / "copied")
    return tmp_path / "copied"


@pytest.fixture
def aekit(capsys):
    """Call the command line: its exit status, output and errors."""

    def call(*arguments):
        status = run([str(argument) for argument in arguments])
        output, errors = capsys.readouterr()
        return SimpleNamespace(status=status, output=output, errors=errors)

    return call
