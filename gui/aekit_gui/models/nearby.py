# The items nearest to a code, quick enough to ask at every rest of the pointer.
"""The items nearest to a code, quick enough to ask at every rest of the pointer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 65_536


class Nearby:
    """Codes (N, D); exact, N D operations a question."""

    def __init__(self, codes: NDArray[np.float32]) -> None:
        self.codes = codes

    def nearest(self, code: NDArray[np.float32], count: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The `count` items nearest to `code` (D,): distances (count,), rising, and rows (count,).

        Raises:
            ValueError: `count` is not in 1 to N.
        """
        if not 1 <= count <= len(self.codes):
            raise ValueError(f"count must be in 1 to {len(self.codes)} (received {count})")
        squared = np.empty(len(self.codes), np.float32)
        for start in range(0, len(self.codes), CHUNK):
            apart = self.codes[start : start + CHUNK] - code
            squared[start : start + CHUNK] = np.einsum("nd,nd->n", apart, apart)
        rows = np.argpartition(squared, count - 1)[:count]
        rows = rows[np.lexsort((rows, squared[rows]))]
        return np.sqrt(squared[rows]), rows
