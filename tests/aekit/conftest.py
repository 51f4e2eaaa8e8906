# Settings of the tests: one seed, no time limits for Hypothesis, the tests' own modality importable.
"""Settings of the tests: one seed, no time limits for Hypothesis, the tests' own modality importable."""

import sys
from pathlib import Path

import hypothesis
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))  # from vectors import VectorModality

hypothesis.settings.register_profile("aekit", deadline=None, derandomize=True)
hypothesis.settings.load_profile("aekit")


@pytest.fixture(autouse=True)
def one_seed():
    """Every test draws from the same place of the default stream."""
    torch.manual_seed(0)
