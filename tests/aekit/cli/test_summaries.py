# Commands of other packages say in the list what they do, and are not imported for that.
"""Commands of other packages say in the list what they do, and are not imported for that."""

import sys

import pytest

from aekit.cli.summaries import summary_of
from aekit.plugins import COMMANDS, Registration


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose import would fail, with one command that says what it does and one that does not."""
    inside = tmp_path / "strangers" / "deep"
    inside.mkdir(parents=True)
    for folder in (tmp_path / "strangers", inside):
        (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    body = 'import nothing_of_that_name\ndef fly(out: str) -> None:\n    """Fly away.\n\n    Far."""\n'
    (inside / "command.py").write_text(body + "def sit():\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))


def entry(value):
    return Registration(COMMANDS, "fly", value, "strangers", "2.0", "")


def test_the_first_line_of_the_docstring_is_read_without_an_import(package):
    assert summary_of(entry("strangers.deep.command:fly")) == "Fly away."
    assert not [name for name in sys.modules if name.startswith("strangers")]


@pytest.mark.parametrize(
    "value", ["strangers.deep.command:sit", "strangers.deep.none:fly", "nowhere.at.all:fly", "sys:exit"]
)
def test_what_says_nothing_is_named_by_its_package(package, value):
    assert summary_of(entry(value)) == "From strangers 2.0."


def test_our_own_explorer_is_described(aekit):
    listed = aekit("--help").output

    assert "explore" in listed and "From aekit" not in listed
