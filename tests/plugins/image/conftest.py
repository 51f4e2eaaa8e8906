# Settings and fixtures of the image plugin's tests: one seed, a cache of their own, folders of drawn pictures.
"""Settings and fixtures of the image plugin's tests: one seed, a cache of their own, folders of drawn pictures."""

from pathlib import Path

import hypothesis
import numpy as np
import pytest
import torch
from PIL import Image

hypothesis.settings.register_profile("aekit", deadline=None, derandomize=True)
hypothesis.settings.load_profile("aekit")


@pytest.fixture(autouse=True)
def one_seed():
    """Every test draws from the same place of the default stream."""
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> Path:
    """A cache folder for this test alone."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def draw():
    """Writes one picture of noise, in colour or grey, of a given size; the same for the same seed."""

    def write(path: Path, seed: int, size=(40, 30), colour=True, **how) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = (size[1], size[0], 3) if colour else (size[1], size[0])
        pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
        Image.fromarray(pixels).save(path, **how)
        return path

    return write


@pytest.fixture
def album(tmp_path, draw) -> Path:
    """A folder of 30 colour pictures of mixed sizes and formats, in two sub-folders."""
    for number in range(30):
        label, ending = ("cat", "dog")[number % 2], ("png", "jpg", "webp")[number % 3]
        draw(tmp_path / "album" / label / f"{number:02}.{ending}", number, (20 + number, 50 - number))
    return tmp_path / "album"
