# NumPy inside, the caller's kind of array outside.
"""NumPy inside, the caller's kind of array outside.

The functions of `aekit.latent` take NumPy arrays or torch tensors and give back the same kind, type and
device. They compute in NumPy, so that the app can use them before torch is loaded; no gradient passes.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from aekit.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]
Array = TypeVar("Array", "NDArray[Any]", "Tensor")


def is_tensor(values: object) -> bool:
    """Whether `values` is a torch tensor, without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(values, torch.Tensor)


def as_numpy(values: Any) -> NDArray[Any]:
    """A tensor, array or list as a NumPy array of its own type (half precision tensors as float32)."""
    if is_tensor(values):
        half = values.is_floating_point() and values.itemsize < 4
        return np.asarray((values.float() if half else values).detach().cpu())
    return np.asarray(values)


def as_floats(values: Any) -> Floats:
    """A tensor, array or list as a float64 NumPy array."""
    return as_numpy(values).astype(np.float64)


def like(result: NDArray[Any], example: Array) -> Array:
    """`result` as the kind of `example`: its floating type, and for a tensor its device."""
    wanted: Any = example
    if is_tensor(example):
        torch = sys.modules["torch"]
        dtype = wanted.dtype if wanted.is_floating_point() else torch.float32
        return torch.as_tensor(result, dtype=dtype, device=wanted.device)  # type: ignore[no-any-return]
    dtype = np.asarray(wanted).dtype
    return result.astype(dtype if np.issubdtype(dtype, np.floating) else np.float64)  # type: ignore[return-value]


def same_kind(result: NDArray[Any], example: Array) -> Array:
    """`result` as an array or tensor like `example`, its own type (indices, booleans) kept."""
    wanted: Any = example
    if is_tensor(example):
        return sys.modules["torch"].as_tensor(result, device=wanted.device)  # type: ignore[no-any-return]
    return result  # type: ignore[return-value]


def checked_codes(codes: Any, what: str = "codes") -> Floats:
    """Codes (N, D) as float64.

    Raises:
        UsageError: they are not a non-empty table, or not all finite.
    """
    table = as_floats(codes)
    if table.ndim != 2 or 0 in table.shape:
        raise UsageError(f"{what} must be a table (N, D), items by dimensions (received shape {table.shape})")
    finite = np.isfinite(table)
    if not finite.all():
        raise UsageError(f"{what} must be finite (received {int((~finite).sum())} values that are not)")
    return table
