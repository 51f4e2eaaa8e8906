# Settings of the explorer's tests: no screen, and settings, sessions and caches of their own.
"""Settings of the explorer's tests: no screen, and settings, sessions and caches of their own."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from bare import bare  # noqa: F401
from whole import desk, open_kind, small_runs, stranger_site  # noqa: F401


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory, monkeypatch):
    """Nothing of this person's own is read or written."""
    home = tmp_path_factory.mktemp("home")
    for variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(home / variable))
