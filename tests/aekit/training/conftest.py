# Digits for the tests that train.
"""Digits for the tests that train."""

import pytest
from digits import write_digits


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """400 real digits as `npz:PATH`."""
    return write_digits(tmp_path_factory.mktemp("digits"))
