# Fixtures of the lesson's tests: a few real digits as a source, and a workshop that trains for moments.
"""Fixtures of the lesson's tests: a few real digits as a source, and a workshop that trains for moments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from aekit_lesson.workshop import Terms, Workshop

from aekit import plugins

FACTOR = 0.01


@pytest.fixture(scope="session")
def few_digits(tmp_path_factory: pytest.TempPathFactory) -> str:
    """400 training digits and 60 test digits, as a source of the image plugin."""
    modality = plugins.modality("image")
    arrays = {}
    for split, count, ending in (("train", 400, ""), ("test", 60, "_test")):
        dataset = modality.load(modality.Options(), "mnist", split)
        rows = torch.arange(count)
        arrays[f"x{ending}"] = dataset.items[rows].numpy()[:, 0]
        arrays[f"y{ending}"] = dataset.labels[rows].numpy()
    path = tmp_path_factory.mktemp("digits") / "digits.npz"
    np.savez(path, **arrays)
    return f"npz:{path}"


@pytest.fixture
def terms(few_digits: str) -> Terms:
    """A quick lesson on those digits, a hundredth as long."""
    return Terms("quick", digits=few_digits, factor=FACTOR)


@pytest.fixture
def workshop(tmp_path: Path, terms: Terms) -> Workshop:
    """A workshop in a folder of its own."""
    return Workshop(tmp_path / "lesson", terms, lambda line: None)
