# The codes at which the faulty plugin goes wrong, for tests, which must not import it.
"""The codes at which the faulty plugin goes wrong, for tests, which must not import it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FAULTS = (
    "none", "raises", "hangs", "nan", "shape", "huge", "prints", "exits", "killed", "sys_exit", "own_view",
    "own_picture", "no_view", "note_nan", "slow",
)  # fmt: skip


def code_of(fault: str) -> NDArray[np.float32]:
    """The code (2,) whose item has that fault."""
    return np.array([10.0 * FAULTS.index(fault), 0.0], np.float32)
