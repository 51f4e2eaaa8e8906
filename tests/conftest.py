# Settings of all tests: one thread, since small networks on busy cores run many times slower on two.
"""Settings of all tests: one thread, since small networks on busy cores run many times slower on two."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the processes that tests start

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """UMAP's numba gives torch all threads back."""
    torch.set_num_threads(1)
